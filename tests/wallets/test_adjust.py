"""Adjusting a balance: added or removed, never below zero, once for each idempotency key, and told in the log."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.database import fetch
from app.ids import new_id
from app.problem import Problems
from app.wallets import adjust
from app.wallets.adjust import Adjustment, adjust_balance
from app.wallets.values import Adjusted
from tests.conftest import NOW
from tests.vouchers.shop import a_campaign, a_project, a_voucher, codes_of, events_of
from tests.wallets.balances import a_gift, added, assert_buckets_equal_postings, entries, left, taken_by

SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=9)


async def test_what_is_added_expires_with_what_expires_with_it(project: UUID) -> None:
    voucher = await a_gift(project)
    for amount, expires_at, then in ((500, None, 500), (300, SOON, 800), (40, SOON, 840), (60, None, 900)):
        assert await added(project, voucher, amount, expires_at) == Adjusted(voucher, "EUR", amount, then)
    assert await left(project, voucher) == [(340, SOON), (560, None)]
    await assert_buckets_equal_postings(project)


async def test_what_expires_soonest_is_removed_first_and_never_more_than_there_is(project: UUID) -> None:
    voucher = await a_gift(project, (500, None), (300, SOON))
    await taken_by(project, voucher, 100)
    refused = await adjust_balance(project, voucher, Adjustment(-701, "EUR"), NOW)
    assert isinstance(refused, Problems)
    assert [(one.path, one.code, one.message) for one in refused.all] == [
        (("amount",), "BALANCE_TOO_LOW", "The balance is 7.00 EUR: 0.01 EUR less than what shall be removed.")
    ]
    assert await left(project, voucher) == [(200, SOON), (500, None)]
    assert await added(project, voucher, -250) == Adjusted(voucher, "EUR", -250, 450)
    assert await left(project, voucher) == [(0, SOON), (450, None)]
    assert (await entries(project, voucher))[3:] == [("REMOVE", 200), ("REMOVE", 50)]
    assert await added(project, voucher, -450) == Adjusted(voucher, "EUR", -450, 0)
    await assert_buckets_equal_postings(project)


async def test_what_has_expired_cannot_be_removed_again(project: UUID) -> None:
    voucher = await a_gift(project, (500, None), (300, SOON))
    refused = await adjust_balance(project, voucher, Adjustment(-501, "EUR"), SOON)
    assert codes_of(refused) == ["BALANCE_TOO_LOW"]
    assert await adjust_balance(project, voucher, Adjustment(-500, "EUR"), SOON) == Adjusted(
        voucher, "EUR", -500, 0
    )
    assert await left(project, voucher) == [(0, SOON), (0, None)]
    await assert_buckets_equal_postings(project)


async def test_the_posting_and_the_event_keep_the_callers_words(project: UUID) -> None:
    campaign, key = await a_campaign(project), new_id()
    voucher = await a_voucher(project, campaign, "CARD")
    wanted = Adjustment(70, "points", LATER, "Welcome", "signup 17")
    await adjust_balance(project, voucher.id, wanted, NOW, key=key, idempotency_key="signup 17")
    [row] = await fetch(
        "SELECT debit, credit, deed, unit, amount, reason, source_id, key_id, redemption_id FROM postings"
        " WHERE voucher_id = $1",
        voucher.id,
    )
    assert tuple(row) == ("ISSUED", "BALANCE", "ISSUE", "points", 70, "Welcome", "signup 17", key, None)
    assert (await events_of(project))[-1] == (
        "BALANCE_ADJUSTED",
        {
            "voucher": voucher.id.hex,
            "campaign": campaign.hex,
            "code": "CARD",
            "holder": None,
            "unit": "points",
            "amount": 70,
            "available": 70,
            "expires_at": LATER.isoformat(),
            "reason": "Welcome",
            "source_id": "signup 17",
            "key": key.hex,
        },
    )


async def test_one_key_adjusts_once_and_gets_the_same_answer(project: UUID) -> None:
    voucher = await a_gift(project, (100, None))
    wanted = Adjustment(50, "EUR", SOON, "Sorry")
    answers = await asyncio.gather(
        *[adjust_balance(project, voucher, wanted, NOW, idempotency_key="one") for _ in range(8)]
    )
    assert (
        sorted(answer.replayed for answer in answers if isinstance(answer, Adjusted)) == [False] + [True] * 7
    )
    assert {(answer.amount, answer.available) for answer in answers if isinstance(answer, Adjusted)} == {
        (50, 150)
    }
    assert await left(project, voucher) == [(50, SOON), (100, None)]
    assert [kind for kind, _ in await events_of(project)].count("BALANCE_ADJUSTED") == 2


async def test_a_key_of_another_adjustment_is_refused(project: UUID) -> None:
    voucher, other = await a_gift(project, (100, None)), await a_gift(project, (100, None))
    await adjust_balance(project, voucher, Adjustment(50, "EUR"), NOW, idempotency_key="one")
    for where, wanted in ((voucher, Adjustment(51, "EUR")), (other, Adjustment(50, "EUR"))):
        answer = await adjust_balance(project, where, wanted, NOW, idempotency_key="one")
        assert codes_of(answer) == ["IDEMPOTENCY_KEY_REUSED"]
    assert (await left(project, voucher), await left(project, other)) == ([(150, None)], [(100, None)])


async def test_one_key_for_two_vouchers_at_one_instant_adjusts_one_of_them(project: UUID) -> None:
    vouchers = [await a_gift(project, (100, None)) for _ in range(6)]
    answers = await asyncio.gather(
        *[adjust_balance(project, one, Adjustment(50, "EUR"), NOW, idempotency_key="one") for one in vouchers]
    )
    assert sum(isinstance(answer, Adjusted) for answer in answers) == 1
    refused = [codes_of(answer) for answer in answers if isinstance(answer, Problems)]
    assert refused == [["IDEMPOTENCY_KEY_REUSED"]] * 5
    assert sorted([(await left(project, one))[0][0] for one in vouchers]) == [100] * 5 + [150]


async def test_first_adjustments_in_two_units_at_one_instant_do_not_mix(project: UUID) -> None:
    voucher = await a_gift(project)
    units = ["EUR", "points"] * 4
    answers = await asyncio.gather(
        *[adjust_balance(project, voucher, Adjustment(5, unit), NOW) for unit in units]
    )
    refused = [answer for answer in answers if isinstance(answer, Problems)]
    assert [codes_of(answer) for answer in refused] == [["WRONG_UNIT"]] * 4
    assert await left(project, voucher) == [(20, None)]


async def test_another_projects_voucher_is_not_found(project: UUID) -> None:
    voucher = await a_gift(await a_project(), (100, None))
    assert codes_of(await adjust_balance(project, voucher, Adjustment(5, "EUR"), NOW)) == ["NOT_FOUND"]
    assert await left(project, voucher) == []


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        (Adjustment(0, "EUR"), ["OUT_OF_RANGE"]),
        (Adjustment(2**53, "EUR"), ["OUT_OF_RANGE"]),
        (Adjustment(-(2**53), "EUR"), ["OUT_OF_RANGE"]),
        (Adjustment(5, "stars"), ["UNKNOWN_CURRENCY"]),
        (Adjustment(5, "PLN"), ["WRONG_UNIT"]),
        (Adjustment(5, "points"), ["WRONG_UNIT"]),
        (Adjustment(5, "EUR", NOW), ["INVALID_TIME"]),
        (Adjustment(5, "EUR", datetime(2027, 1, 1)), ["INVALID_TIME"]),  # noqa: DTZ001 - the fault in question
        (Adjustment(-5, "EUR", LATER), ["INVALID_TIME"]),
        (Adjustment(5, "EUR", None, "r" * 501, "\0"), ["TOO_LONG", "INVALID_TEXT"]),
        (Adjustment(2**53 - 100, "EUR"), ["OUT_OF_RANGE"]),
    ],
)
async def test_what_cannot_be_moves_nothing(project: UUID, wanted: Adjustment, codes: list[str]) -> None:
    voucher = await a_gift(project, (100, None))
    told = await events_of(project)
    assert codes_of(await adjust_balance(project, voucher, wanted, NOW, idempotency_key="one")) == codes
    assert await left(project, voucher) == [(100, None)]
    assert await events_of(project) == told
    assert await fetch("SELECT FROM idempotency_keys WHERE project_id = $1", project) == []


async def test_a_balance_does_not_expire_at_endless_moments(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adjust, "MOST_BUCKETS", 2)
    voucher = await a_gift(project, (100, None), (50, SOON))
    answer = await adjust_balance(project, voucher, Adjustment(5, "EUR", LATER), NOW)
    assert codes_of(answer) == ["TOO_MANY_EXPIRIES"]
    assert (await added(project, voucher, 5, SOON)).available == 155
