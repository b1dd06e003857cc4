"""Replaying a decision: the same to the cent by its own offers and facts, and told apart from what today would give."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.campaigns.draft import update_campaign
from app.campaigns.values import Campaign, CampaignChanges
from app.database import execute
from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.money import Money
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import new_id
from app.redemptions.requests import CustomerRef
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.simulation.differences import Difference
from app.simulation.replay_decision import NOT_KEPT, Replay, replay_decision
from tests.conftest import NOW, Statements
from tests.redemptions.holds import (
    SOON,
    a_gift_card,
    a_hold,
    a_points_card,
    budgeted,
    confirmed,
    daily,
)
from tests.redemptions.shop import (
    CART,
    KEY,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    offer,
    reasons,
    redemption,
    refusal,
)


async def replayed(project: UUID, decision: UUID) -> Replay:
    made = await replay_decision(a_caller(project), decision, SOON)
    assert made is not None
    return made


async def test_a_redemption_of_several_codes_is_proven_identical_to_the_cent(
    project: UUID, till: Till
) -> None:
    ada = CustomerRef(id=await a_customer(project))
    first = await a_campaign(project, promise=offer(777, FirstPurchase(), per_customer=1))
    await budgeted(project, first, daily(Measure.DISCOUNT, 777))
    await a_voucher(project, first, "FIRST", max_redemptions=1)
    await a_gift_card(project, "GIFT", 2000)
    await a_points_card(project, "CARD", 700)
    made = redemption(await till.redeem(asking(project, "FIRST", "GIFT", "CARD", customer=ada)))
    assert [code.discount for code in made.vouchers] == [777, 2000, 700]
    told = await replayed(project, made.id)
    assert (told.identical, told.differences, told.changes) == (True, (), ())
    assert told.then.discount == made.discount == 3477
    assert told.assumptions == ()


async def test_a_later_version_changes_what_today_would_give_and_not_what_was_given(
    project: UUID, till: Till
) -> None:
    campaign = await a_campaign(project, promise=offer(500))
    await a_voucher(project, campaign, "ONE")
    made = redemption(await till.redeem(asking(project, "ONE")))
    changes = CampaignChanges(offer=offer(800))
    assert isinstance(await update_campaign(project, campaign, changes, None, KEY, NOW), Campaign)
    told = await replayed(project, made.id)
    assert told.identical
    assert (told.then.discount, told.today.discount) == (500, 800)
    assert told.changes == (
        Difference(None, "discount", "5.00 EUR", "8.00 EUR"),
        Difference(None, "lines[0].discount", "3.00 EUR", "4.80 EUR"),
        Difference(None, "lines[1].discount", "2.00 EUR", "3.20 EUR"),
        Difference("ONE", "discount", "5.00 EUR", "8.00 EUR"),
        Difference("ONE", "lines[0].discount", "3.00 EUR", "4.80 EUR"),
        Difference("ONE", "lines[1].discount", "2.00 EUR", "3.20 EUR"),
    )


async def test_a_refusal_is_proven_with_what_stood_open_taken_as_it_was_told(
    project: UUID, till: Till
) -> None:
    ada = CustomerRef(id=await a_customer(project))
    rule = MinimumSpend(Money(20000, "EUR"))
    await a_voucher(project, await a_campaign(project, promise=offer(500, rule)), "RICH")
    paused = await a_campaign(project, "Paused", state="PAUSED", promise=offer(per_customer=1))
    await a_voucher(project, paused, "PAUSED")
    once = await a_campaign(project, "Once", promise=offer(per_campaign=1))
    await a_voucher(project, once, "ONCE")
    redemption(await till.redeem(asking(project, "ONCE")))
    answer = await till.redeem(asking(project, "RICH", "PAUSED", "ONCE", "NOBODY", "RICH", customer=ada))
    assert reasons(answer) == [
        "MINIMUM_SPEND_NOT_REACHED",
        "CAMPAIGN_PAUSED",
        "CAMPAIGN_LIMIT_REACHED",
        "CODE_NOT_FOUND",
        "DUPLICATE_CODE",
    ]
    told = await replayed(project, refusal(answer).id)
    assert (told.identical, told.differences) == (True, ())
    # Today it is not paused any more.
    await execute("UPDATE campaigns SET state = 'LIVE' WHERE id = $1", paused)
    told = await replayed(project, refusal(answer).id)
    assert told.identical
    assert Difference("PAUSED", "reasons", "CAMPAIGN_PAUSED", "") in told.changes


async def test_a_hold_that_was_confirmed_for_another_cart_is_judged_as_of_then(
    project: UUID, till: Till
) -> None:
    ada = CustomerRef(id=await a_customer(project))
    await a_voucher(project, await a_campaign(project, promise=offer(500, FirstPurchase())), "FIRST")
    await a_gift_card(project, "GIFT", 3000)
    held = await a_hold(till, project, "FIRST", "GIFT", customer=ada)
    assert (await replayed(project, held.id)).identical
    cart = Cart("EUR", (Line(1, 2100, sku="SHIRT"),))
    made = redemption(await confirmed(project, held.id, cart=cart, metadata={"order": 9}))
    told = await replayed(project, made.id)
    assert (told.differences, told.then.discount) == ((), 2100)


async def test_what_came_back_since_does_not_change_what_was_granted(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project, promise=offer(per_campaign=1)), "ONE")
    made = redemption(await till.redeem(asking(project, "ONE")))
    await roll_back(project, made.id, now=SOON)
    told = await replayed(project, made.id)
    assert (told.identical, told.changes) == (True, ())


async def test_a_ledger_that_says_something_else_is_told_where(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    made = redemption(await till.redeem(asking(project, "ONE")))
    await execute("UPDATE redeemed_vouchers SET discount = 499 WHERE redemption_id = $1", made.id)
    told = await replayed(project, made.id)
    assert not told.identical
    assert told.differences == (Difference("ONE", "discount", "4.99 EUR", "5.00 EUR"),)


async def test_facts_that_nobody_kept_are_asked_of_the_ledger_as_of_then(project: UUID, till: Till) -> None:
    ada = CustomerRef(id=await a_customer(project))
    await a_voucher(project, await a_campaign(project, promise=offer(500, FirstPurchase())), "FIRST")
    made = redemption(await till.redeem(asking(project, "FIRST", customer=ada)))
    await a_voucher(project, await a_campaign(project, "Other"), "ONE")
    redemption(await till.redeem(asking(project, "ONE", customer=ada)))
    await execute("UPDATE redemptions SET facts = NULL WHERE id = $1", made.id)
    later = timedelta(hours=1)
    await execute(
        "UPDATE redemptions SET created_at = $2 WHERE id <> $1 AND project_id = $3",
        made.id,
        NOW + later,
        project,
    )
    told = await replayed(project, made.id)
    assert (told.identical, told.assumptions) == (True, (NOT_KEPT,))
    assert [reason.code for reason in told.today.reasons] == ["NOT_FIRST_PURCHASE"]


async def test_the_number_of_statements_does_not_grow_with_the_codes(
    project: UUID, till: Till, statements: Statements
) -> None:
    counts = []
    for most in (1, 5):
        codes = [f"CODE{most}{number}" for number in range(most)]
        for code in codes:
            await a_voucher(
                project, await a_campaign(project, code, promise=offer(100, per_campaign=9)), code
            )
        made = redemption(await till.redeem(asking(project, *codes)))
        with statements.counted() as sent:
            assert (await replayed(project, made.id)).identical
        counts.append(len(sent))
    assert counts[0] == counts[1]


async def test_what_the_project_does_not_have_is_not_found(
    project: UUID, another_project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    made = redemption(await till.redeem(asking(project, "ONE", cart=replace(CART, shipping=0))))
    assert await replay_decision(a_caller(another_project), made.id, SOON) is None
    assert await replay_decision(a_caller(project), new_id(), SOON) is None
