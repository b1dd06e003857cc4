"""Any, all, none, the cheapest or the most expensive of the cart's items."""

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import Situation
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.items_match import ItemsMatch, WhichItems
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.shop import eur, situation

CUPS, TEA, BAGS = (Items(categories=(category,)) for category in ("cups", "tea", "bags"))
CART = situation(
    Cart(
        "EUR",
        (
            Line(1, 900, product="MUG-1", categories=("cups",)),
            Line(3, 450, product="TEA", categories=("tea",)),
            Line(1, 450, name="Jute bag", categories=("bags",)),
        ),
    )
)
EMPTY = situation(Cart("EUR", ()))


def codes(which: WhichItems, items: Items, where: Situation = CART) -> list[str]:
    return [reason.code for reason in ItemsMatch(items, which).refusals(where)]


def test_one_matching_item_is_enough_for_any() -> None:
    assert codes(WhichItems.ANY, TEA) == []
    assert ItemsMatch(Items(products=("MUG-9",)), WhichItems.ANY).refusals(CART) == (
        Reason(
            "ITEMS_MISSING",
            "The cart holds nothing from: MUG-9.",
            subject="cart.lines",
            expected=1,
            actual=0,
            missing=1,
            remedy="Add 1 from: MUG-9.",
            change=Change(Act.ADD_ITEMS, quantity=1, items=Items(products=("MUG-9",)).to_json()),
        ),
    )


def test_all_must_match_and_those_that_do_not_are_named() -> None:
    assert codes(WhichItems.ALL, Items(categories=("cups", "tea", "bags"))) == []
    assert ItemsMatch(CUPS, WhichItems.ALL).refusals(CART) == (
        Reason(
            "ITEMS_NOT_ALLOWED",
            "This offer is only for: category cups. The cart also holds: TEA, Jute bag.",
            subject="cart.lines",
            actual=("TEA", "Jute bag"),
            remedy="Take out: TEA, Jute bag.",
        ),
    )


def test_none_may_match_and_those_that_do_are_named() -> None:
    assert codes(WhichItems.NONE, Items(categories=("books",))) == []
    assert ItemsMatch(CUPS, WhichItems.NONE).refusals(CART) == (
        Reason(
            "ITEMS_NOT_ALLOWED",
            "This offer is not for: category cups. The cart holds: MUG-1.",
            subject="cart.lines",
            actual=("MUG-1",),
            remedy="Take out: MUG-1.",
            change=Change(Act.REMOVE_ITEMS, quantity=1, items=Items(products=("MUG-1",)).to_json()),
        ),
    )


def test_the_most_expensive_item_must_match() -> None:
    assert codes(WhichItems.MOST_EXPENSIVE, CUPS) == []
    assert ItemsMatch(TEA, WhichItems.MOST_EXPENSIVE).refusals(CART) == (
        Reason(
            "MOST_EXPENSIVE_ITEM_DIFFERS",
            "The most expensive item must be from: category tea. It is: MUG-1.",
            subject="cart.lines",
            expected="category tea",
            actual=("MUG-1",),
            remedy="Add 1 from: category tea (9.00 EUR or more each).",
            change=Change(
                Act.ADD_ITEMS,
                quantity=1,
                items=Items(categories=("tea",), price_at_least=eur("9.00")).to_json(),
            ),
        ),
    )


def test_of_several_cheapest_items_one_is_enough() -> None:
    assert codes(WhichItems.CHEAPEST, TEA) == []
    assert codes(WhichItems.CHEAPEST, BAGS) == []
    assert ItemsMatch(CUPS, WhichItems.CHEAPEST).refusals(CART) == (
        Reason(
            "CHEAPEST_ITEM_DIFFERS",
            "The cheapest item must be from: category cups. It is: TEA, Jute bag.",
            subject="cart.lines",
            expected="category cups",
            actual=("TEA", "Jute bag"),
            remedy="Add 1 from: category cups (4.50 EUR or less each).",
            change=Change(
                Act.ADD_ITEMS,
                quantity=1,
                items=Items(categories=("cups",), price_at_most=eur("4.50")).to_json(),
            ),
        ),
    )


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_the_price_of_the_cheapest_and_the_most_expensive_item_can_be_bounded(currency: str) -> None:
    cart = situation(Cart(currency, (Line(2, 500), Line(1, 1000))))

    def between(least: int, most: int) -> Items:
        return Items(price_at_least=Money(least, currency), price_at_most=Money(most, currency))

    assert codes(WhichItems.CHEAPEST, between(500, 500), cart) == []
    assert codes(WhichItems.CHEAPEST, between(501, 2000), cart) == ["CHEAPEST_ITEM_DIFFERS"]
    assert codes(WhichItems.MOST_EXPENSIVE, between(1000, 1000), cart) == []
    assert codes(WhichItems.MOST_EXPENSIVE, between(0, 999), cart) == ["MOST_EXPENSIVE_ITEM_DIFFERS"]
    assert codes(WhichItems.ALL, between(500, 1000), cart) == []


def test_an_empty_cart_holds_nothing_wrong_but_nothing_right_either() -> None:
    told = {which: codes(which, TEA, EMPTY) for which in WhichItems}
    assert told == {
        WhichItems.ANY: ["ITEMS_MISSING"],
        WhichItems.ALL: [],
        WhichItems.NONE: [],
        WhichItems.CHEAPEST: ["ITEMS_MISSING"],
        WhichItems.MOST_EXPENSIVE: ["ITEMS_MISSING"],
    }


@pytest.mark.parametrize("which", WhichItems)
def test_prices_in_another_currency_are_not_compared(which: WhichItems) -> None:
    assert codes(which, Items(price_at_least=Money(1, "JPY"))) == ["CURRENCY_MISMATCH"]


def test_many_lines_of_one_name_are_named_once() -> None:
    twice = situation(Cart("EUR", (Line(1, 1, product="MUG"), Line(1, 2, product="MUG"))))
    assert ItemsMatch(TEA, WhichItems.ALL).refusals(twice)[0].actual == ("MUG",)


def test_of_many_wrong_items_the_first_are_named() -> None:
    many = situation(Cart("EUR", tuple(Line(1, 1, product=name) for name in "ABCDEFG")))
    (reason,) = ItemsMatch(TEA, WhichItems.ALL).refusals(many)
    assert (reason.actual, reason.remedy) == (tuple("ABCDE"), "Take out: A, B, C, D, E and 2 more.")


def test_a_selection_of_everything_is_refused() -> None:
    with pytest.raises(UnitError, match=r"^items: Must say which items match\.$"):
        ItemsMatch(Items(), WhichItems.ANY)


def test_wrong_items_without_sku_and_product_can_only_be_named_by_what_is_excluded() -> None:
    bags = ItemsMatch(BAGS, WhichItems.NONE).refusals(CART)[0]
    assert bags.change == Change(Act.REMOVE_ITEMS, quantity=1, items=BAGS.to_json())
    assert ItemsMatch(CUPS, WhichItems.ALL).refusals(CART)[0].change is None


def test_no_item_that_matches_can_be_cheap_or_dear_enough() -> None:
    dear, cheap = Items(price_at_least=eur("10.00")), Items(price_at_most=eur("4.50"))
    for items, which in ((dear, WhichItems.CHEAPEST), (cheap, WhichItems.MOST_EXPENSIVE)):
        [reason] = ItemsMatch(items, which).refusals(CART)
        assert (reason.remedy, reason.change) == (None, None)


@pytest.mark.parametrize(
    ("which", "items", "actual"),
    [
        (WhichItems.ANY, TEA, 3),
        (WhichItems.ANY, Items(products=("X",)), 0),
        (WhichItems.ALL, TEA, ("MUG-1", "Jute bag")),
        (WhichItems.ALL, Items(excluded_products=("X",)), None),
        (WhichItems.NONE, TEA, ("TEA",)),
        (WhichItems.CHEAPEST, CUPS, ("TEA", "Jute bag")),
        (WhichItems.MOST_EXPENSIVE, CUPS, ("MUG-1",)),
        (WhichItems.ANY, Items(price_at_least=Money(1, "JPY")), None),
    ],
)
def test_what_decides_is_shown_whether_it_holds_or_not(
    which: WhichItems, items: Items, actual: object
) -> None:
    assert ItemsMatch(items, which).actual(CART) == actual
