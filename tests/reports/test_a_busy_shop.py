"""Figures of a shop with everything: gift vouchers, free goods, free shipping, promotions, codes that are skipped."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from app.database import execute, fetch
from app.events.cursor import Cursor
from app.partners.draft import create_partner
from app.partners.values import Partner
from app.redemptions.requests import Answer
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from tests.redemptions.busy_shop import CARTS, BusyShop, a_request, open_busy_shop
from tests.redemptions.holds import Clock, a_till_by, confirmed
from tests.reports.bazaar import in_zone
from tests.reports.kept_up import keep_up
from tests.reports.test_projection import assert_all_agrees
from tests.wallets.balances import added

_CARDS = "SELECT id, code FROM vouchers WHERE project_id = $1 AND code = ANY ($2)"
# Whether everything that is to be tried was there.
_HAPPENED = """
SELECT count(*) FILTER (WHERE confirmed_at IS NOT NULL) AS confirmed,
       count(*) FILTER (WHERE state = 'REDEEMED' AND returned_subtotal > 0) AS some_came_back,
       count(*) FILTER (WHERE state = 'ROLLED_BACK') AS all_came_back,
       sum(returned_discount) AS taken_back,
       (SELECT sum(shipping_discount) FROM redeemed_vouchers WHERE project_id = $1) AS freight,
       (SELECT sum(spent) FROM redeemed_vouchers WHERE project_id = $1 AND spent_unit = 'EUR') AS paid_by_cards,
       (SELECT sum(discount) FROM redeemed_vouchers WHERE project_id = $1 AND reward = 'free_items') AS for_free,
       (SELECT sum(commission) FROM report_figures WHERE project_id = $1 AND kind = 3) AS owed
FROM redemptions WHERE project_id = $1
"""


async def furnished(project: UUID, *rates: Decimal) -> BusyShop:
    """The busy shop, with money on its gift vouchers and its campaigns in the hands of partners."""
    shop = await open_busy_shop(project)
    for place, codes in enumerate(shop.people.values()):
        rows = await fetch(_CARDS, project, codes)
        for id_, code in rows:
            await added(project, id_, 3000 + 997 * place, unit="EUR" if code.startswith("GIFT") else "points")
    for place, rate in enumerate(rates):
        partner = await create_partner(project, f"Partner {place}", rate, Clock().now)
        assert isinstance(partner, Partner)
        await execute(
            "UPDATE campaigns SET partner_id = $3 WHERE project_id = $1 AND abs(hashtext(name)) % $4 = $2",
            *(project, place, partner.id, len(rates) + 1),
        )
    return shop


async def go_on(
    shop: BusyShop, till: Till, clock: Clock, luck: Random, seed: int, orders: list[Redemption]
) -> None:
    """An attempt; a hold is confirmed, often with another cart; and sometimes all or some of an order comes back."""
    clock.now += timedelta(minutes=luck.randint(20, 90))
    answer = await till.redeem(a_request(shop, luck, seed))
    if isinstance(answer, Answer) and isinstance(made := answer.outcome, Redemption):
        if made.state is RedemptionState.HELD and luck.random() < 0.8:
            cart: Any = luck.choice((None, *CARTS))
            answer = await confirmed(shop.project, made.id, clock.now + timedelta(minutes=3), cart=cart)
            made = answer.outcome if isinstance(answer, Answer) else made
        if isinstance(made, Redemption) and made.state is RedemptionState.REDEEMED:
            orders.append(made)
    if not orders or luck.random() < 0.5:
        return
    made = luck.choice(orders)
    units = (
        [Units(luck.randrange(len(made.cart.lines)), 1)] if made.cart.lines and luck.random() < 0.8 else None
    )
    policy = luck.choice(list(RollbackPolicy))
    at = clock.now + timedelta(minutes=7)
    await roll_back(shop.project, made.id, now=at, lines=units, policy=policy)  # there may be none left


async def test_figures_are_those_of_the_ledger_whatever_is_sold_and_comes_back(project: UUID) -> None:
    zone = "Asia/Kathmandu"
    shop_project = await in_zone(project, zone)
    clock, luck = Clock(), Random(11)  # noqa: S311 - the same days every time
    shop = await furnished(shop_project, Decimal("12.5"), Decimal("3.3333"))
    orders: list[Redemption] = []
    at: Cursor | None = None
    async with a_till_by(clock) as till:
        for part in range(3):
            for number in range(25):
                await go_on(shop, till, clock, luck, part * 100 + number, orders)
            at = await keep_up(shop_project, at, page_size=luck.choice((1, 7, 100)))
            await assert_all_agrees(shop_project, zone)
    [happened] = await fetch(_HAPPENED, shop_project)
    assert all(happened), dict(happened)
