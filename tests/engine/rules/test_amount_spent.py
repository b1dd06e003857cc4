"""What a customer has spent before."""

from datetime import timedelta

import pytest

from app.engine.facts import PastSpend, Situation
from app.engine.money import LARGEST, Money
from app.engine.reason import Reason
from app.engine.rules.amount_spent import AmountSpent
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, cart, eur, situation


def after(minor: int, currency: str = "EUR", days: int | None = None) -> Situation:
    """Anna, who has spent so much."""
    need = PastSpend(currency, None if days is None else timedelta(days=days))
    return situation(customer=ANNA, answers={need: minor})


@pytest.mark.parametrize(
    ("currency", "least", "actual", "missing"),
    [("EUR", "500.00", "499.99", "0.01"), ("JPY", "500", "499", "1"), ("KWD", "0.500", "0.499", "0.001")],
)
def test_too_little_is_told_to_the_smallest_coin(
    currency: str, least: str, actual: str, missing: str
) -> None:
    wanted = Money(500 if currency != "EUR" else 50000, currency)
    rule = AmountSpent(wanted)
    assert rule.refusals(after(wanted.minor, currency)) == ()
    assert rule.refusals(after(wanted.minor - 1, currency)) == (
        Reason(
            "SPENT_TOO_LITTLE",
            f"This offer is for who has spent at least {least} {currency}; "
            f"this customer has spent {actual} {currency}.",
            subject="customer.spent",
            expected=wanted,
            actual=Money(wanted.minor - 1, currency),
            missing=Money(1, currency),
        ),
    )
    assert str(Money(1, currency)) == f"{missing} {currency}"


def test_too_much_in_a_while_is_told() -> None:
    rule = AmountSpent(amount_at_most=eur("0"), within_days=30)
    assert rule.needs == {PastSpend("EUR", timedelta(days=30))}
    assert rule.refusals(after(0, days=30)) == ()
    assert rule.refusals(after(1, days=30)) == (
        Reason(
            "SPENT_TOO_MUCH",
            "This offer is for who has spent at most 0.00 EUR in the last 30 days; "
            "this customer has spent 0.01 EUR.",
            subject="customer.spent",
            expected=eur("0"),
            actual=eur("0.01"),
            missing=eur("0.01"),
        ),
    )


def test_the_currency_of_the_cart_does_not_matter() -> None:
    who = situation(cart(10, currency="JPY"), customer=ANNA, answers={PastSpend("EUR"): 700})
    assert AmountSpent(eur("7")).refusals(who) == ()


def test_more_than_money_can_be_is_as_much_as_it_can() -> None:
    assert AmountSpent(eur("1")).actual(after(LARGEST + 1)) == Money(LARGEST, "EUR")
    assert AmountSpent(eur("1")).refusals(after(LARGEST + 1)) == ()


def test_what_was_spent_is_shown_to_who_is_known() -> None:
    assert AmountSpent(eur("1")).actual(after(5)) == eur("0.05")
    assert AmountSpent(eur("1")).actual(situation()) is None


def test_an_unknown_shopper_is_asked_who_they_are() -> None:
    assert [reason.code for reason in AmountSpent(eur("1")).refusals(situation())] == ["CUSTOMER_REQUIRED"]


@pytest.mark.parametrize(
    ("least", "most", "days", "error"),
    [
        (None, None, None, "amount_at_least: Must be given, unless there is an upper limit."),
        (eur("0"), None, None, "amount_at_least: Must be more than zero."),
        (eur("2"), eur("1"), None, "amount_at_most: Must not be below the lower amount."),
        (eur("2"), Money(5, "JPY"), None, "amount_at_most: Must be in EUR, as the other amount."),
        (eur("2"), None, 0, "within_days: Must be from 1 to 3650."),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    least: Money | None, most: Money | None, days: int | None, error: str
) -> None:
    with pytest.raises(UnitError) as caught:
        AmountSpent(least, most, days)
    assert str(caught.value) == error
