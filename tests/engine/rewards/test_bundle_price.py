"""A price for a bundle."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.money import Money
from app.engine.rewards.bundle_price import BundlePart, BundlePrice
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, TEA, basket, missing, off
from tests.engine.shop import eur

THREE_FOR_TWENTY = BundlePrice((BundlePart(ALL, 3),), eur("20"))
TEA_AND_MUG = BundlePrice((BundlePart(TEA, 2), BundlePart(MUGS)), eur("15"))


def test_the_dearest_make_the_bundle_and_the_rest_costs_what_it_did() -> None:
    assert off(THREE_FOR_TWENTY, (1, 500, "d"), (1, 1200, "a"), (1, 800, "c"), (1, 1000, "b")) == (
        0,
        400,
        267,
        333,
    )
    assert off(TEA_AND_MUG, (3, 500, "tea"), (1, 900, "mug")) == (211, 189)  # 19.00 for 15.00, split 10 : 9
    assert off(TEA_AND_MUG, (5, 500, "tea"), (1, 900, "mug"), (1, 1000, "mug")) == (461, 208, 231)


def test_there_are_as_many_bundles_as_lower_the_price() -> None:
    wines = ((1, 1200, "a"), (1, 1000, "b"), (1, 800, "c"), (3, 500, "d"))
    assert sum(off(THREE_FOR_TWENTY, *wines)) == 1000
    assert sum(off(THREE_FOR_TWENTY, *wines[:3], (3, 700, "d"))) == 1100
    assert sum(off(THREE_FOR_TWENTY, (600, 700, "a"))) == 200 * 100
    assert sum(off(BundlePrice((BundlePart(ALL, 3),), eur("20"), 7), (600, 700, "a"))) == 7 * 100
    assert off(THREE_FOR_TWENTY, (3, 600, "a")) == (0,)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
def test_a_bundle_costs_exactly_its_price(currency: str) -> None:
    pair = BundlePrice((BundlePart(TEA), BundlePart(MUGS)), Money(1000, currency))
    assert off(pair, (1, 333, "tea"), (2, 1234, "mug"), currency=currency) == (120, 447)
    assert off(pair, (2, 333, "tea"), (2, 1234, "mug"), currency=currency) == (241, 893)
    free = BundlePrice((BundlePart(TEA), BundlePart(MUGS)), Money(0, currency))
    assert off(free, (1, 333, "tea"), (2, 1234, "mug"), currency=currency) == (333, 1234)


def test_it_counts_from_what_the_items_still_cost() -> None:
    # Three units that still cost 10.00 together: two of them 6.66.
    assert off(BundlePrice((BundlePart(MUGS, 2),), eur("5")), (3, 999, "mug"), remaining=(1000,)) == (166,)
    assert off(TEA_AND_MUG, (2, 500, "tea"), (1, 900, "mug"), remaining=(500, 900)) == (0, 0)


def test_parts_of_a_minor_unit_never_make_a_bundle_dearer() -> None:
    for left in range(6):
        for price in (0, 1, 2, 3):
            pair = BundlePrice((BundlePart(TEA), BundlePart(MUGS)), Money(price, "EUR"))
            parts = off(pair, (5, 9, "tea"), (5, 9, "mug"), remaining=(left, left))
            assert sum(parts) == max(0, 2 * left - 5 * price)


def test_any_number_of_bundles_can_be_made() -> None:
    pair = BundlePrice((BundlePart(TEA), BundlePart(MUGS)), Money(1, "JPY"))
    lines = ((10**40, 0, "tea"), (2**52, 1, "mug"), (10**12, 3, "mug"))
    assert off(pair, *lines, currency="JPY") == (0, 0, 2 * 10**12)


def test_an_item_that_fits_several_parts_goes_where_it_is_needed() -> None:
    tea_and_any = BundlePrice((BundlePart(ALL), BundlePart(TEA)), eur("5"))
    assert off(tea_and_any, (2, 400, "tea")) == (300,)
    assert off(tea_and_any, (1, 400, "tea"), (1, 900, "mug")) == (246, 554)
    # The dearest two are mugs, but one of the two must be tea.
    assert off(tea_and_any, (3, 400, "tea"), (1, 900, "mug"), (1, 800, "mug")) == (480, 540, 480)


def test_what_each_part_lacks_is_told() -> None:
    assert missing(TEA_AND_MUG, (1, 500, "tea")) == [
        ("NOT_ENOUGH_ITEMS", 2, 1, 1),
        ("NOT_ENOUGH_ITEMS", 1, 0, 1),
    ]
    assert missing(TEA_AND_MUG, (1, 500, "mug")) == [("NOT_ENOUGH_ITEMS", 2, 0, 2)]
    assert missing(THREE_FOR_TWENTY, (2, 500, "mug")) == [("NOT_ENOUGH_ITEMS", 3, 2, 1)]


def test_a_price_in_another_currency_is_refused() -> None:
    [reason] = THREE_FOR_TWENTY.refusals(basket((3, 999, "mug"), currency="JPY"))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "JPY")


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"parts": []}, "parts"),
        ({"parts": [{"items": {}}] * 6}, "parts"),
        ({"parts": [{"items": {}}, {"items": {}, "quantity": 0}]}, "parts[1].quantity"),
        ({"price": {"minor": -1, "currency": "EUR"}}, "price"),
        ({"times_at_most": 0}, "times_at_most"),
        (
            {"parts": [{"items": {"price_at_most": {"minor": 1, "currency": "JPY"}}}]},
            "parts[0].items",
        ),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(parameters: dict[str, object], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        rewards.from_json({**BundlePrice.example, **parameters})
    assert refused.value.path == path


PRICES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["tea", "mug", "cup"])), max_size=6)


@settings(max_examples=60)
@given(PRICES, st.integers(0, 15), st.sampled_from([MUGS, ALL, Items(products=("tea", "cup"))]))
def test_no_choice_of_bundles_would_be_cheaper(
    goods: list[tuple[int, str]], price: int, second: Items
) -> None:
    reward = BundlePrice((BundlePart(TEA), BundlePart(second)), Money(price, "EUR"))
    lines = [(1, cost, product) for cost, product in goods]
    shopper = basket(*lines)
    pairs = [
        (one, other)
        for one, other in ((a, b) for a in range(len(goods)) for b in range(len(goods)) if a != b)
        if TEA.matches(shopper.cart.lines[one]) and second.matches(shopper.cart.lines[other])
    ]
    assert (reward.refusals(shopper) == ()) is bool(pairs)
    best = 0
    for times in range(1, 4):
        for bundles in combinations(pairs, times):
            if len({place for pair in bundles for place in pair}) == 2 * times:
                best = max(best, sum(goods[a][0] + goods[b][0] - price for a, b in bundles))
    if pairs:
        assert sum(off(reward, *lines)) == best
