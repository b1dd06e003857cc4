"""A percentage off certain items."""

from decimal import Decimal

import pytest

from app.engine.line_units import WhichFirst
from app.engine.money import Money
from app.engine.rewards.percent_off_items import PercentOffItems
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, TEA, basket, missing, off
from tests.engine.shop import eur

HALF = Decimal(50)
TWO_CHEAPEST = PercentOffItems(HALF, ALL, 2, WhichFirst.CHEAPEST)


def test_only_the_items_that_are_meant_cost_less() -> None:
    assert off(PercentOffItems(HALF, MUGS), (3, 999, "mug"), (1, 445, "tea")) == (1499, 0)  # 14.985, half up
    assert off(PercentOffItems(HALF, TEA), (3, 999, "mug"), (1, 445, "tea")) == (0, 223)


@pytest.mark.parametrize(
    ("first", "parts"),
    [
        (WhichFirst.CHEAPEST, (500, 222)),  # the tea and a mug: half of 14.44
        (WhichFirst.MOST_EXPENSIVE, (999, 0)),  # two mugs: half of 19.98
        (WhichFirst.AS_LISTED, (999, 0)),
    ],
)
def test_only_so_many_cost_less_those_first(first: WhichFirst, parts: tuple[int, ...]) -> None:
    assert off(PercentOffItems(HALF, ALL, 2, first), (3, 999, "mug"), (1, 445, "tea")) == parts


@pytest.mark.parametrize(
    ("currency", "price", "part"), [("JPY", 333, 33), ("EUR", 3335, 334), ("KWD", 12345, 1235)]
)
def test_it_is_rounded_half_up_in_every_currency(currency: str, price: int, part: int) -> None:
    tenth = PercentOffItems(Decimal(10), MUGS, 1, WhichFirst.AS_LISTED)
    assert off(tenth, (2, price, "mug"), (1, price, "tea"), currency=currency) == (part, 0)


def test_the_whole_is_rounded_and_not_each_line() -> None:
    tenth = PercentOffItems(Decimal(10), ALL)
    assert off(tenth, *[(1, 5, "mug")] * 10) == (1, 1, 1, 1, 1, 0, 0, 0, 0, 0)


def test_a_cap_limits_the_whole() -> None:
    capped = PercentOffItems(HALF, MUGS, up_to=eur("1.00"))
    assert off(capped, (1, 200, "mug"), (1, 400, "mug"), (1, 900, "tea")) == (33, 67, 0)
    assert off(capped, (1, 199, "mug")) == (100,)


def test_a_cap_limits_each_line_and_the_sum_is_rounded_once() -> None:
    capped = PercentOffItems(HALF, ALL, up_to_per_line=eur("3.00"))
    assert off(capped, (1, 999, "mug"), (1, 445, "tea")) == (300, 223)  # 3.00 and 2.225, half up
    # 0.5 and 1.5 are 2, by largest remainder; two halves are 1, and never is a line above its cap.
    assert off(PercentOffItems(HALF, ALL, up_to_per_line=eur("0.02")), (1, 1, "mug"), (1, 3, "tea")) == (1, 1)
    assert off(PercentOffItems(HALF, ALL, up_to_per_line=eur("0.01")), (1, 1, "mug"), (1, 3, "tea")) == (1, 1)
    assert off(capped, (2, 900, "mug"), (1, 900, "mug"), (1, 100, "tea")) == (300, 300, 50)


def test_of_two_caps_the_lower_discount_counts() -> None:
    both = PercentOffItems(HALF, ALL, up_to=eur("4.00"), up_to_per_line=eur("3.00"))
    assert off(both, (1, 900, "mug"), (1, 900, "tea")) == (200, 200)
    assert off(both, (1, 900, "mug"), (1, 100, "tea")) == (300, 50)
    tenth = PercentOffItems(Decimal(10), ALL, up_to=eur("4.00"), up_to_per_line=eur("3.00"))
    assert off(tenth, (1, 900, "mug"), (1, 900, "tea")) == (90, 90)


def test_it_is_taken_of_what_the_items_still_cost() -> None:
    assert off(TWO_CHEAPEST, (3, 999, "mug"), (1, 445, "tea"), remaining=(1000, 445)) == (333, 0)
    assert off(TWO_CHEAPEST, (3, 999, "mug"), (1, 445, "tea"), remaining=(0, 445)) == (0, 0)


def test_a_cart_without_such_items_is_told_so() -> None:
    assert missing(PercentOffItems(HALF, MUGS), (3, 445, "tea")) == [("NOT_ENOUGH_ITEMS", 1, 0, 1)]
    assert missing(PercentOffItems(HALF, ALL)) == [("NOT_ENOUGH_ITEMS", 1, 0, 1)]


def test_a_cap_or_a_price_in_another_currency_is_refused() -> None:
    dear = Items(price_at_least=eur("5.00"))
    for reward in (
        PercentOffItems(HALF, ALL, up_to=eur("1.00")),
        PercentOffItems(HALF, ALL, up_to_per_line=eur("1.00")),
        PercentOffItems(HALF, dear),
    ):
        [reason] = reward.refusals(basket((1, 999, "mug"), currency="JPY"))
        assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"percent": Decimal(0)}, "percent"),
        ({"up_to": Money(0, "EUR")}, "up_to"),
        ({"items": Items(price_at_most=eur("1")), "up_to": Money(5, "JPY")}, "items"),
        ({"up_to_per_line": Money(0, "EUR")}, "up_to_per_line"),
        ({"up_to": eur("1"), "up_to_per_line": Money(5, "JPY")}, "up_to_per_line"),
        ({"units_at_most": 0, "first": WhichFirst.CHEAPEST}, "units_at_most"),
        ({"units_at_most": 1}, "first"),
        ({"first": WhichFirst.CHEAPEST}, "first"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(parameters: dict[str, object], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        PercentOffItems(**{"percent": HALF, "items": MUGS, **parameters})  # type: ignore[arg-type]  # one is faulty
    assert refused.value.path == path
