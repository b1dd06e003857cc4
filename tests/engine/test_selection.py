"""Items: which lines of a cart are meant, in data and in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.cart import Cart, Line
from app.engine.json_data import JSONValue
from app.engine.metadata import MetadataMatch
from app.engine.money import Money
from app.engine.selection import Items, listed, name_of
from app.engine.unit import UnitError
from tests.engine.shop import eur

MUG = Line(
    1, 900, sku="MUG-1-RED", product="MUG-1", categories=("cups", "gifts"), metadata={"season": "summer"}
)
TEA = Line(2, 450, sku="TEA-100", product="TEA", name="Green tea", categories=("tea",))
BAG = Line(5, 0)
CART = Cart("EUR", (MUG, TEA, BAG))

NAMES = st.lists(st.sampled_from(["mug", "tea", "książka", "a.b[0]"]), max_size=3).map(tuple)
PRICES = st.none() | st.integers(0, 5_000)
MATCHES = st.builds(MetadataMatch, st.sampled_from(["season", "gift"]), NAMES)


@st.composite
def selections(draw: st.DrawFn) -> Items:
    """Any selection, in one of three currencies if it has prices."""
    least, most, currency = draw(PRICES), draw(PRICES), draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    if least is not None and most is not None:
        least, most = min(least, most), max(least, most)
    return Items(
        draw(NAMES),
        draw(NAMES),
        draw(NAMES),
        None if least is None else Money(least, currency),
        None if most is None else Money(most, currency),
        tuple(draw(st.lists(MATCHES, max_size=2))),
        draw(NAMES),
        draw(NAMES),
        draw(NAMES),
    )


@pytest.mark.parametrize(
    ("items", "lines"),
    [
        (Items(), (MUG, TEA, BAG)),
        (Items(products=("MUG-1",)), (MUG,)),
        (Items(products=("MUG-1-RED",)), ()),
        (Items(skus=("MUG-1-RED", "MUG-1")), (MUG,)),
        (Items(categories=("gifts", "tea")), (MUG, TEA)),
        (Items(products=("MUG-1",), skus=("TEA-100",)), (MUG, TEA)),
        (Items(excluded_products=("MUG-1",)), (TEA, BAG)),
        (Items(excluded_skus=("TEA-100",)), (MUG, BAG)),
        (Items(excluded_categories=("cups", "tea")), (BAG,)),
        (Items(categories=("gifts", "tea"), excluded_skus=("MUG-1-RED",)), (TEA,)),
        (Items(price_at_least=eur("4.50")), (MUG, TEA)),
        (Items(price_at_least=eur("4.51")), (MUG,)),
        (Items(price_at_most=eur("4.50")), (TEA, BAG)),
        (Items(price_at_most=eur("4.49")), (BAG,)),
        (Items(price_at_least=eur("9"), price_at_most=eur("9")), (MUG,)),
        (Items(price_at_most=eur("0")), (BAG,)),
        (Items(metadata=(MetadataMatch("season", ("summer",)),)), (MUG,)),
        (Items(metadata=(MetadataMatch("season"), MetadataMatch("gift"))), ()),
        (Items(products=("TEA",), price_at_least=eur("5")), ()),
    ],
)
def test_what_is_named_is_wanted_what_is_excluded_is_not_and_all_limits_hold(
    items: Items, lines: tuple[Line, ...]
) -> None:
    assert items.among(CART) == lines


def test_prices_mean_nothing_in_another_currency() -> None:
    assert Items(price_at_least=eur("1")).refusals(CART) == ()
    assert Items(products=("MUG-1",)).refusals(CART) == ()
    assert [reason.code for reason in Items(price_at_most=Money(1, "JPY")).refusals(CART)] == [
        "CURRENCY_MISMATCH"
    ]


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (Items(), "any item"),
        (Items(("MUG-1",), ("TEA-100",), ("cups",)), "MUG-1, SKU TEA-100, category cups"),
        (Items(tuple("ABCDEFG")), "A, B, C, D, E and 2 more"),
        (Items(price_at_least=eur("10")), "any item (10.00 EUR or more each)"),
        (Items(price_at_most=Money(500, "JPY")), "any item (500 JPY or less each)"),
        (
            Items(
                categories=("tea",),
                price_at_least=Money(1000, "KWD"),
                price_at_most=Money(2500, "KWD"),
                metadata=(MetadataMatch("season", ("summer", "autumn")),),
                excluded_skus=("TEA-1",),
                excluded_categories=("gifts",),
            ),
            "category tea (1.000 KWD to 2.500 KWD each; season summer or autumn; not SKU TEA-1, category gifts)",
        ),
    ],
)
def test_a_selection_can_be_told_in_the_words_of_a_shop(items: Items, words: str) -> None:
    assert str(items) == words
    assert items.clause == ("" if items.everything else f" from: {words}")


def test_a_line_has_the_best_name_there_is() -> None:
    assert [name_of(line) for line in CART.lines] == ["MUG-1", "Green tea", "an item without name"]
    assert name_of(Line(1, 1, sku="S")) == "S"
    assert listed([]) == ""


def test_the_data_hold_every_parameter() -> None:
    assert Items(products=("MUG",), price_at_least=eur("1"), metadata=(MetadataMatch("a"),)).to_json() == {
        "products": ["MUG"],
        "skus": [],
        "categories": [],
        "price_at_least": {"minor": 100, "currency": "EUR"},
        "price_at_most": None,
        "metadata": [{"key": "a", "values": []}],
        "excluded_products": [],
        "excluded_skus": [],
        "excluded_categories": [],
    }


@settings(max_examples=100)
@given(selections())
def test_every_selection_survives_its_json(items: Items) -> None:
    again = Items.from_json(items.to_json(), "rule.items")
    assert again == items
    assert hash(again) == hash(items)
    assert [again.matches(line) for line in CART.lines] == [items.matches(line) for line in CART.lines]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ([], "rule.items: Must be an object."),
        ({"colour": "red"}, "rule.items.colour: Is not known here."),
        ({"products": "MUG"}, "rule.items.products: Must be a list."),
        ({"skus": ["A", 1]}, "rule.items.skus[1]: Must be text."),
        ({"excluded_skus": [""]}, "rule.items.excluded_skus[0]: Must be 1 to 255 characters long."),
        ({"categories": ["A"] * 1001}, "rule.items.categories: Must not have more than 1000 items."),
        ({"metadata": [{"values": []}]}, "rule.items.metadata[0].key: Is required."),
        ({"metadata": [{"key": ""}]}, "rule.items.metadata[0].key: Must be 1 to 255 characters long."),
        ({"metadata": [{"key": "a"}] * 11}, "rule.items.metadata: Must not have more than 10 items."),
        (
            {"price_at_least": {"minor": -1, "currency": "EUR"}},
            "rule.items.price_at_least: Must not be negative.",
        ),
        (
            {
                "price_at_least": {"minor": 2, "currency": "EUR"},
                "price_at_most": {"minor": 1, "currency": "EUR"},
            },
            "rule.items.price_at_most: Must not be below the lower amount.",
        ),
        (
            {
                "price_at_least": {"minor": 1, "currency": "EUR"},
                "price_at_most": {"minor": 2, "currency": "JPY"},
            },
            "rule.items.price_at_most: Must be in EUR, as the other amount.",
        ),
    ],
)
def test_faulty_data_are_refused_with_their_path(data: JSONValue, error: str) -> None:
    with pytest.raises(UnitError) as refused:
        Items.from_json(data, "rule.items")
    assert str(refused.value) == error
