"""Standings: how each voucher of a wallet stands for its customer, and what it is worth for a cart."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.engine.gap import Gap
from app.engine.money import Money
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import new_id
from app.redemptions.fit import Standing, Visit, VoucherState
from app.redemptions.requests import CustomerRef
from app.redemptions.standing import judge_vouchers
from app.redemptions.till import Till
from tests.conftest import NOW, Statements
from tests.redemptions.shop import CART, a_campaign, a_customer, a_voucher, asking, offer, redemption

SOON, AGO = NOW + timedelta(days=1), NOW - timedelta(days=1)
AT_NO_TILL, AT_THE_TILL = Visit(None, NOW), Visit(CART, NOW)


async def _stands(project: UUID, customer: UUID | None, voucher: UUID) -> Standing:
    """Without a cart."""
    return (await judge_vouchers(project, [(customer, voucher)], AT_NO_TILL))[customer, voucher]


@pytest.mark.parametrize(
    ("state", "columns", "expected", "reasons"),
    [
        ("LIVE", {}, VoucherState.USABLE, []),
        (
            "LIVE",
            {"enabled": False, "expires_at": AGO},
            VoucherState.EXPIRED,
            ["VOUCHER_DISABLED", "EXPIRED"],
        ),
        ("LIVE", {"enabled": False}, VoucherState.BLOCKED, ["VOUCHER_DISABLED"]),
        ("LIVE", {"expires_at": AGO}, VoucherState.EXPIRED, ["EXPIRED"]),
        ("ENDED", {"starts_at": SOON}, VoucherState.EXPIRED, ["NOT_STARTED", "CAMPAIGN_ENDED"]),
        ("LIVE", {"starts_at": SOON}, VoucherState.NOT_YET, ["NOT_STARTED"]),
        ("DRAFT", {}, VoucherState.NOT_YET, ["CAMPAIGN_NOT_LIVE"]),
        ("PAUSED", {}, VoucherState.BLOCKED, ["CAMPAIGN_PAUSED"]),
        ("PAUSED", {"starts_at": SOON}, VoucherState.BLOCKED, ["NOT_STARTED", "CAMPAIGN_PAUSED"]),
    ],
)
async def test_a_state_sums_up_the_reasons(
    project: UUID, state: str, columns: dict[str, Any], expected: VoucherState, reasons: list[str]
) -> None:
    voucher = await a_voucher(project, await a_campaign(project, state=state), "SUMMER", **columns)
    standing = await _stands(project, None, voucher)
    assert (standing.state, [reason.code for reason in standing.reasons]) == (expected, reasons)
    assert (standing.worth, standing.remaining) == (None, None)


async def test_a_held_code_stands_differently_for_others(project: UUID) -> None:
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    voucher = await a_voucher(project, await a_campaign(project), "ADAS", holder_id=ada)
    states = [(await _stands(project, who, voucher)).state for who in (ada, bob, None)]
    assert states == [VoucherState.USABLE, VoucherState.BLOCKED, VoucherState.BLOCKED]


async def test_used_up_and_remaining_follow_every_limit(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(per_customer=1, per_campaign=3))
    voucher = await a_voucher(project, campaign, "FEW", max_redemptions=5)
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    redemption(await till.redeem(asking(project, "FEW", customer=CustomerRef(id=ada))))
    told = [await _stands(project, who, voucher) for who in (ada, bob)]
    assert [(one.state, one.remaining) for one in told] == [
        (VoucherState.USED, 0),
        (VoucherState.USABLE, 1),
    ]


async def test_a_customers_own_hold_shows_until_it_is_over(project: UUID, till: Till) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=2)
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    for minutes in (20, 30):
        ask = asking(project, "ONE", customer=CustomerRef(id=ada), hold_for=timedelta(minutes=minutes))
        redemption(await till.redeem(ask))
    end = NOW + timedelta(minutes=30)
    told = [await _stands(project, who, voucher) for who in (ada, bob)]
    assert [(one.state, one.held_until, one.remaining) for one in told] == [
        (VoucherState.HELD, end, 0),
        (VoucherState.USED, None, 0),
    ]
    late = (await judge_vouchers(project, [(ada, voucher)], Visit(None, end)))[ada, voucher]
    assert (late.state, late.held_until, late.remaining) == (VoucherState.USABLE, None, 2)


async def test_with_a_cart_rules_speak_and_what_the_shopper_can_mend_is_almost_there(project: UUID) -> None:
    promise = offer(700, rule=MinimumSpend(Money(20_000, "EUR")))
    small = await a_voucher(project, await a_campaign(project, "A", promise=promise), "BIG-CARTS")
    fine = await a_voucher(project, await a_campaign(project, "B", promise=offer(700)), "ALL-CARTS")
    first = await a_voucher(
        project, await a_campaign(project, "C", promise=offer(rule=FirstPurchase())), "FIRST"
    )
    held = [(None, voucher) for voucher in (small, fine, first)]
    found = {id_: one for (_, id_), one in (await judge_vouchers(project, held, AT_THE_TILL)).items()}
    assert found[fine] == Standing(fine, VoucherState.USABLE, (), 700, None)
    assert (found[small].state, found[small].worth) == (VoucherState.ALMOST, 0)
    assert found[small].gap == Gap(waits=False, amount=10_000, quantity=0, steps=1)
    assert [reason.missing for reason in found[small].reasons] == [Money(10_000, "EUR")]
    assert (found[first].state, [one.code for one in found[first].reasons]) == (
        VoucherState.ALMOST,
        ["CUSTOMER_REQUIRED"],
    )


async def test_three_statements_serve_many_wallets_and_walls_hold(
    project: UUID, another_project: UUID, till: Till, statements: Statements
) -> None:
    people = [await a_customer(project, name) for name in ("ada", "bob")]
    promise = offer(rule=FirstPurchase(), per_customer=2)
    campaign = await a_campaign(project, promise=promise)
    vouchers = [await a_voucher(project, campaign, f"CODE{number}") for number in range(20)]
    redemption(await till.redeem(asking(project, "CODE0", customer=CustomerRef(id=people[0]))))
    held = [(who, voucher) for who in people for voucher in vouchers]
    with statements.counted() as sent:
        found = await judge_vouchers(project, [*held, (people[0], new_id())], AT_THE_TILL)
    assert (len(sent), list(found)) == (3, held)
    # Each stands by itself: that twenty codes would share two uses is not held against any of them.
    assert [(one.state, one.worth, one.remaining) for one in found.values()] == [
        *[(VoucherState.BLOCKED, 0, 1)] * 20,
        *[(VoucherState.USABLE, 500, 2)] * 20,
    ]
    assert await judge_vouchers(another_project, held, AT_THE_TILL) == {}
    assert await judge_vouchers(project, [], AT_THE_TILL) == {}
