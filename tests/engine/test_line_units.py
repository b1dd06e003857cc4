"""Units: what the pieces of a line cost, and which of them are meant."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.line_units import (
    MOST_UNITS,
    WhichFirst,
    check_quantity,
    check_units,
    chosen,
    costs,
    costs_of_all,
    not_enough,
    price_of_one,
)
from app.engine.money import LARGEST
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.selection import Items
from app.engine.unit import UnitError

SHELF = Cart("EUR", (Line(3, 500, product="mug"), Line(2, 150, product="tea"), Line(4, 500, product="cup")))
FULL = (1500, 300, 2000)


@pytest.mark.parametrize(
    ("most", "first", "remaining", "taken"),
    [
        (None, None, FULL, (3, 2, 4)),
        (1, WhichFirst.CHEAPEST, FULL, (0, 1, 0)),
        (
            4,
            WhichFirst.CHEAPEST,
            FULL,
            (2, 2, 0),
        ),  # mugs and cups cost the same: the earlier line comes first
        (4, WhichFirst.MOST_EXPENSIVE, FULL, (3, 0, 1)),
        (4, WhichFirst.AS_LISTED, FULL, (3, 1, 0)),
        (99, WhichFirst.CHEAPEST, FULL, (3, 2, 4)),
        (4, WhichFirst.MOST_EXPENSIVE, (1499, 300, 2000), (0, 0, 4)),  # what counts is what they cost by now
        (1, WhichFirst.CHEAPEST, (0, 300, 2000), (1, 0, 0)),
    ],
)
def test_the_right_units_come_first(
    most: int | None, first: WhichFirst | None, remaining: tuple[int, ...], taken: tuple[int, ...]
) -> None:
    assert chosen(Items(), most, first, SHELF, remaining) == taken


def test_only_matching_lines_are_meant() -> None:
    assert chosen(Items(products=("tea", "cup")), 3, WhichFirst.MOST_EXPENSIVE, SHELF, FULL) == (0, 0, 3)


def test_lines_that_are_not_meant_cost_nothing() -> None:
    assert costs_of_all(Items(products=("tea", "cup")), SHELF, (1499, 299, 0)) == (0, 299, 0)


def test_units_of_a_line_that_cannot_be_divided_are_rounded_down_together() -> None:
    three = Cart("EUR", (Line(3, 334),))
    assert [costs((units,), three, (1000,)) for units in range(4)] == [(0,), (333,), (666,), (1000,)]


def test_a_line_may_stand_for_any_number_of_units() -> None:
    many = Cart("JPY", (Line(10**30, 0), Line(10**12, 1)))
    assert chosen(Items(), 10**9, WhichFirst.MOST_EXPENSIVE, many, (0, 10**12)) == (0, 10**9)


@settings(max_examples=100)
@given(st.integers(1, 50), st.integers(0, 5000))
def test_units_never_differ_by_more_than_one_minor_unit_and_sum_to_their_line(
    quantity: int, remaining: int
) -> None:
    one = Cart("KWD", (Line(quantity, 5000),))
    sums = [costs((units,), one, (remaining,))[0] for units in range(quantity + 1)]
    units = [more - less for less, more in pairwise(sums)]
    assert sum(units) == remaining
    assert max(units) - min(units) <= 1


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(1, LARGEST), st.integers(0, LARGEST)), min_size=2, max_size=2))
def test_prices_of_units_are_told_apart_exactly(lines: list[tuple[int, int]]) -> None:
    two = Cart("EUR", tuple(Line(quantity, 0) for quantity, _ in lines))
    one, other = (price_of_one(two, [left for _, left in lines], place) for place in range(2))
    exact = [Fraction(left, quantity) for quantity, left in lines]
    assert (one < other, one == other) == (exact[0] < exact[1], exact[0] == exact[1])


def test_the_closest_prices_of_all_are_told_apart() -> None:
    two = Cart("EUR", (Line(LARGEST, 0), Line(LARGEST - 1, 0)))
    assert price_of_one(two, (LARGEST - 1, LARGEST - 2), 0) > price_of_one(two, (LARGEST - 1, LARGEST - 2), 1)


@pytest.mark.parametrize(
    ("most", "first", "path"),
    [
        (0, WhichFirst.CHEAPEST, "units_at_most"),
        (MOST_UNITS + 1, WhichFirst.CHEAPEST, "units_at_most"),
        (1, None, "first"),
        (None, WhichFirst.CHEAPEST, "first"),
    ],
)
def test_how_many_and_which_first_are_said_together(
    most: int | None, first: WhichFirst | None, path: str
) -> None:
    with pytest.raises(UnitError) as refused:
        check_units(most, first)
    assert refused.value.path == path
    check_units(None, None)
    check_units(MOST_UNITS, WhichFirst.AS_LISTED)
    check_quantity("buy", 1)


def test_what_is_missing_is_told_in_a_sentence() -> None:
    assert not_enough(Items(categories=("tea",)), 3, 1) == Reason(
        "NOT_ENOUGH_ITEMS",
        "This offer takes 3 items from: category tea; the cart has 1 for it.",
        subject="cart.lines",
        expected=3,
        actual=1,
        missing=2,
        remedy="Add 2 more from: category tea.",
        change=Change(Act.ADD_ITEMS, quantity=2, items=Items(categories=("tea",)).to_json()),
    )
    any_item = not_enough(Items(), 1, 0)
    assert any_item.message == "This offer takes 1 item; the cart has 0 for it."
    assert any_item.change == Change(Act.ADD_ITEMS, quantity=1)
