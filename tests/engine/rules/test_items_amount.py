"""What certain items in a cart come to."""

import pytest

from app.engine.cart import Cart, Line
from app.engine.facts import Situation
from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.items_amount import ItemsAmount
from app.engine.selection import Items
from app.engine.unit import UnitError
from tests.engine.shop import eur, situation

SHOES = Items(categories=("shoes",))


def cart(currency: str = "EUR") -> Situation:
    return situation(Cart(currency, (Line(2, 2295, categories=("shoes",)), Line(1, 999)), 500))


def test_too_little_is_told_with_how_much_is_missing() -> None:
    assert ItemsAmount(SHOES, eur("50")).refusals(cart()) == (
        Reason(
            "ITEMS_AMOUNT_TOO_LOW",
            "The cart holds 45.90 EUR of at least 50.00 EUR from: category shoes.",
            subject="cart.lines",
            expected=eur("50"),
            actual=eur("45.90"),
            missing=eur("4.10"),
            remedy="Add 4.10 EUR more from: category shoes.",
            change=Change(Act.ADD_AMOUNT, eur("4.10"), items=SHOES.to_json()),
        ),
    )


def test_too_much_is_told_with_how_much_is_over() -> None:
    assert ItemsAmount(SHOES, amount_at_most=eur("45")).refusals(cart()) == (
        Reason(
            "ITEMS_AMOUNT_TOO_HIGH",
            "The cart holds 45.90 EUR of at most 45.00 EUR from: category shoes.",
            subject="cart.lines",
            expected=eur("45"),
            actual=eur("45.90"),
            missing=eur("0.90"),
            remedy="Take out 0.90 EUR or more from: category shoes.",
            change=Change(Act.REMOVE_AMOUNT, eur("0.90"), items=SHOES.to_json()),
        ),
    )


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_both_limits_belong_to_the_range(currency: str) -> None:
    def holds(least: int | None, most: int | None) -> bool:
        limits = (None if limit is None else Money(limit, currency) for limit in (least, most))
        return ItemsAmount(SHOES, *limits).refusals(cart(currency)) == ()

    assert holds(4590, 4590)
    assert not holds(4591, None)
    assert not holds(None, 4589)


def test_the_remedy_has_the_decimals_of_its_currency() -> None:
    rules = [ItemsAmount(Items(), Money(5590, currency)) for currency in ("EUR", "JPY", "KWD")]
    assert [
        rule.refusals(cart(rule.amount_at_least.currency))[0].remedy for rule in rules if rule.amount_at_least
    ] == [
        "Add 0.01 EUR more.",
        "Add 1 JPY more.",
        "Add 0.001 KWD more.",
    ]


def test_a_cart_in_another_currency_is_not_compared() -> None:
    for rule in (ItemsAmount(SHOES, eur("1")), ItemsAmount(SHOES, amount_at_most=eur("1"))):
        assert [reason.code for reason in rule.refusals(cart("JPY"))] == ["CURRENCY_MISMATCH"]


@pytest.mark.parametrize(
    ("items", "least", "most", "path"),
    [
        (SHOES, None, None, "amount_at_least"),
        (SHOES, 0, None, "amount_at_least"),
        (SHOES, -1, None, "amount_at_least"),
        (SHOES, None, -1, "amount_at_most"),
        (SHOES, 2, 1, "amount_at_most"),
        (Items(price_at_most=Money(1, "JPY")), 1, None, "items"),
    ],
)
def test_faulty_parameters_are_refused_with_their_path(
    items: Items, least: int | None, most: int | None, path: str
) -> None:
    limits = (None if limit is None else Money(limit, "EUR") for limit in (least, most))
    with pytest.raises(UnitError) as refused:
        ItemsAmount(items, *limits)
    assert refused.value.path == path


def test_what_they_come_to_is_shown_whether_it_is_enough_or_not() -> None:
    assert ItemsAmount(SHOES, eur("45")).actual(cart()) == eur("45.90")
    assert ItemsAmount(SHOES, eur("50")).actual(cart("JPY")) == Money(4590, "JPY")
    dear = Items(price_at_least=eur("10"))
    assert ItemsAmount(dear, eur("50")).actual(cart("JPY")) is None
