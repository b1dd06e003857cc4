"""A project's policy at the till: which of several codes are used, and what becomes of the others."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.engine.evaluation import Evaluation
from app.engine.offer import Limits
from app.engine.stacking import Lane, LaneMode, OnRefusal, Stacking
from app.redemptions.read import by_ids
from app.redemptions.release import release
from app.redemptions.requests import RedeemRequest, ValidateRequest
from app.redemptions.till import Till
from app.redemptions.validate import validate
from tests.conftest import NOW
from tests.redemptions.holds import GIFT, SMALLER, SOON, a_hold, confirmed
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    counters,
    offer,
    reasons,
    redemption,
    refusal,
    tally,
)
from tests.wallets.balances import left

COMPETE = Stacking(lanes=(Lane("sale", LaneMode.COMPETE),))
PARTIAL = Stacking(on_refusal=OnRefusal.PARTIAL)


async def a_code(project: UUID, code: str, off: int, lane: str = "default", most: int | None = None) -> UUID:
    """A code that takes so much off, of a campaign of its own."""
    promise = replace(offer(off), lane=lane, limits=Limits(per_voucher=most))
    return await a_voucher(project, await a_campaign(project, f"Campaign {code}", promise=promise), code)


def asked(project: UUID, policy: Stacking, *codes: str, **more: Any) -> RedeemRequest:
    return asking(project, *codes, caller=replace(a_caller(project), stacking=policy), **more)


async def test_in_a_competing_lane_the_better_code_is_used_and_the_other_stays_as_it_was(
    project: UUID, till: Till
) -> None:
    ten = await a_code(project, "TEN", 1000, "sale", most=1)
    five = await a_code(project, "FIVE", 500, "sale", most=1)
    answer = await till.redeem(asked(project, COMPETE, "FIVE", "TEN"))
    made = redemption(answer)
    assert [(code.position, code.code, code.discount) for code in made.vouchers] == [(1, "TEN", 1000)]
    assert [(code.position, code.code) for code in made.skipped] == [(0, "FIVE")]
    assert [reason.code for reason in made.skipped[0].reasons] == ["LOST_IN_LANE"]
    assert await by_ids(project, [made.id]) == {made.id: made}
    assert await counters(project) == {("voucher", ten, None): 1, ("voucher", five, None): 0}
    assert (await tally(project)).uses == 1
    again = redemption(await till.redeem(asked(project, COMPETE, "FIVE")))
    assert [code.code for code in again.vouchers] == ["FIVE"]
    await assert_counters_equal_ledger(project)


async def test_the_same_request_gets_the_same_answer_with_what_was_left_out(
    project: UUID, till: Till
) -> None:
    await a_code(project, "TEN", 1000, "sale")
    await a_code(project, "FIVE", 500, "sale")
    request = asked(project, COMPETE, "FIVE", "TEN", idempotency_key="order 1")
    first, second = await till.redeem(request), await till.redeem(request)
    assert redemption(first).skipped == redemption(second).skipped != ()
    assert (await tally(project)).redemptions == 1


@pytest.mark.parametrize("policy", [Stacking(), PARTIAL], ids=["all", "partial"])
async def test_with_a_code_that_cannot_be_used_all_are_refused_or_it_alone(
    project: UUID, till: Till, policy: Stacking
) -> None:
    await a_code(project, "TEN", 1000)
    gift = await a_voucher(project, await a_campaign(project, "Gifts", promise=GIFT), "GIFT")
    answer = await till.redeem(asked(project, policy, "NOPE", "TEN", "GIFT"))
    if policy is PARTIAL:
        made = redemption(answer)
        assert ([code.code for code in made.vouchers], made.discount) == (["TEN"], 1000)
        told = [(code.code, [reason.code for reason in code.reasons]) for code in made.skipped]
        assert told == [("NOPE", ["CODE_NOT_FOUND"]), ("GIFT", ["BALANCE_EMPTY"])]
    else:
        assert reasons(answer) == ["CODE_NOT_FOUND", "BALANCE_EMPTY"]
        assert (await tally(project)).uses == 0
    assert await left(project, gift) == []


async def test_of_a_stack_of_thirty_with_one_that_is_not_valid_the_others_are_used(
    project: UUID, till: Till
) -> None:
    campaign = await a_campaign(project, promise=replace(offer(1), limits=Limits(per_voucher=1)))
    vouchers = [await a_voucher(project, campaign, f"CODE-{n}", enabled=n != 17) for n in range(30)]
    codes = [f"CODE-{n}" for n in range(30)]
    made = redemption(await till.redeem(asked(project, PARTIAL, *codes)))
    assert [code.code for code in made.vouchers] == [code for code in codes if code != "CODE-17"]
    assert [(code.position, code.code) for code in made.skipped] == [(17, "CODE-17")]
    assert [reason.code for reason in made.skipped[0].reasons] == ["VOUCHER_DISABLED"]
    assert made.discount == 29
    used = await counters(project)
    assert {v: used.get(("voucher", v, None), 0) for v in vouchers} == {
        v: int(n != 17) for n, v in enumerate(vouchers)
    }
    await assert_counters_equal_ledger(project)


async def test_when_none_can_be_used_the_attempt_is_rejected_under_either_policy(
    project: UUID, till: Till
) -> None:
    refused = refusal(await till.redeem(asked(project, PARTIAL, "NOPE", "NEITHER")))
    assert [code.code for code in refused.vouchers] == ["NOPE", "NEITHER"]
    assert await tally(project) == replace(await tally(project), redemptions=0, rejected=1, uses=0)


async def test_validating_says_what_redeeming_does(project: UUID, till: Till) -> None:
    await a_code(project, "TEN", 1000, "sale")
    await a_code(project, "FIVE", 500, "sale")
    request = asked(project, COMPETE, "FIVE", "TEN")
    found = await validate(ValidateRequest(request.caller, request.codes, CART), NOW)
    assert isinstance(found, Evaluation)
    assert [(verdict.granted, verdict.skipped) for verdict in found.verdicts] == [
        (False, True),
        (True, False),
    ]
    assert found.discount == redemption(await till.redeem(request)).discount == 1000


async def test_a_hold_that_is_confirmed_with_another_cart_is_judged_by_the_present_policy(
    project: UUID, till: Till
) -> None:
    ten = await a_code(project, "TEN", 1000, "sale", most=1)
    five = await a_code(project, "FIVE", 500, "sale", most=1)
    held = await a_hold(till, project, "FIVE", "TEN")
    assert [code.code for code in held.vouchers] == ["FIVE", "TEN"]
    caller = replace(a_caller(project), stacking=COMPETE)
    made = redemption(await confirmed(project, held.id, cart=SMALLER, caller=caller))
    assert [(code.position, code.code) for code in made.vouchers] == [(1, "TEN")]
    assert [(code.position, code.code) for code in made.skipped] == [(0, "FIVE")]
    assert await by_ids(project, [held.id]) == {held.id: made}
    assert await counters(project) == {("voucher", ten, None): 1, ("voucher", five, None): 0}
    await assert_counters_equal_ledger(project)


async def test_what_a_hold_skipped_is_not_held(project: UUID, till: Till) -> None:
    await a_code(project, "TEN", 1000, "sale", most=1)
    five = await a_code(project, "FIVE", 500, "sale", most=1)
    caller = replace(a_caller(project), stacking=COMPETE)
    held = await a_hold(till, project, "FIVE", "TEN", caller=caller)
    assert (await counters(project))["voucher", five, None] == 0
    assert redemption(await till.redeem(asking(project, "FIVE"))).discount == 500
    await release(project, held.id, now=SOON)
    assert redemption(await till.redeem(asking(project, "TEN"))).discount == 1000
    await assert_counters_equal_ledger(project)
