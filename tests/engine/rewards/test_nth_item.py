"""Every n-th item for less."""

from decimal import Decimal

import pytest

from app.engine.line_units import WhichFirst
from app.engine.rewards.nth_item import NthItem
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, basket, missing, off
from tests.engine.shop import eur

HALF = Decimal(50)
FOUR_MUGS = ((1, 500, "mug"), (1, 900, "mug"), (1, 300, "mug"), (1, 800, "mug"))


@pytest.mark.parametrize(
    ("first", "parts"),
    [
        (None, (0, 0, 150, 400)),  # 9, 8, 5, 3
        (WhichFirst.MOST_EXPENSIVE, (0, 0, 150, 400)),
        (WhichFirst.CHEAPEST, (250, 450, 0, 0)),  # 3, 5, 8, 9
        (WhichFirst.AS_LISTED, (0, 450, 0, 400)),
    ],
)
def test_every_second_one_costs_half(first: WhichFirst | None, parts: tuple[int, ...]) -> None:
    assert off(NthItem(2, MUGS, HALF, first=first), *FOUR_MUGS) == parts


def test_the_counting_begins_after_those_that_are_skipped() -> None:
    # Voucherify's example: units [10], skip 1, repeat 3 -> units 2, 5, 8.
    ten = [(1, 1000 + place, "mug") for place in range(10)]
    parts = off(NthItem(3, MUGS, skip=1, first=WhichFirst.AS_LISTED), *ten)
    assert [place + 1 for place, part in enumerate(parts) if part] == [2, 5, 8]
    assert off(NthItem(3, MUGS, skip=1), (10, 1000, "mug")) == (3000,)
    assert off(NthItem(3, MUGS, skip=0), (10, 1000, "mug")) == (4000,)
    assert off(NthItem(3, MUGS), (10, 1000, "mug")) == (3000,)


def test_lines_of_many_are_counted_through() -> None:
    # 3 cups, then 4 mugs, then 5 teas: the 4th, 8th and 12th are a mug, a tea and a tea.
    goods = ((5, 100, "tea"), (3, 900, "cup"), (4, 500, "mug"))
    assert off(NthItem(4, ALL), *goods) == (200, 0, 500)
    assert off(NthItem(4, ALL, units_at_most=2), *goods) == (100, 0, 500)


def test_others_are_neither_counted_nor_cheaper() -> None:
    assert off(NthItem(2, MUGS), (1, 900, "mug"), (3, 700, "tea"), (1, 500, "mug")) == (0, 0, 500)


def test_among_equals_the_earlier_ones_cost_less_and_the_total_is_the_same_in_any_order() -> None:
    # Every third of six that cost 2.50 minor units each: two of them, 5 together.
    lines = ((2, 3, "mug"), (4, 3, "tea"))
    assert off(NthItem(3, ALL), *lines, remaining=(5, 10)) == (5, 0)
    assert off(NthItem(3, ALL), *reversed(lines), remaining=(10, 5)) == (5, 0)


@pytest.mark.parametrize(
    ("currency", "price", "part"), [("JPY", 333, 33), ("EUR", 3335, 334), ("KWD", 12345, 1235)]
)
def test_it_is_rounded_half_up_in_every_currency(currency: str, price: int, part: int) -> None:
    assert off(NthItem(2, MUGS, Decimal(10)), (2, price, "mug"), currency=currency) == (part,)


def test_it_is_taken_of_what_the_items_still_cost() -> None:
    assert off(NthItem(2, MUGS), (1, 900, "mug"), (1, 800, "mug"), remaining=(100, 800)) == (100, 0)


def test_too_few_items_are_told_how_many_are_missing() -> None:
    assert missing(NthItem(3, MUGS), (2, 445, "mug"), (5, 100, "tea")) == [("NOT_ENOUGH_ITEMS", 3, 2, 1)]
    assert missing(NthItem(3, MUGS, skip=4), (2, 445, "mug")) == [("NOT_ENOUGH_ITEMS", 5, 2, 3)]
    [reason] = NthItem(3, MUGS).refusals(basket((2, 445, "mug")))
    assert reason.remedy == "Add 1 more from: mug."


def test_a_price_in_another_currency_is_refused() -> None:
    dear = NthItem(2, Items(price_at_least=eur("5.00")))
    [reason] = dear.refusals(basket((2, 999, "mug"), currency="JPY"))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"every": 0}, "every"),
        ({"percent": Decimal(0)}, "percent"),
        ({"skip": -1}, "skip"),
        ({"skip": 2**31 - 1}, "skip"),
        ({"units_at_most": 0}, "units_at_most"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(parameters: dict[str, object], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        NthItem(**{"every": 2, "items": MUGS, **parameters})  # type: ignore[arg-type]  # one is faulty
    assert refused.value.path == path
