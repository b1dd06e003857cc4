"""How many items a cart holds, of all or of certain ones."""

import pytest

from app.engine.cart import Cart, Line
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.items_quantity import ItemsQuantity
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.shop import situation

WINE, ALL = Items(categories=("wine",)), Items()
CART = situation(Cart("EUR", (Line(2, 900, categories=("wine",)), Line(3, 450))))


def test_too_few_of_certain_items_are_told_with_how_many_are_missing() -> None:
    assert ItemsQuantity(WINE, at_least=6).refusals(CART) == (
        Reason(
            "ITEMS_QUANTITY_TOO_LOW",
            "The cart holds 2 of at least 6 items from: category wine.",
            subject="cart.lines",
            expected=6,
            actual=2,
            missing=4,
            remedy="Add 4 more from: category wine.",
            change=Change(Act.ADD_ITEMS, quantity=4, items=WINE.to_json()),
        ),
    )


def test_too_many_are_told_with_how_many_are_over() -> None:
    assert ItemsQuantity(ALL, at_most=3).refusals(CART) == (
        Reason(
            "ITEMS_QUANTITY_TOO_HIGH",
            "The cart holds 5 of at most 3 items.",
            subject="cart.lines",
            expected=3,
            actual=5,
            missing=2,
            remedy="Take out 2.",
            change=Change(Act.REMOVE_ITEMS, quantity=2),
        ),
    )


@pytest.mark.parametrize(
    ("items", "least", "most", "holds"),
    [
        (ALL, 5, 5, True),
        (ALL, 6, None, False),
        (ALL, None, 4, False),
        (WINE, 2, None, True),
        (WINE, None, 2, True),
        (WINE, None, 1, False),
        (Items(categories=("books",)), None, 0, True),
        (WINE, None, 0, False),
    ],
)
def test_both_limits_belong_to_the_range(
    items: Items, least: int | None, most: int | None, holds: bool
) -> None:
    assert (ItemsQuantity(items, least, most).refusals(CART) == ()) is holds


def test_prices_in_another_currency_are_not_compared() -> None:
    rule = ItemsQuantity(Items(price_at_least=Money(1, "JPY")), at_least=1)
    assert [reason.code for reason in rule.refusals(CART)] == ["CURRENCY_MISMATCH"]


@pytest.mark.parametrize(
    ("limits", "path"),
    [
        ({}, "at_least"),
        ({"at_least": 0}, "at_least"),
        ({"at_least": 2**31}, "at_least"),
        ({"at_most": -1}, "at_most"),
        ({"at_least": 3, "at_most": 2}, "at_most"),
    ],
)
def test_faulty_limits_are_refused_with_their_path(limits: dict[str, int], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        ItemsQuantity(ALL, **limits)
    assert refused.value.path == path


def test_how_many_there_are_is_shown_whether_they_are_enough_or_not() -> None:
    assert (ItemsQuantity(WINE, 1).actual(CART), ItemsQuantity(ALL, 9).actual(CART)) == (2, 5)
    assert ItemsQuantity(Items(price_at_least=Money(1, "JPY")), 1).actual(CART) is None
