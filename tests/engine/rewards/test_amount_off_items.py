"""An amount off each of certain items."""

import pytest

from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.rewards.amount_off_items import AmountOffItems, Spread
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, basket, missing, off
from tests.engine.shop import eur

TWO = eur("2.00")


def test_each_item_costs_less_but_never_less_than_nothing() -> None:
    assert off(AmountOffItems(TWO, ALL), (3, 500, "mug"), (2, 150, "tea")) == (600, 300)
    assert off(AmountOffItems(TWO, MUGS), (3, 500, "mug"), (2, 150, "tea")) == (600, 0)
    # Voucherify's example: lines of 20.00 and 7.00 with 10.00 off.
    assert off(AmountOffItems(eur("10"), ALL), (1, 2000, "mug"), (1, 700, "tea")) == (1000, 700)


@pytest.mark.parametrize(
    ("first", "parts"),
    [
        (WhichFirst.CHEAPEST, (400, 300)),
        (WhichFirst.MOST_EXPENSIVE, (600, 150)),
        (WhichFirst.AS_LISTED, (600, 150)),
    ],
)
def test_only_so_many_cost_less_those_first(first: WhichFirst, parts: tuple[int, ...]) -> None:
    assert off(AmountOffItems(TWO, ALL, 4, first), (3, 500, "mug"), (2, 150, "tea")) == parts


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_units_that_cost_a_minor_unit_more_or_less_are_taken_exactly(currency: str) -> None:
    # Three units that still cost 1000 cost 333, 333 and 334.
    for amount, part in ((333, 999), (334, 1000), (335, 1000)):
        reward = AmountOffItems(Money(amount, currency), ALL)
        assert off(reward, (3, 400, "mug"), currency=currency, remaining=(1000,)) == (part,)


@pytest.mark.parametrize(
    ("spread", "parts"),
    [
        (Spread.EACH_ITEM, (600, 300)),
        (Spread.EACH_LINE, (200, 200)),
        (Spread.BY_AMOUNT, (167, 33)),  # 15.00 : 3.00
        (Spread.BY_QUANTITY, (120, 80)),  # 3 : 2
    ],
)
def test_it_is_taken_off_each_item_each_line_or_once(spread: Spread, parts: tuple[int, ...]) -> None:
    reward = AmountOffItems(TWO, Items(products=("mug", "tea")), spread=spread)
    assert off(reward, (3, 500, "mug"), (2, 150, "tea"), (1, 900, "cup")) == (*parts, 0)


@pytest.mark.parametrize("spread", Spread)
def test_whatever_it_is_taken_off_nothing_costs_less_than_nothing(spread: Spread) -> None:
    reward = AmountOffItems(eur("99"), MUGS, spread=spread)
    assert off(reward, (3, 500, "mug"), (2, 150, "tea"), remaining=(700, 300)) == (700, 0)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_what_a_line_cannot_bear_is_borne_by_the_others(currency: str) -> None:
    once = AmountOffItems(Money(1000, currency), ALL, spread=Spread.BY_QUANTITY)
    # By quantity each item bears 166.67; the teas bear 50 each, so the rest is 900 for four others.
    assert off(once, (2, 50, "tea"), (3, 500, "mug"), (1, 400, "cup"), currency=currency) == (100, 675, 225)
    assert off(once, (3, 500, "mug"), (1, 400, "cup"), (2, 50, "tea"), currency=currency) == (675, 225, 100)


def test_only_the_items_that_are_meant_bear_their_part() -> None:
    for spread, parts in ((Spread.BY_AMOUNT, (0, 154, 46)), (Spread.BY_QUANTITY, (0, 100, 100))):
        reward = AmountOffItems(TWO, ALL, 2, WhichFirst.CHEAPEST, spread)
        assert off(reward, (3, 900, "mug"), (1, 500, "cup"), (1, 150, "tea")) == parts
    one_each = AmountOffItems(TWO, ALL, 2, WhichFirst.MOST_EXPENSIVE, Spread.EACH_LINE)
    assert off(one_each, (3, 900, "mug"), (1, 500, "cup")) == (200, 0)


def test_a_cart_without_such_items_is_told_so() -> None:
    assert missing(AmountOffItems(TWO, MUGS), (3, 445, "tea")) == [("NOT_ENOUGH_ITEMS", 1, 0, 1)]


def test_an_amount_in_another_currency_is_refused() -> None:
    [reason] = AmountOffItems(TWO, ALL).refusals(basket((1, 999, "mug"), currency="KWD"))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "KWD")


@pytest.mark.parametrize(
    ("amount", "items", "first", "path"),
    [
        (eur("0"), ALL, None, "amount"),
        (eur("1"), Items(price_at_most=Money(5, "JPY")), None, "items"),
        (eur("1"), ALL, WhichFirst.CHEAPEST, "first"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    amount: Money, items: Items, first: WhichFirst | None, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        AmountOffItems(amount, items, first=first)
    assert refused.value.path == path
