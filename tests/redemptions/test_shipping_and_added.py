"""Free shipping and free items at the real till: in ledger, events, counters and audit; held, confirmed, returned."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.campaigns.values import CampaignKind
from app.database import fetchrow
from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.free_items import FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.stacking import OnRefusal, Stacking
from app.redemptions.audit import audit
from app.redemptions.read import by_ids
from app.redemptions.requests import RolledBack
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from tests.redemptions.holds import SMALLER, SOON, a_hold, budgeted, confirmed, daily, told, used
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    offer,
    reasons,
    redemption,
)

FREIGHT = Offer(1, None, FreeShipping(up_to=Money(4_00, "EUR")), Limits(per_campaign=9))
# Two shirts of the cart are free, and a third is added.
SHIRTS = Offer(
    1, None, FreeItems((FreeItem(Money(32_00, "EUR"), sku="SHIRT", quantity=3),)), Limits(per_campaign=9)
)
ADDED = Line(1, 32_00, sku="SHIRT", added_by="SHIRTS-3")


@pytest.fixture
async def shop(project: UUID) -> UUID:
    """A project with a code for each reward, one for 5.00 off, and a budget of each measure of money."""
    for name, code, promise in (
        ("Freight", "FREIGHT", FREIGHT),
        ("Shirts", "SHIRTS-3", SHIRTS),
        ("Five", "FIVE", offer(500)),
    ):
        campaign = await a_campaign(project, name, promise=promise)
        await a_voucher(project, campaign, code)
        await budgeted(project, campaign, daily(Measure.DISCOUNT, 200_00), daily(Measure.ORDER_VALUE, 300_00))
    return project


async def assert_kept_and_sound(project: UUID, made: Redemption) -> None:
    """The ledger and the last event say what was answered, counters what the ledger says, and nothing drifts."""
    assert await by_ids(project, [made.id]) == {made.id: made}
    kinds = ("REDEMPTION_GRANTED", "REDEMPTION_HELD", "REDEMPTION_ROLLED_BACK")
    assert (await told(project, *kinds))[-1][1] == replace(made, facts=None)
    await assert_counters_equal_ledger(project)
    assert (await audit(project)).drift == 0


async def test_what_is_off_the_shipping_and_what_is_added_stands_in_the_ledger(
    shop: UUID, till: Till
) -> None:
    made = redemption(await till.redeem(asking(shop, "freight", "shirts3", "five")))
    assert (made.subtotal, made.shipping, made.discount, made.total) == (132_00, 5_00, 101_00, 36_00)
    assert (made.shipping_discount, made.line_discounts) == (4_00, (60_00, 5_00, 32_00))
    assert made.cart == Cart("EUR", (*CART.lines, ADDED), CART.shipping)
    assert [(code.discount, code.shipping_discount, code.line_discounts) for code in made.vouchers] == [
        (4_00, 4_00, (0, 0, 0)),
        (92_00, 0, (60_00, 0, 32_00)),
        (5_00, 0, (0, 5_00, 0)),
    ]
    assert [entry for entry in await used(shop) if entry[1] != "REDEMPTIONS"] == [
        ("campaign", "DISCOUNT", 4_00),
        ("campaign", "DISCOUNT", 5_00),
        ("campaign", "DISCOUNT", 92_00),
        *[("campaign", "ORDER_VALUE", 132_00)] * 3,
    ]
    await assert_kept_and_sound(shop, made)


async def test_a_budget_has_to_bear_what_is_added(shop: UUID, till: Till) -> None:
    made = [redemption(await till.redeem(asking(shop, "shirts3"))) for _ in range(2)]
    # 200.00 were to be given, 92.00 each were; 300.00 to be sold, 132.00 each were.
    assert [one.discount for one in made] == [92_00, 92_00]
    assert reasons(await till.redeem(asking(shop, "shirts3"))) == ["CAMPAIGN_BUDGET_EXCEEDED"] * 2
    await assert_counters_equal_ledger(shop)
    assert (await audit(shop)).drift == 0


async def test_a_hold_is_confirmed_for_the_shoppers_own_cart_as_it_was_made(shop: UUID, till: Till) -> None:
    held = await a_hold(till, shop, "freight", "shirts3")
    await assert_kept_and_sound(shop, held)
    made = redemption(await confirmed(shop, held.id, cart=CART))
    assert (made.state, made.confirmed_at, made.cart) == (RedemptionState.REDEEMED, SOON, held.cart)
    assert (made.shipping_discount, made.vouchers) == (4_00, held.vouchers)
    await assert_kept_and_sound(shop, made)


async def test_another_cart_has_another_shipping_and_other_goods_added(shop: UUID, till: Till) -> None:
    held = await a_hold(till, shop, "freight", "shirts3")
    other = Cart("EUR", (Line(4, 25_00, sku="SHIRT"),), 3_00)
    made = redemption(await confirmed(shop, held.id, cart=other))
    assert made.cart == other
    assert (made.subtotal, made.shipping_discount, made.discount, made.total) == (100_00, 3_00, 78_00, 25_00)
    assert [(code.shipping_discount, code.line_discounts) for code in made.vouchers] == [
        (3_00, (0,)),
        (0, (75_00,)),
    ]
    await assert_kept_and_sound(shop, made)
    again = await a_hold(till, shop, "shirts3", cart=other)
    grown = redemption(await confirmed(shop, again.id, cart=Cart("EUR", (Line(1, 40_00, sku="SHOE"),))))
    assert grown.cart.lines[1:] == (Line(3, 32_00, sku="SHIRT", added_by="SHIRTS-3"),)
    assert (grown.subtotal, grown.total) == (136_00, 40_00)
    await assert_kept_and_sound(shop, grown)


async def test_everything_comes_back_and_no_counter_keeps_any_of_it(shop: UUID, till: Till) -> None:
    made = redemption(await till.redeem(asking(shop, "freight", "shirts3", "five")))
    refunds = []
    for line, quantity in ((2, 1), (0, 2), (1, 1)):
        answer = await roll_back(shop, made.id, now=SOON, lines=[Units(line, quantity)])
        assert isinstance(answer, RolledBack), answer
        assert answer.rollback is not None
        refunds.append(answer.rollback.refund)
        await assert_kept_and_sound(shop, answer.redemption)
    # The shirts cost nothing; the shoe 35.00, and of the shipping 1.00 was paid.
    assert refunds == [0, 0, 36_00]
    assert {count for _, _, count in await used(shop)} == {0}
    row = await fetchrow(
        "SELECT shipping FROM rollbacks WHERE project_id = $1 ORDER BY id DESC LIMIT 1", shop
    )
    assert row is not None
    assert row["shipping"] == {"discounts": [4_00, 0, 0], "not_recovered": 0}


async def test_codes_that_another_cart_does_not_earn_are_left_out_where_the_company_says_so(
    shop: UUID, till: Till
) -> None:
    partial = replace(a_caller(shop), stacking=Stacking(on_refusal=OnRefusal.PARTIAL))
    dear = await a_campaign(
        shop, "From 80", promise=offer(2000, MinimumSpend(Money(80_00, "EUR")), per_campaign=3)
    )
    await a_voucher(shop, dear, "FROM80")
    held = await a_hold(till, shop, "NOPE", "from80", "freight", caller=partial)
    assert [(code.position, code.code) for code in held.vouchers] == [(1, "FROM80"), (2, "FREIGHT")]
    assert [code.code for code in held.skipped] == ["NOPE"]
    made = redemption(await confirmed(shop, held.id, cart=SMALLER, caller=partial))
    assert [(code.position, code.code, code.discount) for code in made.vouchers] == [(2, "FREIGHT", 4_00)]
    assert [
        (code.position, code.code, [reason.code for reason in code.reasons]) for code in made.skipped
    ] == [(0, "NOPE", ["CODE_NOT_FOUND"]), (1, "FROM80", ["MINIMUM_SPEND_NOT_REACHED"])]
    await assert_kept_and_sound(shop, made)
    assert [entry for entry in await used(shop) if entry[1] == "REDEMPTIONS"] == [
        ("campaign", "REDEMPTIONS", 0),
        ("campaign", "REDEMPTIONS", 1),
    ]


async def test_what_a_promotion_adds_is_never_said_to_be_a_codes_of_its_name(
    project: UUID, till: Till
) -> None:
    promise = Offer(1, None, FreeItems((FreeItem(Money(9_00, "EUR"), sku="MUG"),)))
    await a_voucher(project, await a_campaign(project, "Mugs", promise=promise), "MUG-1")
    await a_campaign(project, "mug1", kind=CampaignKind.CART_PROMOTION, promise=promise)
    made = redemption(await till.redeem(asking(project, "mug1")))
    assert [line.added_by for line in made.cart.lines[2:]] == ["MUG-1", "mug1"]
    await roll_back(project, made.id, now=SOON, lines=[Units(0, 1)], policy=RollbackPolicy.RECALCULATE)
    [left] = (await by_ids(project, [made.id])).values()
    assert [code.returned_discount for code in left.vouchers] == [0, 0]


async def test_five_hundred_lines_and_what_is_added_to_them(project: UUID, till: Till) -> None:
    goods = tuple([FreeItem(Money(9_00, "EUR"), sku=f"GIFT-{number}") for number in range(10)])
    promise = Offer(1, None, FreeItems(goods))
    await a_voucher(project, await a_campaign(project, "Goods", promise=promise), "GOODS")
    cart = Cart("EUR", tuple([Line(1, 100)] * 500))
    made = redemption(await till.redeem(asking(project, "GOODS", cart=cart, idempotency_key="order 1")))
    assert (len(made.cart.lines), made.subtotal, made.discount) == (510, 590_00, 90_00)
    again = await till.redeem(asking(project, "GOODS", cart=cart, idempotency_key="order 1"))
    assert redemption(again) == made
    await roll_back(project, made.id, now=SOON, lines=[Units(0, 1)], policy=RollbackPolicy.RECALCULATE)
    done = await roll_back(project, made.id, now=SOON)
    assert isinstance(done, RolledBack)
    assert done.redemption.returned_discount == 90_00
    assert (await audit(project)).drift == 0
