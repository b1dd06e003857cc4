"""Carts count exactly and refuse what cannot be bought."""

from dataclasses import replace

import pytest

from app.engine.cart import MOST_LINES, Cart, CartError, Line
from app.engine.money import LARGEST

TEA = Line(
    2,
    450,
    sku="TEA-100",
    product="tea",
    name="Green tea",
    categories=("tea", "green"),
    metadata={"bio": True},
)


def test_a_cart_knows_its_subtotal_and_total() -> None:
    cart = Cart("EUR", (TEA, Line(1, 1190)), shipping=490, metadata={"shop": "web"})
    assert [line.amount for line in cart.lines] == [900, 1190]
    assert (cart.subtotal, cart.total) == (2090, 2580)
    assert Cart("JPY", ()).total == 0


def test_a_cart_survives_its_json() -> None:
    cart = Cart("EUR", (TEA, Line(1, 0)), shipping=490, metadata={"shop": "web"})
    data = cart.to_json()
    assert data["lines"][1] == {"quantity": 1, "unit_price": 0}  # type: ignore[index]  # JSON
    assert Cart.from_json(data) == cart


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        (
            {"currency": "EUR", "lines": [{"quantity": 0, "unit_price": 1}]},
            "lines[0].quantity",
            "Must be 1 or more.",
        ),
        (
            {"currency": "EUR", "lines": [{"quantity": 1, "unit_price": -1}]},
            "lines[0].unit_price",
            "Must not be negative.",
        ),
        ({"currency": "EUR", "lines": [{"quantity": 1}]}, "lines[0].unit_price", "Is required."),
        (
            {"currency": "EUR", "lines": [{"quantity": 1, "unit_price": 1, "skuu": "x"}]},
            "lines[0].skuu",
            "Is not known here.",
        ),
        (
            {"currency": "EUR", "lines": [{"quantity": 1, "unit_price": 1, "metadata": []}]},
            "lines[0].metadata",
            "Must be an object.",
        ),
        ({"currency": "EUR", "lines": [], "shipping": -1}, "shipping", "Must not be negative."),
        ({"currency": "ABC", "lines": []}, "currency", "'ABC' is not an ISO 4217 currency code."),
        (
            {"currency": "EUR", "lines": [{"quantity": 2, "unit_price": LARGEST}]},
            "lines",
            "Come to more than can be counted exactly.",
        ),
        (
            {"currency": "EUR", "lines": [{"quantity": 1, "unit_price": LARGEST}], "shipping": 1},
            "lines",
            "Come to more than can be counted exactly.",
        ),
        ([], "", "Must be an object."),
    ],
)
def test_a_faulty_cart_is_refused_where_it_is_faulty(data: object, path: str, message: str) -> None:
    with pytest.raises(CartError) as refused:
        Cart.from_json(data)
    assert (refused.value.path, refused.value.message) == (path, message)


def test_a_cart_has_a_limit_of_lines() -> None:
    assert len(Cart("EUR", (TEA,) * MOST_LINES).lines) == 500
    with pytest.raises(CartError, match=r"^lines: Must not be more than 500\.$"):
        Cart("EUR", (TEA,) * (MOST_LINES + 1))


def test_what_rewards_add_is_neither_limited_nor_the_shoppers_own() -> None:
    added = replace(TEA, added_by="SUMMER")
    grown = Cart("EUR", (TEA,) * MOST_LINES + (added, added), 490)
    own = grown.own
    assert own == Cart("EUR", (TEA,) * MOST_LINES, 490)
    assert own.own is own
    assert Cart.from_json(grown.to_json()) == grown
