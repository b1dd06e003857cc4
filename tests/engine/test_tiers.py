"""Tiers: which one a cart reaches, what is missing for the first, and which lists of tiers make no sense."""

from decimal import Decimal

import pytest

from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rewards.tiered_percent import PercentTier
from app.engine.selection import Items
from app.engine.tiers import MOST_TIERS, check_tiers, reached, refusals_of_tiers
from app.engine.unit import UnitError
from tests.engine.shop import cart, eur

ALL, MUGS = Items(), Items(products=("mug",))


def spend(amount: str, percent: int = 5, currency: str = "EUR") -> PercentTier:
    least = Money.of(Decimal(amount), currency)
    return PercentTier(spend_at_least=least, percent=Decimal(percent))


def number(quantity: int, percent: int = 5) -> PercentTier:
    return PercentTier(quantity_at_least=quantity, percent=Decimal(percent))


BY_SPEND = (spend("50", 5), spend("100", 10), spend("200", 20))


@pytest.mark.parametrize(
    ("subtotal", "percent"), [(5000, 5), (9999, 5), (10000, 10), (19999, 10), (20000, 20), (10**9, 20)]
)
def test_the_highest_tier_that_is_reached_counts(subtotal: int, percent: int) -> None:
    assert refusals_of_tiers(BY_SPEND, ALL, cart(subtotal)) == ()
    assert reached(BY_SPEND, ALL, cart(subtotal)).percent == percent


def test_items_are_counted_by_unit_and_only_those_that_are_meant() -> None:
    tiers = (number(2, 5), number(4, 10))
    goods = Cart("EUR", (Line(3, 100, product="mug"), Line(9, 100, product="tea")))
    assert reached(tiers, MUGS, goods).percent == 5
    assert reached(tiers, ALL, goods).percent == 10


def test_below_the_first_tier_what_is_missing_is_told() -> None:
    assert refusals_of_tiers(BY_SPEND, ALL, cart(4590)) == (
        Reason(
            "ITEMS_AMOUNT_TOO_LOW",
            "The cart holds 45.90 EUR of at least 50.00 EUR.",
            subject="cart.lines",
            expected=eur("50"),
            actual=eur("45.90"),
            missing=eur("4.10"),
            remedy="Add 4.10 EUR more.",
            change=Change(Act.ADD_AMOUNT, eur("4.10")),
        ),
    )
    [reason] = refusals_of_tiers((number(3), number(6)), MUGS, Cart("EUR", (Line(1, 100, product="mug"),)))
    assert (reason.code, reason.expected, reason.actual, reason.missing) == ("NOT_ENOUGH_ITEMS", 3, 1, 2)


def test_a_spend_or_a_price_in_another_currency_leaves_the_question_open() -> None:
    dear = Items(price_at_least=eur("1"))
    for tiers, items in ((BY_SPEND, ALL), ((number(1),), dear)):
        [reason] = refusals_of_tiers(tiers, items, cart(99999, currency="JPY"))
        assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")


@pytest.mark.parametrize(
    ("tiers", "path"),
    [
        ((), "tiers"),
        (tuple(number(place) for place in range(1, MOST_TIERS + 2)), "tiers"),
        ((number(2), number(2)), "tiers[1].quantity_at_least"),
        ((spend("2"), spend("3"), spend("1")), "tiers[2].spend_at_least"),
        ((spend("2"), number(300)), "tiers[1].spend_at_least"),
        ((number(2), spend("3")), "tiers[1].quantity_at_least"),
        ((spend("2"), spend("300", currency="JPY")), "tiers[1].spend_at_least"),
    ],
)
def test_tiers_that_do_not_rise_in_one_measure_are_refused(tiers: tuple[PercentTier, ...], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        check_tiers(tiers, ALL)
    assert refused.value.path == path


def test_a_tier_begins_at_a_spend_or_at_a_number_of_items() -> None:
    for least in ({}, {"spend_at_least": eur("1"), "quantity_at_least": 1}, {"spend_at_least": eur("0")}):
        with pytest.raises(UnitError, match=r"^spend_at_least: "):
            PercentTier(percent=Decimal(5), **least)
    with pytest.raises(UnitError, match=r"^quantity_at_least: "):
        number(0)
    with pytest.raises(UnitError, match=r"^items: Must have prices in EUR"):
        check_tiers(BY_SPEND, Items(price_at_most=Money(5, "JPY")))
