"""Confirming: a hold is a promise for the cart it was made for; another cart is judged anew."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import connect, execute, fetch
from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.money import Money
from app.idempotency import CONFIRM
from app.ids import new_id
from app.problem import Problems
from app.projects.values import KeyKind
from app.redemptions.expire import expire_holds
from app.redemptions.read import by_ids
from app.redemptions.release import release
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.till import Till
from app.redemptions.values import RedemptionState
from tests.conftest import Statements
from tests.redemptions.holds import (
    BIGGER,
    QUARTER,
    SMALLER,
    SOON,
    THEN,
    a_gift_card,
    a_hold,
    budgeted,
    confirmed,
    daily,
    events,
    expire,
    states,
    told,
    used,
)
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    offer,
    problems,
    put,
    redemption,
)
from tests.wallets.balances import assert_buckets_equal_postings, entries, left


@pytest.mark.parametrize("cart", [None, CART], ids=["without a cart", "with the same cart"])
async def test_a_hold_becomes_the_redemption_it_promised(
    project: UUID, till: Till, cart: Cart | None
) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=3))
    await budgeted(project, campaign, daily(Measure.DISCOUNT, 5000))
    await a_voucher(project, campaign, "ONE", max_redemptions=1)
    gift = await a_gift_card(project, "GIFT", 2000)
    held = await a_hold(till, project, "ONE", "GIFT", metadata={"basket": 7})
    before = await used(project)
    answer = await confirmed(project, held.id, cart=cart, metadata={"order": 9})
    granted = replace(held, state=RedemptionState.REDEEMED, confirmed_at=SOON, metadata={"order": 9})
    # What it was judged by stays with it, its metadata then included; nobody is told live.
    balance = {"balance": {"unit": "EUR", "available": 2000}}
    granted = replace(granted, facts={"codes": [None, balance], "metadata": {"basket": 7}})
    assert answer == Answer(granted)
    assert await by_ids(project, [held.id]) == {held.id: granted}
    assert await told(project, "REDEMPTION_GRANTED") == [("REDEMPTION_GRANTED", replace(granted, facts=None))]
    assert await used(project) == before
    assert await entries(project, gift) == [("ISSUE", 2000), ("HOLD", 2000), ("CONFIRM", 2000)]
    await assert_counters_equal_ledger(project)
    await assert_buckets_equal_postings(project)
    assert await expire(project, THEN) == 0


async def test_a_hold_is_a_promise_whatever_has_happened_since(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=3))
    voucher = await a_voucher(project, campaign, "ONE", max_redemptions=2)
    held = await a_hold(till, project, "ONE", metadata={"basket": 7})
    redemption(await till.redeem(asking(project, "ONE")))
    await execute("UPDATE vouchers SET enabled = false, max_redemptions = 1 WHERE id = $1", voucher)
    await budgeted(project, campaign, daily(Measure.DISCOUNT, 1))
    await put(project, campaign, "ENDED")
    granted = redemption(await confirmed(project, held.id))
    assert (granted.state, granted.metadata) == (RedemptionState.REDEEMED, {"basket": 7})
    assert await used(project) == [("campaign", "REDEMPTIONS", 2), ("voucher", "REDEMPTIONS", 2)]


async def test_it_is_confirmed_once(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=4)
    held = await a_hold(till, project, "ONE")
    redemption(await confirmed(project, held.id))
    assert problems(await confirmed(project, held.id)) == [("redemption", "ALREADY_CONFIRMED")]
    assert problems(await release(project, held.id, now=SOON)) == [("redemption", "ALREADY_CONFIRMED")]
    assert await events(project) == ["REDEMPTION_HELD", "REDEMPTION_GRANTED"]


async def test_what_is_no_hold_any_more_or_never_was_one_is_told_so(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=9)
    given_up, late = [await a_hold(till, project, "ONE") for _ in range(2)]
    bought = redemption(await till.redeem(asking(project, "ONE")))
    await release(project, given_up.id, now=SOON)
    assert problems(await confirmed(project, given_up.id)) == [("redemption", "HOLD_RELEASED")]
    assert problems(await confirmed(project, late.id, THEN)) == [("redemption", "HOLD_EXPIRED")]
    # Whoever was told so can rely on it, even if another clock is behind.
    assert problems(await confirmed(project, late.id, SOON)) == [("redemption", "HOLD_EXPIRED")]
    assert problems(await confirmed(project, bought.id)) == [("redemption", "NOT_A_HOLD")]
    assert problems(await confirmed(project, new_id())) == [("redemption", "NOT_FOUND")]
    assert await states(project, [given_up, late, bought]) == ["RELEASED", "EXPIRED", "REDEEMED"]
    assert await used(project) == [("voucher", "REDEMPTIONS", 1)]


async def test_only_who_it_concerns_confirms_it(project: UUID, another_project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=9)
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    held = await a_hold(till, project, "ONE", customer=CustomerRef(id=ada), redemption_point="till 1")
    for caller in (
        a_caller(another_project),
        a_caller(project, KeyKind.STOREFRONT, customer=bob),
        a_caller(project, KeyKind.MERCHANT, redemption_point="till 2"),
    ):
        answer = await confirmed(project, held.id, caller=caller)
        assert problems(answer) == [("redemption", "NOT_FOUND")]
    assert await states(project, [held]) == ["HELD"]
    own = a_caller(project, KeyKind.STOREFRONT, customer=ada)
    assert redemption(await confirmed(project, held.id, caller=own)).customer_id == ada
    second = await a_hold(till, project, "ONE", redemption_point="till 1")
    merchant = a_caller(project, KeyKind.MERCHANT, redemption_point="till 1")
    redemption(await confirmed(project, second.id, caller=merchant, cart=SMALLER))


async def test_the_same_key_gets_the_first_answer_again(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=9)
    held, other = [await a_hold(till, project, "ONE") for _ in range(2)]
    first = await confirmed(project, held.id, cart=SMALLER, idempotency_key="order 7")
    again = await confirmed(project, held.id, THEN, cart=SMALLER, idempotency_key="order 7")
    assert again == Answer(redemption(first), replayed=True)
    for id_, cart in ((held.id, None), (other.id, SMALLER)):
        answer = await confirmed(project, id_, cart=cart, idempotency_key="order 7")
        assert problems(answer) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]
    keys = await fetch(
        "SELECT deed, key FROM idempotency_keys WHERE project_id = $1 AND deed = $2", project, CONFIRM
    )
    assert [tuple(row) for row in keys] == [(CONFIRM, "order 7")]


async def test_faulty_words_are_refused(project: UUID) -> None:
    answer = await confirmed(project, new_id(), metadata={"x": "y" * 9000}, idempotency_key="")
    assert {path for path, _ in problems(answer)} == {"metadata", "idempotency_key"}
    huge = Cart("EUR", (Line(1, 1, name="x" * 70_000),))
    assert problems(await confirmed(project, new_id(), cart=huge)) == [("cart", "TOO_LONG")]


async def test_confirming_at_the_instant_of_expiry_has_exactly_one_outcome(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=500))
    await a_voucher(project, campaign, "ONE", max_redemptions=500)
    gift = await a_gift_card(project, "GIFT", 1_000_000)
    connection, kept = await connect(), 0
    for round_ in range(50):
        held = await a_hold(till, project, "ONE", "GIFT", takes=(None, Money(100, "EUR")))
        cart = SMALLER if round_ % 2 else None
        sides = [
            confirmed(project, held.id, THEN - timedelta(microseconds=1), cart=cart),
            expire_holds(connection, [project], THEN),
        ]
        first, second = await asyncio.gather(*(sides if round_ % 3 else sides[::-1]))
        answer, ended = (second, first) if isinstance(first, int) else (first, second)
        if isinstance(answer, Problems):
            assert (problems(answer), ended) == ([("redemption", "HOLD_EXPIRED")], 1)
            assert await states(project, [held]) == ["EXPIRED"]
        else:
            assert isinstance(answer, Answer)
            assert (redemption(answer).id, ended) == (held.id, 0)
            assert await states(project, [held]) == ["REDEEMED"]
            kept += 1
    await connection.close()
    assert await used(project) == [("campaign", "REDEMPTIONS", kept), ("voucher", "REDEMPTIONS", kept)]
    assert await left(project, gift) == [(1_000_000 - 100 * kept, None)]
    assert len(await told(project, "REDEMPTION_GRANTED", "HOLD_EXPIRED")) == 50
    await assert_counters_equal_ledger(project)
    await assert_buckets_equal_postings(project)


async def test_confirm_and_release_and_a_storm_of_one_key_agree(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=500)
    for _ in range(10):
        held = await a_hold(till, project, "ONE")
        answers = await asyncio.gather(
            *(confirmed(project, held.id, idempotency_key=held.id.hex) for _ in range(4)),
            release(project, held.id, now=SOON),
        )
        state = (await states(project, [held]))[0]
        if state == "RELEASED":
            assert [problems(answer) for answer in answers[:4]] == [[("redemption", "HOLD_RELEASED")]] * 4
        else:
            assert problems(answers[4]) == [("redemption", "ALREADY_CONFIRMED")]
            replayed = [answer.replayed for answer in answers[:4] if isinstance(answer, Answer)]
            assert sorted(replayed) == [False, True, True, True]
    await assert_counters_equal_ledger(project)


async def test_a_stack_of_codes_takes_as_many_statements_as_one(
    project: UUID, till: Till, statements: Statements
) -> None:
    campaign = await a_campaign(project)
    codes = [f"CODE{number}" for number in range(10)]
    for code in codes:
        await a_voucher(project, campaign, code, max_redemptions=9)
    counts = []
    for some in (codes[:1], codes):
        for cart in (None, BIGGER):
            held = await a_hold(till, project, *some, hold_for=QUARTER)
            with statements.counted() as sent:
                redemption(await confirmed(project, held.id, cart=cart, idempotency_key=new_id().hex))
            counts.append(len(sent))
    # share, row, key, look, then write and balances; with another cart also find and counters.
    assert counts == [6, 8, 6, 8]
