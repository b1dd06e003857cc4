"""A new price for certain items."""

import pytest

from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.rewards.fixed_price import FixedPrice, PriceOf
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, basket, missing, off
from tests.engine.shop import eur

FOUR = eur("4.00")


def test_what_costs_more_costs_the_price_and_what_costs_less_stays_as_it_is() -> None:
    assert off(FixedPrice(FOUR, ALL), (3, 500, "mug"), (2, 150, "tea"), (1, 400, "cup")) == (300, 0, 0)
    assert off(FixedPrice(eur("0"), MUGS), (3, 500, "mug"), (2, 150, "tea")) == (1500, 0)


@pytest.mark.parametrize(
    ("first", "parts"),
    [
        (WhichFirst.CHEAPEST, (100, 0)),  # the two teas are among the three, though they gain nothing
        (WhichFirst.MOST_EXPENSIVE, (300, 0)),
        (WhichFirst.AS_LISTED, (300, 0)),
    ],
)
def test_only_so_many_cost_the_price_those_first(first: WhichFirst, parts: tuple[int, ...]) -> None:
    assert off(FixedPrice(FOUR, ALL, 3, first), (5, 500, "mug"), (2, 150, "tea")) == parts


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_units_that_cost_a_minor_unit_more_or_less_cost_the_price_exactly(currency: str) -> None:
    # Three units that still cost 1000 cost 333, 333 and 334.
    for price, part in ((332, 4), (333, 1), (334, 0)):
        reward = FixedPrice(Money(price, currency), ALL)
        assert off(reward, (3, 400, "mug"), currency=currency, remaining=(1000,)) == (part,)


def test_it_counts_from_what_the_items_still_cost() -> None:
    assert off(FixedPrice(FOUR, MUGS), (3, 500, "mug"), remaining=(1400,)) == (200,)
    assert off(FixedPrice(FOUR, MUGS), (3, 500, "mug"), remaining=(1100,)) == (0,)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_all_together_cost_the_price_but_never_more_than_they_did(currency: str) -> None:
    whole = FixedPrice(Money(400, currency), ALL, price_of=PriceOf.ALL_TOGETHER)
    assert off(whole, (3, 500, "mug"), (2, 150, "tea"), currency=currency) == (1167, 233)  # 14.00, as 15 : 3
    assert off(whole, (1, 250, "mug"), (1, 150, "tea"), currency=currency) == (0, 0)
    assert off(whole, (1, 300, "mug"), currency=currency) == (0,)
    assert off(whole, (3, 500, "mug"), currency=currency, remaining=(410,)) == (10,)


def test_only_so_many_together_cost_the_price() -> None:
    two = FixedPrice(FOUR, MUGS, 2, WhichFirst.MOST_EXPENSIVE, PriceOf.ALL_TOGETHER)
    assert off(two, (3, 500, "mug"), (2, 150, "tea")) == (600, 0)


def test_a_cart_without_such_items_is_told_so() -> None:
    assert missing(FixedPrice(FOUR, MUGS), (3, 445, "tea")) == [("NOT_ENOUGH_ITEMS", 1, 0, 1)]


def test_a_price_in_another_currency_is_refused() -> None:
    [reason] = FixedPrice(FOUR, ALL).refusals(basket((1, 999, "mug"), currency="JPY"))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")


@pytest.mark.parametrize(
    ("price", "items", "first", "path"),
    [
        (eur("-1"), ALL, None, "price"),
        (eur("1"), Items(price_at_most=Money(5, "JPY")), None, "items"),
        (eur("1"), ALL, WhichFirst.CHEAPEST, "first"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    price: Money, items: Items, first: WhichFirst | None, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        FixedPrice(price, items, first=first)
    assert refused.value.path == path
