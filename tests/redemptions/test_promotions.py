"""Cart promotions take part by themselves, and are counted, held and rolled back like any code."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.campaigns.values import CampaignKind
from app.database import fetchval
from app.engine.evaluation import Evaluation
from app.engine.money import Money
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.stacking import Lane, LaneMode, Stacking
from app.redemptions.read import by_ids
from app.redemptions.requests import ValidateRequest
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.redemptions.validate import validate
from tests.conftest import NOW, Statements
from tests.redemptions.holds import BIGGER, SMALLER, SOON, a_hold, confirmed, states
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    counters,
    offer,
    problems,
    put,
    reasons,
    redemption,
    refusal,
    tally,
)

EIGHTY = MinimumSpend(Money(8000, "EUR"))


async def a_promotion(project: UUID, name: str = "Summer", off: int = 500, **more: Any) -> UUID:
    """A live cart promotion that takes so much off."""
    more.setdefault("promise", offer(off))
    return await a_campaign(project, name, kind=CampaignKind.CART_PROMOTION, **more)


async def asked(project: UUID, *codes: str, **more: Any) -> Evaluation:
    more.setdefault("cart", CART)
    found = await validate(ValidateRequest(a_caller(project), codes, **more), NOW)
    assert isinstance(found, Evaluation)
    return found


async def test_a_promotion_takes_part_without_any_code_and_after_all_codes(project: UUID, till: Till) -> None:
    await a_promotion(project)
    await a_voucher(project, await a_campaign(project, "Codes", promise=offer(1000)), "TEN")
    found = await asked(project)
    assert [(v.code, v.is_automatic, v.discount) for v in found.verdicts] == [("Summer", True, 500)]
    assert (found.granted, found.total) == (True, 10_000)
    both = await asked(project, "TEN")
    assert [(v.code, v.is_automatic) for v in both.verdicts] == [("TEN", False), ("Summer", True)]
    made = redemption(await till.redeem(asking(project, "TEN")))
    assert [(code.position, code.code, code.discount) for code in made.vouchers] == [
        (0, "TEN", 1000),
        (1, "Summer", 500),
    ]
    assert await by_ids(project, [made.id]) == {made.id: made}
    alone = redemption(await till.redeem(asking(project)))
    assert [code.code for code in alone.vouchers] == ["Summer"]


async def test_a_promotion_is_counted_and_rolled_back_like_any_code(project: UUID, till: Till) -> None:
    campaign = await a_promotion(project, promise=offer(500, per_campaign=2))
    first, second = [redemption(await till.redeem(asking(project))) for _ in range(2)]
    assert await counters(project) == {("campaign", campaign, None): 2}
    assert problems(await till.redeem(asking(project))) == [("codes", "NOTHING_APPLIES")]
    await roll_back(project, first.id, now=SOON)
    assert redemption(await till.redeem(asking(project))).discount == 500
    assert second.discount == 500
    await assert_counters_equal_ledger(project)


async def test_a_promotion_that_does_not_hold_is_not_spoken_of_and_refuses_nobody(
    project: UUID, till: Till
) -> None:
    await a_promotion(project, promise=offer(500, EIGHTY))
    await a_voucher(project, await a_campaign(project, "Codes", promise=offer(1000)), "TEN")
    assert (await asked(project, cart=SMALLER)).verdicts == ()
    made = redemption(await till.redeem(asking(project, "TEN", cart=SMALLER)))
    assert ([code.code for code in made.vouchers], made.skipped) == (["TEN"], ())


async def test_where_nothing_applies_nothing_happens_and_the_key_is_still_free(
    project: UUID, till: Till
) -> None:
    before = await tally(project)
    request = asking(project, idempotency_key="order 1")
    assert problems(await till.redeem(request)) == [("codes", "NOTHING_APPLIES")]
    assert await tally(project) == before
    await a_promotion(project)
    assert redemption(await till.redeem(request)).discount == 500


async def test_who_wants_no_promotions_gets_none_and_needs_a_code(project: UUID, till: Till) -> None:
    await a_promotion(project)
    await a_voucher(project, await a_campaign(project, "Codes", promise=offer(1000)), "TEN")
    assert len((await asked(project, "TEN", promotions=False)).verdicts) == 1
    made = redemption(await till.redeem(asking(project, "TEN", promotions=False)))
    assert [code.code for code in made.vouchers] == ["TEN"]
    assert problems(await till.redeem(asking(project, promotions=False))) == [("codes", "NO_CODES")]


async def test_nobody_can_type_the_code_of_a_promotion(project: UUID, till: Till) -> None:
    campaign = await a_promotion(project)
    code = await fetchval("SELECT code FROM vouchers WHERE campaign_id = $1", campaign)
    for typed in (code, "Summer"):
        assert reasons(await till.redeem(asking(project, typed, promotions=False))) == ["CODE_NOT_FOUND"]
    refused = refusal(await till.redeem(asking(project, code)))
    assert [voucher.code for voucher in refused.vouchers] == [code]


@pytest.mark.parametrize(
    "more",
    [
        {"state": "DRAFT"},
        {"state": "PAUSED"},
        {"state": "ENDED"},
        {"starts_at": NOW + timedelta(seconds=1)},
        {"ends_at": NOW},
    ],
)
async def test_only_promotions_that_are_live_take_part(project: UUID, more: dict[str, Any]) -> None:
    await a_promotion(project, **more)
    assert (await asked(project)).verdicts == ()


async def test_a_promotion_under_a_paused_main_campaign_does_not_take_part(project: UUID) -> None:
    main = await a_campaign(project, "Main", is_main=True)
    await a_promotion(project, main_id=main)
    assert (await asked(project)).discount == 500
    await put(project, main, "PAUSED")
    assert (await asked(project)).discount == 0


async def test_the_fifty_oldest_promotions_take_part(project: UUID) -> None:
    for number in range(51):
        await a_promotion(project, f"Number {number}", off=1)
    found = await asked(project)
    assert [verdict.code for verdict in found.verdicts] == [f"Number {number}" for number in range(50)]


async def test_promotions_and_codes_compete_in_one_lane(project: UUID, till: Till) -> None:
    await a_promotion(project, promise=replace(offer(1000), lane="sale"))
    await a_voucher(
        project, await a_campaign(project, "Codes", promise=replace(offer(500), lane="sale")), "FIVE"
    )
    caller = replace(a_caller(project), stacking=Stacking((Lane("sale", LaneMode.COMPETE),)))
    made = redemption(await till.redeem(asking(project, "FIVE", caller=caller)))
    assert [code.code for code in made.vouchers] == ["Summer"]
    [lost] = made.skipped[0].reasons
    assert lost.message == "The promotion Summer takes 5.00 EUR more off, and the two cannot be combined."


async def test_promotions_of_another_project_stay_behind_their_wall(
    project: UUID, another_project: UUID
) -> None:
    await a_promotion(another_project)
    assert (await asked(project)).verdicts == ()


async def test_validating_thirty_codes_with_promotions_takes_two_statements(
    project: UUID, statements: Statements
) -> None:
    await a_promotion(project, promise=offer(500, per_campaign=9))
    campaign = await a_campaign(project, "Codes", promise=offer(100, per_campaign=99))
    codes = [f"CODE{number}" for number in range(30)]
    for code in codes:
        await a_voucher(project, campaign, code)
    with statements.counted() as sent:
        found = await asked(project, *codes)
    assert (len(found.verdicts), found.discount) == (31, 3500)
    assert len(sent) == 2


async def test_a_hold_keeps_its_promotion_and_judges_it_anew_for_another_cart(
    project: UUID, till: Till
) -> None:
    campaign = await a_promotion(project, promise=offer(500, EIGHTY, per_campaign=2))
    await a_voucher(project, await a_campaign(project, "Codes", promise=offer(1000)), "TEN")
    kept, changed = [await a_hold(till, project, "TEN") for _ in range(2)]
    await put(project, campaign, "ENDED")
    promised = redemption(await confirmed(project, kept.id))
    assert [code.code for code in promised.vouchers] == ["TEN", "Summer"]
    made = redemption(await confirmed(project, changed.id, cart=SMALLER))
    assert ([code.code for code in made.vouchers], made.skipped) == (["TEN"], ())
    assert await by_ids(project, [changed.id]) == {changed.id: made}
    assert await counters(project) == {("campaign", campaign, None): 1}
    await assert_counters_equal_ledger(project)


async def test_a_hold_of_promotions_alone_stays_when_none_applies_to_the_other_cart(
    project: UUID, till: Till
) -> None:
    await a_promotion(project, promise=offer(500, EIGHTY))
    held = await a_hold(till, project)
    refused = await confirmed(project, held.id, cart=SMALLER)
    assert problems(refused) == [("cart", "NOTHING_APPLIES")]
    assert await states(project, [held]) == ["HELD"]
    assert redemption(await confirmed(project, held.id, cart=BIGGER)).discount == 500
