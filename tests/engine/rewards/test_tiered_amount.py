"""An amount that rises with the cart."""

import pytest

from app.engine.money import Money
from app.engine.rewards.tiered_amount import AmountTier, TieredAmount
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import UnitError
from tests.engine.rewards.baskets import ALL, MUGS, basket, missing, off
from tests.engine.shop import eur


def by_number(currency: str = "EUR") -> TieredAmount:
    first = AmountTier(quantity_at_least=3, amount=Money(500, currency))
    return TieredAmount((first, AmountTier(quantity_at_least=6, amount=Money(2000, currency))), MUGS)


BY_SPEND = TieredAmount(
    (
        AmountTier(spend_at_least=eur("50"), amount=eur("5")),
        AmountTier(spend_at_least=eur("100"), amount=eur("15")),
    ),
    ALL,
)


@pytest.mark.parametrize("currency", ["JPY", "EUR", "KWD"])
@pytest.mark.parametrize(("mugs", "part"), [(3, 500), (5, 500), (6, 2000), (99, 2000)])
def test_the_amount_of_the_highest_tier_is_taken_off_once(mugs: int, part: int, currency: str) -> None:
    assert off(by_number(currency), (mugs, 999, "mug"), (9, 999, "tea"), currency=currency) == (part, 0)


def test_it_is_split_in_proportion_to_what_the_items_still_cost() -> None:
    assert off(BY_SPEND, (1, 3300, "mug"), (1, 3400, "tea")) == (246, 254)
    # Voucherify's example: 3.00 over lines of 33.00 and 34.00, as 147.76 and 152.24 rounded.
    three = TieredAmount((AmountTier(quantity_at_least=1, amount=eur("3")),), Items(products=("mug", "tea")))
    assert off(three, (1, 3300, "mug"), (1, 900, "cup"), (1, 3400, "tea")) == (148, 0, 152)
    assert off(BY_SPEND, (1, 6000, "mug"), (1, 4000, "tea"), remaining=(0, 4000)) == (0, 1500)


def test_never_more_is_taken_than_the_items_still_cost() -> None:
    assert off(by_number(), (6, 100, "mug"), (1, 5000, "tea")) == (600, 0)
    assert off(BY_SPEND, (1, 6000, "mug"), remaining=(1,)) == (1,)
    assert off(BY_SPEND, (1, 6000, "mug"), remaining=(0,)) == (0,)


def test_below_the_first_tier_nothing_is_given() -> None:
    assert missing(by_number(), (2, 999, "mug")) == [("NOT_ENOUGH_ITEMS", 3, 2, 1)]
    assert missing(BY_SPEND, (1, 4590, "mug")) == [
        ("ITEMS_AMOUNT_TOO_LOW", eur("50"), eur("45.90"), eur("4.10"))
    ]


def test_amounts_in_another_currency_are_refused() -> None:
    for reward in (by_number(), BY_SPEND):
        [reason] = reward.refusals(basket((9, 9999, "mug"), currency="KWD"))
        assert (reason.code, reason.expected, reason.actual) == ("CURRENCY_MISMATCH", "EUR", "KWD")


@pytest.mark.parametrize(
    ("tiers", "path"),
    [
        ([], "tiers"),
        ([{"quantity_at_least": 1, "amount": {"minor": 0, "currency": "EUR"}}], "tiers[0].amount"),
        (
            [{"spend_at_least": {"minor": 5, "currency": "JPY"}, "amount": {"minor": 1, "currency": "EUR"}}],
            "tiers[0].amount",
        ),
        (
            [
                {"quantity_at_least": 1, "amount": {"minor": 1, "currency": "EUR"}},
                {"quantity_at_least": 2, "amount": {"minor": 1, "currency": "JPY"}},
            ],
            "tiers[1].amount",
        ),
    ],
)
def test_faulty_tiers_are_refused_with_their_path(tiers: object, path: str) -> None:
    with pytest.raises(UnitError) as refused:
        rewards.from_json({"kind": "tiered_amount", "tiers": tiers, "items": {}})
    assert refused.value.path == path


def test_items_priced_in_another_currency_are_refused() -> None:
    with pytest.raises(UnitError, match=r"^items: Must have prices in EUR, as the reward\.$"):
        TieredAmount(
            (AmountTier(quantity_at_least=1, amount=eur("1")),), Items(price_at_most=Money(5, "JPY"))
        )
