"""Orders of customers: what redeemed carts come to, net of returns, in each currency; exactly what the ledger says."""

from datetime import timedelta
from uuid import UUID

from app.engine.cart import Cart, Line
from app.ids import new_id
from app.redemptions.orders import Orders, orders_of
from app.redemptions.read import by_ids
from app.redemptions.requests import CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.holds import SOON, Clock, a_gift_card, a_hold, a_till_by, confirmed
from tests.redemptions.regulars import a_season
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, offer, redemption

ADA = CustomerRef(source_id="ada")


async def test_what_came_back_is_gone_with_its_discount_and_what_was_undone_is_no_order(project, till):
    """CART is two shirts of 30 and shoes of 40 euro, and 5 for the shipping."""
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project, promise=offer(1000)), "TEN")
    kept, undone = [redemption(await till.redeem(asking(project, "TEN", customer=ADA))) for _ in range(2)]
    await roll_back(project, kept.id, now=NOW, lines=[Units(0, 1)])
    await roll_back(project, undone.id, now=NOW)
    # A shirt goes with its share of 3 euro: 105 - 30 = 75 less the 7 that stay.
    assert await orders_of(project, [ada]) == {
        ada: (Orders("EUR", 1, 1, NOW, NOW, 7500, 700, 0, refunded=2700 + 9500),)
    }


async def test_each_currency_stands_for_itself(project, till):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project, "Yen", promise=offer(30, currency="JPY")), "YEN")
    await a_voucher(project, await a_campaign(project), "EURO")
    yen = Cart("JPY", (Line(1, 1000),))
    for code, cart in (("YEN", yen), ("YEN", yen), ("EURO", Cart("EUR", (Line(3, 999),)))):
        redemption(await till.redeem(asking(project, code, cart=cart, customer=ADA)))
    euro, yen = (await orders_of(project, [ada]))[ada]
    assert (euro.currency, euro.orders, euro.net, euro.discount) == ("EUR", 1, 2497, 500)
    assert (yen.currency, yen.orders, yen.net, yen.discount, yen.average) == ("JPY", 2, 1940, 60, 970)


async def test_a_hold_is_no_order_until_it_is_confirmed(project, till):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "FIVE")
    hold = await a_hold(till, project, "FIVE", customer=ADA)
    assert await orders_of(project, [ada]) == {}
    await confirmed(project, hold.id)
    [order] = (await orders_of(project, [ada]))[ada]
    assert (order.orders, order.net, order.first_at, order.last_at) == (1, 10_000, SOON, SOON)


async def test_what_a_gift_voucher_paid_is_told_apart_and_what_it_got_back_is_not(project, till):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "FIVE")
    await a_gift_card(project, "GIFT", 2000)
    made = redemption(await till.redeem(asking(project, "FIVE", "GIFT", customer=ADA)))
    [order] = (await orders_of(project, [ada]))[ada]
    assert (order.gross, order.discount, order.from_balances, order.net) == (10_500, 2500, 2000, 8000)
    await roll_back(project, made.id, now=NOW, lines=[Units(1, 1)])
    [order] = (await orders_of(project, [ada]))[ada]
    gift = (await _now(project, made)).vouchers[1]
    assert gift.returned_spent > 0
    assert order.from_balances == 2000 - gift.returned_spent


async def test_a_customer_of_another_project_has_no_orders_here(project, another_project, till):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "FIVE")
    redemption(await till.redeem(asking(project, "FIVE", customer=ADA)))
    assert await orders_of(another_project, [ada]) == {}
    assert list(await orders_of(project, [ada, new_id()])) == [ada]


def test_an_average_is_rounded_half_up():
    assert [Orders("EUR", n, 0, None, None, 10, 0, 0, 0).average for n in (3, 4, 0)] == [3, 3, None]


async def test_all_figures_are_those_of_the_ledger(project):
    clock = Clock(NOW - timedelta(days=7))
    async with a_till_by(clock) as till:
        season = await a_season(project, till, clock, attempts=70, seed=5)
    found = await orders_of(project, list(season))
    assert sum(one.undone for own in found.values() for one in own) > 3
    assert sum(one.from_balances for own in found.values() for one in own) > 0
    for customer, made in season.items():
        assert list(found.get(customer, ())) == [
            expected for currency in ("EUR", "JPY") if (expected := reckoned(made, currency)) is not None
        ]


def reckoned(made: list[Redemption], currency: str) -> Orders | None:
    """The same figures, added up one by one."""
    own = [one for one in made if one.currency == currency]
    kept = [one for one in own if one.state is RedemptionState.REDEEMED]
    undone = [one for one in own if one.state is RedemptionState.ROLLED_BACK]
    if not kept and not undone:
        return None
    moments = [one.confirmed_at or one.created_at for one in kept]
    paid = [
        voucher.spent - voucher.returned_spent
        for one in kept
        for voucher in one.vouchers
        if voucher.spent_unit == currency
    ]
    refunds = [rollback.refund for one in (*kept, *undone) for rollback in one.rollbacks]
    gross = sum(one.total + one.discount - one.returned_subtotal for one in kept)
    orders = Orders(
        currency=currency,
        orders=len(kept),
        undone=len(undone),
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
        gross=gross,
        discount=sum(one.discount - one.returned_discount for one in kept),
        from_balances=sum(paid),
        refunded=sum(refunds),
    )
    # Whatever was paid and did not come back is what the orders are worth.
    assert orders.net == sum(one.total for one in (*kept, *undone)) - sum(refunds)
    return orders


async def _now(project: UUID, made: Redemption) -> Redemption:
    return (await by_ids(project, [made.id]))[made.id]
