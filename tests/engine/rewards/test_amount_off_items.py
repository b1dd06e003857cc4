"""An amount off each of certain items."""

import pytest

from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.rewards.amount_off_items import AmountOffItems
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
