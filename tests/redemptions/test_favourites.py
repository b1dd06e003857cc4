"""Favourite categories: units and what was paid for them, net of what came back; exactly what the ledger says."""

from collections import defaultdict
from datetime import timedelta

from app.engine.cart import Cart, Line
from app.redemptions.favourites import CategoryRank, FavouriteCategory, favourites_of
from app.redemptions.requests import CustomerRef
from app.redemptions.returns import Units, units_left
from app.redemptions.roll_back import roll_back
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.holds import Clock, a_hold, a_till_by
from tests.redemptions.regulars import CATEGORIES, a_season, lines_lost
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, offer, redemption

ADA = CustomerRef(source_id="ada")
WARDROBE = Cart(
    "EUR",
    (
        Line(2, 3000, categories=("shirts", "cotton", "shirts")),
        Line(1, 4000, categories=("shoes",)),
        Line(5, 100),
    ),
    shipping=500,
)


async def test_what_was_kept_counts_for_each_category_of_its_line_less_its_share_of_the_discount(
    project, till
):
    """10.50 euro off 105: a tenth of each line."""
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project, promise=offer(1050)), "TEN")
    made = redemption(await till.redeem(asking(project, "TEN", cart=WARDROBE, customer=ADA)))
    assert made.line_discounts == (600, 400, 50)
    assert (await favourites_of(project, [ada], 5, "EUR"))[ada] == (
        FavouriteCategory("cotton", 2, (("EUR", 5400),)),
        FavouriteCategory("shirts", 2, (("EUR", 5400),)),
        FavouriteCategory("shoes", 1, (("EUR", 3600),)),
    )
    await roll_back(project, made.id, now=NOW, lines=[Units(0, 1), Units(1, 1)])
    assert (await favourites_of(project, [ada], 5, "EUR"))[ada] == (
        FavouriteCategory("cotton", 1, (("EUR", 2700),)),
        FavouriteCategory("shirts", 1, (("EUR", 2700),)),
    )
    await roll_back(project, made.id, now=NOW)
    assert await favourites_of(project, [ada], 5, "EUR") == {}


async def test_they_are_ranked_by_amount_in_the_projects_currency_or_by_units(project, till):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project, promise=offer(1)), "EURO")
    await a_voucher(project, await a_campaign(project, "Yen", promise=offer(1, currency="JPY")), "YEN")
    euro = Cart("EUR", (Line(2, 5000, categories=("shoes",)), Line(3, 100, categories=("socks",))))
    yen = Cart("JPY", (Line(4, 90_000, categories=("hats",)), Line(1, 90_000, categories=("socks",))))
    for code, cart in (("EURO", euro), ("YEN", yen)):
        redemption(await till.redeem(asking(project, code, cart=cart, customer=ADA)))

    async def ranked(most: int, rank: CategoryRank) -> list[tuple[str, int]]:
        found = (await favourites_of(project, [ada], most, "EUR", rank))[ada]
        return [(one.category, one.units) for one in found]

    assert await ranked(5, CategoryRank.AMOUNT) == [("shoes", 2), ("socks", 4), ("hats", 4)]
    assert await ranked(2, CategoryRank.QUANTITY) == [("socks", 4), ("hats", 4)]
    socks = (await favourites_of(project, [ada], 2, "EUR"))[ada][1]
    assert [currency for currency, _ in socks.amounts] == ["EUR", "JPY"]


async def test_holds_and_other_projects_have_none(project, another_project, till):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "FIVE")
    await a_hold(till, project, "FIVE", cart=WARDROBE, customer=ADA)
    assert await favourites_of(project, [ada], 5, "EUR") == {}
    redemption(await till.redeem(asking(project, "FIVE", cart=WARDROBE, customer=ADA)))
    assert await favourites_of(another_project, [ada], 5, "EUR") == {}


async def test_all_figures_are_those_of_the_ledger(project):
    clock = Clock(NOW - timedelta(days=7))
    async with a_till_by(clock) as till:
        season = await a_season(project, till, clock, attempts=70, seed=11)
    found = await favourites_of(project, list(season), len(CATEGORIES), "EUR")
    assert any(
        one.rollbacks and one.state is RedemptionState.REDEEMED for own in season.values() for one in own
    )
    for customer, made in season.items():
        own = {one.category: one for one in found.get(customer, ())}
        assert own == reckoned(made)
        amounts = [dict(one.amounts).get("EUR", 0) for one in found.get(customer, ())]
        assert amounts == sorted(amounts, reverse=True)


def reckoned(made: list[Redemption]) -> dict[str, FavouriteCategory]:
    """The same figures, added up line by line."""
    units: dict[str, int] = defaultdict(int)
    paid: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in (one for one in made if one.state is RedemptionState.REDEEMED):
        for place, (line, left) in enumerate(zip(one.cart.lines, units_left(one), strict=True)):
            discount = one.line_discounts[place] - lines_lost(one.rollbacks, place)
            for category in set(line.categories) if left else ():
                units[category] += left
                paid[category][one.currency] += left * line.unit_price - discount
    return {
        category: FavouriteCategory(category, units[category], tuple(sorted(paid[category].items())))
        for category in units
    }
