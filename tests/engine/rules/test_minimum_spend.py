"""The least a cart must come to."""

import pytest

from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import UnitError
from tests.engine.shop import cart, eur, situation

RULE = MinimumSpend(eur("25.00"))


def test_a_shopper_below_the_minimum_is_told_how_much_is_missing() -> None:
    assert RULE.refusals(situation(cart(2000, 90, shipping=900))) == (
        Reason(
            "MINIMUM_SPEND_NOT_REACHED",
            "The cart comes to 20.90 EUR; this offer starts at 25.00 EUR.",
            subject="cart.subtotal",
            expected=eur("25.00"),
            actual=eur("20.90"),
            missing=eur("4.10"),
            remedy="Add 4.10 EUR more.",
            change=Change(Act.ADD_AMOUNT, eur("4.10")),
        ),
    )


def test_the_exact_minimum_is_enough_and_one_cent_less_is_not() -> None:
    assert RULE.refusals(situation(cart(2500))) == ()
    assert RULE.refusals(situation(cart(2499)))[0].missing == Money(1, "EUR")


@pytest.mark.parametrize(
    ("currency", "remedy"),
    [("JPY", "Add 1 JPY more."), ("KWD", "Add 0.001 KWD more."), ("EUR", "Add 0.01 EUR more.")],
)
def test_the_missing_amount_is_written_with_the_decimals_of_its_currency(currency: str, remedy: str) -> None:
    rule = MinimumSpend(Money(1000, currency))
    assert rule.refusals(situation(cart(999, currency=currency)))[0].remedy == remedy


def test_a_cart_in_another_currency_is_not_compared() -> None:
    assert RULE.refusals(situation(cart(999999, currency="JPY"))) == (
        Reason(
            "CURRENCY_MISMATCH",
            "The offer is in EUR, the cart is in JPY.",
            subject="cart.currency",
            expected="EUR",
            actual="JPY",
            remedy="Pay in EUR.",
            change=Change(Act.CHOOSE, path="cart.currency", values=("EUR",)),
        ),
    )


@pytest.mark.parametrize("minor", [0, -1])
def test_a_minimum_of_nothing_is_refused(minor: int) -> None:
    with pytest.raises(UnitError, match=r"^amount: Must be more than zero\.$"):
        MinimumSpend(Money(minor, "EUR"))


def test_the_subtotal_is_shown_whether_it_is_enough_or_not() -> None:
    assert RULE.actual(situation(cart(9000, shipping=900))) == eur("90.00")
    assert RULE.actual(situation(cart(999, currency="JPY"))) == Money(999, "JPY")
