"""The most a cart may come to."""

import pytest

from app.engine.money import Money
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.maximum_spend import MaximumSpend
from app.engine.unit import UnitError
from tests.engine.shop import cart, eur, situation

RULE = MaximumSpend(eur("20.00"))


def test_a_shopper_above_the_maximum_is_told_how_much_is_too_much() -> None:
    assert RULE.refusals(situation(cart(2000, 90, shipping=900))) == (
        Reason(
            "MAXIMUM_SPEND_EXCEEDED",
            "The cart comes to 20.90 EUR; this offer ends at 20.00 EUR.",
            subject="cart.subtotal",
            expected=eur("20.00"),
            actual=eur("20.90"),
            missing=eur("0.90"),
            remedy="Take out 0.90 EUR or more.",
            change=Change(Act.REMOVE_AMOUNT, eur("0.90")),
        ),
    )


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_the_exact_maximum_is_allowed_and_one_minor_unit_more_is_not(currency: str) -> None:
    rule = MaximumSpend(Money(1000, currency))
    assert rule.refusals(situation(cart(1000, currency=currency, shipping=500))) == ()
    assert rule.refusals(situation(cart(currency=currency))) == ()
    assert rule.refusals(situation(cart(1001, currency=currency)))[0].missing == Money(1, currency)


def test_a_cart_in_another_currency_is_not_compared() -> None:
    assert [reason.code for reason in RULE.refusals(situation(cart(1, currency="JPY")))] == [
        "CURRENCY_MISMATCH"
    ]


@pytest.mark.parametrize("minor", [0, -1])
def test_a_maximum_of_nothing_is_refused(minor: int) -> None:
    with pytest.raises(UnitError, match=r"^amount: Must be more than zero\.$"):
        MaximumSpend(Money(minor, "EUR"))


def test_the_subtotal_is_shown_whether_it_is_too_much_or_not() -> None:
    assert RULE.actual(situation(cart(1000, shipping=900))) == eur("10.00")
