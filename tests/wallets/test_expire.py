"""Expiring what is due: a chore in small transactions, told in the log, that changes nobody's balance."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.database import fetch
from app.wallets.expire import expire_buckets
from app.wallets.read import balances_of
from tests.conftest import NOW
from tests.vouchers.shop import a_project, events_of
from tests.wallets.balances import a_gift, assert_buckets_equal_postings, entries, left, taken_by

SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=9)


def _of(vouchers: Sequence[UUID], told: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, int]]:
    names = {voucher.hex: voucher for voucher in vouchers}
    return [
        (str(names[payload["voucher"]]), payload["amount"])
        for kind, payload in told
        if kind == "BALANCE_EXPIRED"
    ]


async def test_what_is_due_is_emptied_in_every_project(project: UUID) -> None:
    other = await a_project()
    voucher = await a_gift(project, (500, None), (300, LATER), (200, SOON), (50, SOON - timedelta(hours=1)))
    elsewhere = await a_gift(other, (70, SOON), unit="points")
    before = await balances_of(fetch, [(project, voucher), (other, elsewhere)], SOON)
    await expire_buckets(SOON)
    assert await left(project, voucher) == [
        (0, SOON - timedelta(hours=1)),
        (0, SOON),
        (300, LATER),
        (500, None),
    ]
    assert await left(other, elsewhere) == [(0, SOON)]
    assert sorted((await entries(project, voucher))[4:]) == [("EXPIRE", 50), ("EXPIRE", 200)]
    assert _of([voucher], await events_of(project)) == [(str(voucher), 250)]
    assert await balances_of(fetch, [(project, voucher), (other, elsewhere)], SOON) == before
    for one in (project, other):
        await assert_buckets_equal_postings(one)


async def test_a_second_sweep_finds_nothing(project: UUID) -> None:
    voucher = await a_gift(project, (200, SOON))
    await expire_buckets(SOON)
    told = await events_of(project)
    await expire_buckets(SOON)
    assert await events_of(project) == told
    assert await entries(project, voucher) == [("ISSUE", 200), ("EXPIRE", 200)]


async def test_many_are_emptied_in_small_transactions(project: UUID) -> None:
    vouchers = [await a_gift(project, (number + 1, SOON)) for number in range(5)]
    await expire_buckets(SOON, at_once=2)
    assert sorted(_of(vouchers, await events_of(project))) == sorted(
        (str(voucher), number + 1) for number, voucher in enumerate(vouchers)
    )
    rows = await fetch(
        "SELECT count(*) FROM events WHERE project_id = $1 AND kind = 'BALANCE_EXPIRED' GROUP BY tx", project
    )
    assert sorted(row[0] for row in rows) == [1, 2, 2]


async def test_sweepers_and_spenders_meet_without_harm(project: UUID) -> None:
    vouchers = [await a_gift(project, (200, SOON), (100, None)) for _ in range(6)]
    spends = [taken_by(project, voucher, 60, now=SOON) for voucher in vouchers]
    await asyncio.gather(expire_buckets(SOON), *spends, expire_buckets(SOON, at_once=1))
    await expire_buckets(SOON)
    assert [await left(project, voucher) for voucher in vouchers] == [[(0, SOON), (40, None)]] * 6
    assert len(_of(vouchers, await events_of(project))) == 6
    await assert_buckets_equal_postings(project)
