"""A percentage that rises with the cart."""

from decimal import Decimal

import pytest

from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.engine.money import Money
from app.engine.rewards.tiered_percent import PercentTier, TieredPercent
from app.engine.shelf import rewards
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, basket, missing, off
from tests.engine.shop import NOW, TEN_PERCENT, cart, eur, offer, presented


def by_spend(first: int, second: int, currency: str = "EUR") -> TieredPercent:
    tiers = ((first, 5), (second, 10))
    return TieredPercent(
        tuple(PercentTier(spend_at_least=Money(least, currency), percent=Decimal(n)) for least, n in tiers),
        ALL,
    )


BY_NUMBER = TieredPercent(
    (
        PercentTier(quantity_at_least=3, percent=Decimal(10)),
        PercentTier(quantity_at_least=6, percent=Decimal("33.3333")),
    ),
    MUGS,
)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
@pytest.mark.parametrize(
    ("prices", "parts"),
    [
        ((3000, 2000), (150, 100)),
        ((3000, 6999), (150, 350)),
        ((3000, 7000), (300, 700)),
        ((8000, 4000), (800, 400)),
    ],
)
def test_the_whole_cart_is_in_the_tier_that_it_reaches(
    prices: tuple[int, int], parts: tuple[int, int], currency: str
) -> None:
    lines = [(1, price, "mug") for price in prices]
    assert off(by_spend(5000, 10000, currency), *lines, currency=currency) == parts


def test_only_the_items_that_are_meant_count_and_cost_less() -> None:
    assert off(BY_NUMBER, (5, 100, "mug"), (9, 100, "tea")) == (50, 0)
    assert off(BY_NUMBER, (4, 100, "mug"), (9, 100, "tea"), (2, 301, "mug")) == (133, 0, 201)
    assert missing(BY_NUMBER, (2, 100, "mug"), (9, 100, "tea")) == [("NOT_ENOUGH_ITEMS", 3, 2, 1)]


def test_below_the_first_tier_nothing_is_given() -> None:
    assert missing(by_spend(5000, 10000), (1, 4999, "mug")) == [
        ("ITEMS_AMOUNT_TOO_LOW", eur("50"), eur("49.99"), eur("0.01"))
    ]


def test_an_earlier_code_does_not_push_the_cart_into_a_lower_tier() -> None:
    tenth, tiered = presented("TENTH", 3, offer=offer(reward=TEN_PERCENT)), by_spend(5000, 10000)
    codes = [tenth, presented("MORE", 4, offer=offer(reward=tiered))]
    evaluation = evaluate(codes, cart(10000), Facts(), NOW)
    assert [verdict.discount for verdict in evaluation.verdicts] == [1000, 900]


def test_the_tiers_survive_their_json_and_are_told_apart() -> None:
    tiered = by_spend(5000, 10000)
    data = rewards.to_json(tiered)
    assert data["tiers"] == [
        {"spend_at_least": {"minor": 5000, "currency": "EUR"}, "quantity_at_least": None, "percent": "5"},
        {"spend_at_least": {"minor": 10000, "currency": "EUR"}, "quantity_at_least": None, "percent": "10"},
    ]
    assert rewards.from_json(data) == tiered


def test_a_spend_in_another_currency_is_refused() -> None:
    [reason] = by_spend(5000, 10000).refusals(basket((1, 9999, "mug"), currency="KWD"))
    assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "KWD")


def test_faulty_parameters_are_refused_with_their_path() -> None:
    with pytest.raises(UnitError, match=r"^tiers: Must be from 1 to 20\.$"):
        TieredPercent((), ALL)
    with pytest.raises(UnitError, match=r"^offer\.tiers\[0\]\.percent: Must be more than 0"):
        rewards.from_json(
            {"kind": "tiered_percent", "tiers": [{"quantity_at_least": 1, "percent": "0"}], "items": {}},
            "offer",
        )
