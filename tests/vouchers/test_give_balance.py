"""Codes that are minted with a balance: each has its own, from the same transaction, in one statement."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import fetch
from app.vouchers.mint import mint
from app.vouchers.values import FirstBalance, MintOrder
from tests.conftest import Statements
from tests.vouchers.shop import NOW, a_campaign, a_voucher, codes_of, events_of, everything, minted

GIFT = FirstBalance("EUR", 2500, NOW + timedelta(days=365))


async def _ledger(project: UUID) -> list[tuple[object, ...]]:
    rows = await fetch(
        "SELECT vouchers.code, b.unit, b.amount_left, b.expires_at, p.amount, p.debit, p.credit, p.deed, p.unit"
        " FROM vouchers JOIN balance_buckets AS b ON b.voucher_id = vouchers.id"
        " JOIN postings AS p ON p.bucket_id = b.id AND p.voucher_id = b.voucher_id AND p.project_id = b.project_id"
        " WHERE b.project_id = $1 ORDER BY vouchers.code",
        project,
    )
    return [tuple(row) for row in rows]


async def test_each_drawn_code_has_a_balance_of_its_own(project: UUID, statements: Statements) -> None:
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(count=3))
    with statements.counted() as sent:
        await minted(project, campaign, MintOrder(count=50, pattern="GIFT-########", balance=GIFT))
    assert len([one for one in sent if "balance_buckets" in one]) == 1
    ledger = await _ledger(project)
    assert len(ledger) == 50
    assert {row[1:] for row in ledger} == {
        ("EUR", 2500, GIFT.expires_at, 2500, "ISSUED", "BALANCE", "ISSUE", "EUR"),
    }
    kind, told = (await events_of(project))[-1]
    assert (kind, told["count"], told["balance"]) == ("VOUCHERS_MINTED", 50, {"unit": "EUR", "amount": 2500})


async def test_of_given_codes_only_new_ones_get_a_balance(project: UUID) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "OLD")
    points = FirstBalance("points", 70)
    answer = await minted(project, campaign, MintOrder(codes=("OLD", "NEW", "new"), balance=points))
    assert answer.count == 1
    assert await _ledger(project) == [("NEW", "points", 70, None, 70, "ISSUED", "BALANCE", "ISSUE", "points")]


async def test_drawn_codes_that_were_taken_already_get_nothing(project: UUID) -> None:
    campaign = await a_campaign(project)
    order = MintOrder(pattern="##", charset="ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    await minted(project, campaign, replace(order, count=30))
    await minted(project, campaign, replace(order, count=30, balance=GIFT))
    ledger = await _ledger(project)
    assert len(ledger) == 30
    assert {row[2] for row in ledger} == {2500}


@pytest.mark.parametrize(
    ("balance", "code"),
    [
        (FirstBalance("EUR", 0), "OUT_OF_RANGE"),
        (FirstBalance("EUR", 2**53), "OUT_OF_RANGE"),
        (FirstBalance("points", 2**31), "OUT_OF_RANGE"),
        (FirstBalance("stars", 5), "UNKNOWN_CURRENCY"),
        (FirstBalance("EUR", 5, NOW), "INVALID_TIME"),
        (FirstBalance("EUR", 5, NOW.replace(tzinfo=None)), "INVALID_TIME"),
    ],
)
async def test_a_balance_that_cannot_be_mints_nothing(
    project: UUID, balance: FirstBalance, code: str
) -> None:
    campaign = await a_campaign(project)
    before = await everything(project)
    for order in (MintOrder(count=5, balance=balance), MintOrder(codes=("A",), balance=balance)):
        assert codes_of(await mint(project, campaign, order, NOW)) == [code]
    assert await everything(project) == before
    assert await _ledger(project) == []
