"""Budgets of money count in the currency of the cart, and a cart that they do not know gets nothing."""

import dataclasses

import pytest

from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.period import Period
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from tests.engine.shop import CAMPAIGN, MAIN, budget, cart, judge, key_of, presented

DISCOUNT, ORDER_VALUE = Measure.DISCOUNT, Measure.ORDER_VALUE


@pytest.mark.parametrize(
    ("currencies", "expected", "message"),
    [
        (("EUR",), "EUR", "The campaign has a budget in EUR, the cart is in USD."),
        (("PLN", "EUR"), ("EUR", "PLN"), "The campaign has a budget in EUR and PLN, the cart is in USD."),
    ],
)
def test_a_cart_in_a_currency_that_the_budget_does_not_know_is_refused(
    currencies: tuple[str, ...], expected: Value, message: str
) -> None:
    budgets = tuple(budget(DISCOUNT, 99_999, currency=currency) for currency in currencies)
    code = presented(campaign=dataclasses.replace(CAMPAIGN, budgets=budgets))
    assert judge(code, basket=cart(100, currency="USD")).reasons == (
        Reason(
            "CURRENCY_MISMATCH",
            message,
            subject="cart.currency",
            expected=expected,
            actual="USD",
            remedy=f"Pay in {' or '.join(sorted(currencies))}.",
            change=Change(Act.CHOOSE, path="cart.currency", values=tuple(sorted(currencies))),
        ),
    )
    assert judge(code, basket=cart(100, currency="EUR")).granted


def test_of_the_budgets_of_one_kind_the_one_in_the_carts_currency_counts() -> None:
    budgets = (budget(DISCOUNT, 1_000), budget(DISCOUNT, 100, currency="JPY"))
    code = presented(campaign=dataclasses.replace(CAMPAIGN, budgets=budgets))
    yen = key_of(Scope.CAMPAIGN, DISCOUNT, Period.EVER, currency="JPY")
    paid = judge(code, basket=cart(1_000, currency="JPY"))
    assert (paid.granted, paid.counts) == (True, {yen: 100})
    over = judge(code, basket=cart(1_010, currency="JPY"))
    assert (over.reasons[0].expected, over.reasons[0].missing) == (Money(100, "JPY"), Money(1, "JPY"))


def test_each_kind_of_budget_asks_for_the_currency_on_its_own() -> None:
    own = dataclasses.replace(
        CAMPAIGN, budgets=(budget(DISCOUNT, 9_999), budget(ORDER_VALUE, 9_999, currency="USD"))
    )
    main = dataclasses.replace(MAIN, budgets=(budget(DISCOUNT, 9_999, currency="USD"),))
    code = presented(campaign=own, main=main)
    assert [reason.message for reason in judge(code, basket=cart(100, currency="USD")).reasons] == [
        "The campaign has a budget in EUR, the cart is in USD."
    ]
    assert [reason.message for reason in judge(code, basket=cart(100)).reasons] == [
        "The campaign has a budget in USD, the cart is in EUR.",
        "The main campaign has a budget in USD, the cart is in EUR.",
    ]
