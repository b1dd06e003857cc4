"""Minting random codes: exactly as many as asked for, each once, in short transactions that are told in the log."""

import asyncio
import random
import time
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from asyncpg import UniqueViolationError

from app.database import Connection, fetch, fetchval
from app.database.keyset import PageRequest
from app.ids import new_id
from app.problem import Problems
from app.vouchers import mint as minting
from app.vouchers.codes import CHARSET, CodePattern
from app.vouchers.mint import CHUNK, mint
from app.vouchers.read import vouchers_page
from app.vouchers.values import FirstBalance, Minted, MintOrder, VoucherKind
from tests.vouchers.shop import (
    NOW,
    TOMORROW,
    YESTERDAY,
    a_campaign,
    a_project,
    a_voucher,
    codes_of,
    events_of,
    everything,
    minted,
)


async def _count(project: UUID) -> int:
    return int(await fetchval("SELECT count(*) FROM vouchers WHERE project_id = $1", project))


async def test_a_hundred_thousand_codes_are_minted_in_seconds_and_in_short_transactions(
    project: UUID,
) -> None:
    campaign = await a_campaign(project)
    heard: list[int] = []
    begun = time.perf_counter()
    answer = await mint(project, campaign, MintOrder(count=100_000), NOW, heard.append)
    assert time.perf_counter() - begun < 30
    assert answer == Minted(count=100_000, asked=100_000)
    assert await _count(project) == 100_000
    assert heard[-1] == 100_000
    assert all(before < after <= before + CHUNK for before, after in pairwise([0, *heard]))
    events = await events_of(project)
    assert [kind for kind, _ in events] == ["VOUCHERS_MINTED"] * len(heard)
    assert sum(payload["count"] for _, payload in events) == 100_000
    rows = await fetch(
        "SELECT count(*) AS size FROM vouchers WHERE project_id = $1 GROUP BY xmin::text", project
    )
    assert sorted(row["size"] for row in rows) == sorted(payload["count"] for _, payload in events)
    assert max(row["size"] for row in rows) <= 10_000


async def test_a_minted_voucher_is_all_that_the_order_says(project: UUID) -> None:
    campaign = await a_campaign(project)
    order = MintOrder(
        count=1,
        pattern="SUMMER-####",
        starts_at=NOW,
        expires_at=TOMORROW,
        max_redemptions=2,
        metadata={"batch": "b-1"},
    )
    await minted(project, campaign, order)
    (voucher,) = (await vouchers_page(project, PageRequest(10))).items
    assert voucher.code.startswith("SUMMER-")
    assert set(voucher.code[7:]) <= set(CHARSET)
    assert len(voucher.code) == 11
    assert (voucher.campaign_id, voucher.kind, voucher.enabled) == (campaign, VoucherKind.UNIQUE, True)
    assert (voucher.holder_id, voucher.published_at) == (None, None)
    assert (voucher.starts_at, voucher.expires_at) == (NOW, TOMORROW)
    assert (voucher.max_redemptions, voucher.metadata, voucher.created_at) == (2, {"batch": "b-1"}, NOW)
    payload = {"campaign": campaign.hex, "kind": "UNIQUE", "count": 1}
    assert await events_of(project) == [("VOUCHERS_MINTED", payload)]


async def test_codes_that_exist_already_are_drawn_again(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(codes=("AAAA-AAAA", "BBBB.BBBB")))
    drawn = iter([["AAAAAAAA", "CCCCCCCC", "CCCCCCCC"], ["BBBBBBBB"], ["aaaaaaaa", "DDDDDDDD"], ["EEEEEEEE"]])
    monkeypatch.setattr(CodePattern, "draw", lambda self, count: next(drawn))
    assert await minted(project, campaign, MintOrder(count=3)) == Minted(count=3, asked=3)
    rows = await fetch("SELECT code FROM vouchers WHERE project_id = $1", project)
    assert sorted(row["code"] for row in rows) == [
        "AAAA-AAAA",
        "BBBB.BBBB",
        "CCCCCCCC",
        "DDDDDDDD",
        "EEEEEEEE",
    ]
    assert [payload["count"] for _, payload in await events_of(project)] == [2, 1, 1, 1]


async def test_one_code_that_exists_spoils_no_other_of_its_chunk_and_gets_no_balance(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(codes=("CCCC",)))
    drawn = iter([["BBBB", "CCCC", "AAAA"], ["DDDD"]])
    monkeypatch.setattr(CodePattern, "draw", lambda self, count: next(drawn))
    order = MintOrder(count=3, balance=FirstBalance("EUR", 500))
    assert await minted(project, campaign, order) == Minted(count=3, asked=3)
    buckets = await fetch(
        "SELECT code, amount_left FROM vouchers LEFT JOIN balance_buckets ON voucher_id = vouchers.id"
        " WHERE vouchers.project_id = $1 ORDER BY code",
        project,
    )
    assert [tuple(row) for row in buckets] == [("AAAA", 500), ("BBBB", 500), ("CCCC", None), ("DDDD", 500)]


async def test_where_several_codes_exist_the_next_chunk_looks_for_each_until_they_are_rare_again(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(codes=("A1", "A2", "A3")))
    ways = []

    def watched(name: str) -> None:
        way = getattr(minting, name)

        async def told(connection: Connection, rows: bytes) -> int:
            ways.append(name)
            return int(await way(connection, rows))

        monkeypatch.setattr(minting, name, told)

    watched("_copy")
    watched("_copy_what_is_new")
    monkeypatch.setattr(minting, "CHUNK", 3)
    drawn = iter([["A1", "A2", "B1"], ["A3", "B2", "B3"], ["B4", "B5"], ["B6"]])
    monkeypatch.setattr(CodePattern, "draw", lambda self, count: next(drawn))
    assert await minted(project, campaign, MintOrder(count=6)) == Minted(count=6, asked=6)
    assert ways == ["_copy", "_copy_what_is_new", "_copy_what_is_new", "_copy", "_copy"]
    assert await _count(project) == 9


async def test_another_clash_than_of_codes_is_no_matter_of_drawing_again(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await a_campaign(project)
    taken = await a_voucher(project, campaign, "TAKEN")
    before = await everything(project)
    monkeypatch.setattr(minting, "new_id", lambda: taken.id)
    with pytest.raises(UniqueViolationError, match="vouchers_pkey"):
        await mint(project, campaign, MintOrder(count=1), NOW)
    assert await everything(project) == before


async def test_ids_rise_as_codes_are_drawn_whatever_the_order_of_their_keys(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [f"{number:04}" for number in range(100)]
    random.shuffle(codes)
    monkeypatch.setattr(CodePattern, "draw", lambda self, count: codes[:count])
    await minted(project, await a_campaign(project), MintOrder(count=100))
    rows = await fetch("SELECT code FROM vouchers WHERE project_id = $1 ORDER BY id", project)
    assert [row["code"] for row in rows] == codes


async def test_many_mints_of_one_small_pattern_share_it_without_a_code_twice(project: UUID) -> None:
    campaigns = [await a_campaign(project) for _ in range(4)]
    order = MintOrder(count=25, pattern="###", charset="0123456789")
    answers = await asyncio.gather(*(mint(project, campaign, order, NOW) for campaign in campaigns))
    assert answers == [Minted(count=25, asked=25)] * 4
    keys = await fetchval("SELECT count(DISTINCT code_key) FROM vouchers WHERE project_id = $1", project)
    assert keys == await _count(project) == 100


async def test_mints_that_draw_the_same_codes_never_wait_for_each_other_in_a_circle(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await a_campaign(project)
    codes = [f"SAME-{number}" for number in range(500)]
    monkeypatch.setattr(CodePattern, "draw", lambda self, count: random.sample(codes, count))
    mints = (mint(project, campaign, MintOrder(count=500), NOW) for _ in range(6))
    answers = await asyncio.gather(*mints)
    assert sum(answer.count for answer in answers if isinstance(answer, Minted)) == 500
    assert await _count(project) == 500


async def test_a_pattern_that_others_filled_meanwhile_ends_the_mint_honestly(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(codes=("AAAA",)))
    monkeypatch.setattr(CodePattern, "draw", lambda self, count: ["AAAA"])
    before = await everything(project)
    assert await minted(project, campaign, MintOrder(count=1, pattern="####")) == Minted(count=0, asked=1)
    assert await everything(project) == before


async def test_a_tenth_of_a_pattern_may_be_minted_and_no_more(project: UUID) -> None:
    campaign = await a_campaign(project)
    small = MintOrder(count=10, pattern="X-##", charset="0123456789")
    assert await minted(project, campaign, small) == Minted(count=10, asked=10)
    before = await everything(project)
    one_more = await mint(project, campaign, MintOrder(count=1, pattern="x##", charset="01234567ab"), NOW)
    assert codes_of(one_more) == ["PATTERN_TOO_SMALL"]
    assert isinstance(one_more, Problems)
    assert "at most 0 more" in one_more.all[0].message
    assert await everything(project) == before
    # A code of another shape takes nothing from it.
    assert await minted(project, campaign, MintOrder(count=10, pattern="Y-##")) == Minted(10, 10)


async def test_a_pattern_far_too_small_is_refused_without_counting(project: UUID) -> None:
    campaign = await a_campaign(project)
    answer = await mint(project, campaign, MintOrder(count=11, pattern="##", charset="0123456789"), NOW)
    assert codes_of(answer) == ["PATTERN_TOO_SMALL"]
    assert isinstance(answer, Problems)
    assert "at most 10 more" in answer.all[0].message
    assert await everything(project) == await everything(new_id())


async def test_a_mint_that_dies_in_the_middle_leaves_whole_chunks_told_in_the_log(project: UUID) -> None:
    campaign = await a_campaign(project)
    minting: asyncio.Task[object]

    def die_soon(_done: int) -> None:
        asyncio.get_running_loop().call_later(0.01, minting.cancel)

    minting = asyncio.create_task(mint(project, campaign, MintOrder(count=50_000), NOW, die_soon))
    with pytest.raises(asyncio.CancelledError):
        await minting
    left = await _count(project)
    assert CHUNK <= left < 50_000
    assert left % CHUNK == 0
    assert sum(payload["count"] for _, payload in await events_of(project)) == left


async def test_a_case_sensitive_project_tells_upper_from_lower(database: dict[str, Any]) -> None:
    project = await a_project(case_sensitive_codes=True)
    campaign = await a_campaign(project)
    answer = await minted(project, campaign, MintOrder(count=20, pattern="########", charset="Aa"))
    assert answer.count == 20
    rows = await fetch("SELECT code, code_key FROM vouchers WHERE project_id = $1", project)
    assert {row["code"] for row in rows} == {row["code_key"] for row in rows}


@pytest.mark.parametrize(
    ("order", "codes"),
    [
        (MintOrder(), ["COUNT_OR_CODES"]),
        (MintOrder(count=1, codes=("A",)), ["COUNT_OR_CODES"]),
        (MintOrder(count=0), ["OUT_OF_RANGE"]),
        (MintOrder(count=-1), ["OUT_OF_RANGE"]),
        (MintOrder(count=100_001), ["OUT_OF_RANGE"]),
        (MintOrder(codes=("A",) * 501), ["TOO_MANY_CODES"]),
        (MintOrder(count=1, pattern="SUMMER"), ["INVALID_PATTERN"]),
        (MintOrder(count=1, pattern="\ud800#", charset="A"), ["INVALID_PATTERN", "INVALID_CHARSET"]),
        (MintOrder(count=1, starts_at=NOW, expires_at=YESTERDAY), ["DATES_REVERSED"]),
        (MintOrder(count=1, starts_at=datetime(2026, 6, 1)), ["INVALID_TIME"]),  # noqa: DTZ001 - the fault in question
        (MintOrder(count=1, max_redemptions=0), ["OUT_OF_RANGE"]),
        (MintOrder(count=1, metadata={"a": "\0"}), ["INVALID_TEXT"]),
    ],
)
async def test_a_faulty_order_is_told_and_nothing_is_made(
    project: UUID, order: MintOrder, codes: list[str]
) -> None:
    campaign = await a_campaign(project)
    assert codes_of(await mint(project, campaign, order, NOW)) == codes
    assert await everything(project) == await everything(new_id())


@pytest.mark.parametrize(
    ("campaign", "code"),
    [({"is_main": True}, "CAMPAIGN_IS_MAIN"), ({"state": "ENDED"}, "CAMPAIGN_ENDED")],
)
async def test_main_and_ended_campaigns_take_no_codes(
    project: UUID, campaign: dict[str, Any], code: str
) -> None:
    answer = await mint(project, await a_campaign(project, **campaign), MintOrder(count=1), NOW)
    assert codes_of(answer) == [code]
    assert await _count(project) == 0


async def test_another_projects_campaign_is_not_found_and_gets_no_codes(project: UUID) -> None:
    other = await a_project()
    foreign = await a_campaign(other)
    before = await everything(other)
    for order in (MintOrder(count=1), MintOrder(codes=("A",))):
        assert codes_of(await mint(project, foreign, order, NOW)) == ["NOT_FOUND"]
        assert codes_of(await mint(project, new_id(), order, NOW)) == ["NOT_FOUND"]
    assert await everything(other) == before
    assert await _count(project) == 0
