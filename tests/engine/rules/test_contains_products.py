"""Products, SKUs and categories that a cart must hold."""

import pytest

from app.engine.cart import Cart, Line
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.contains_products import ContainsProducts
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.shop import situation

CART = Cart(
    "EUR",
    (
        Line(1, 900, sku="MUG-1-RED", product="MUG-1"),
        Line(2, 450, sku="TEA-100", categories=("tea", "drinks")),
        Line(5, 100),
    ),
)


@pytest.mark.parametrize(
    "rule",
    [
        ContainsProducts(("MUG-1",)),
        ContainsProducts(("MUG-1-RED",)),
        ContainsProducts(("MUG-9", "TEA-100"), quantity=2),
        ContainsProducts(categories=("tea",), quantity=2),
        ContainsProducts(("MUG-1",), ("drinks",), 3),
    ],
)
def test_a_product_a_sku_or_a_category_counts_and_quantities_add_up(rule: ContainsProducts) -> None:
    assert rule.refusals(situation(CART)) == ()


def test_a_line_that_fits_twice_counts_once() -> None:
    rule = ContainsProducts(("TEA-100",), ("tea", "drinks"), 3)
    assert rule.actual(situation(CART)) == 2
    assert rule.refusals(situation(CART))[0].actual == 2


def test_a_shopper_is_told_how_many_are_missing_of_what() -> None:
    assert ContainsProducts(("MUG-1", "MUG-2"), ("cups",), 3).refusals(situation(CART)) == (
        Reason(
            "PRODUCTS_MISSING",
            "The cart holds 1 of at least 3 from: MUG-1, MUG-2, category cups.",
            subject="cart.lines",
            expected=3,
            actual=1,
            missing=2,
            remedy="Add 2 more from: MUG-1, MUG-2, category cups.",
            change=Change(
                Act.ADD_ITEMS,
                quantity=2,
                items=Items(("MUG-1", "MUG-2"), ("MUG-1", "MUG-2"), ("cups",)).to_json(),
            ),
        ),
    )


def test_a_long_list_is_cut_short() -> None:
    rule = ContainsProducts(tuple("ABCDEFGH"))
    assert rule.refusals(situation(CART))[0].remedy == "Add 1 more from: A, B, C, D, E and 3 more."


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({}, "products"),
        ({"products": ("A", "")}, "products[1]"),
        ({"categories": ("x" * 256,)}, "categories[0]"),
        ({"products": ("A",) * 1001}, "products"),
        ({"products": ("A",), "quantity": 0}, "quantity"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(values: dict[str, object], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        ContainsProducts(**values)  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.path == path
