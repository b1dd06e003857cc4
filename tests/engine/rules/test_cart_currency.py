"""The currencies a cart may be in."""

import pytest

from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.cart_currency import CartCurrency
from app.engine.rules.none_of import NoneOf
from app.engine.unit import UnitError
from tests.engine.shop import cart, situation

RULE = CartCurrency(("EUR", "KWD"))


@pytest.mark.parametrize("currency", ["EUR", "KWD"])
def test_any_of_the_currencies_will_do(currency: str) -> None:
    assert RULE.refusals(situation(cart(1, currency=currency))) == ()
    assert RULE.actual(situation(cart(1, currency=currency))) == currency


def test_a_cart_in_another_currency_is_told_which_would_do() -> None:
    assert RULE.refusals(situation(cart(1, currency="JPY"))) == (
        Reason(
            "CURRENCY_NOT_ACCEPTED",
            "This offer is for carts in EUR or KWD; the cart is in JPY.",
            subject="cart.currency",
            expected=("EUR", "KWD"),
            actual="JPY",
            remedy="Pay in EUR or KWD.",
            change=Change(Act.CHOOSE, path="cart.currency", values=("EUR", "KWD")),
        ),
    )


def test_it_is_a_definite_answer_so_a_currency_can_be_kept_out() -> None:
    assert NoneOf((RULE,)).refusals(situation(cart(1, currency="JPY"))) == ()
    assert [reason.code for reason in NoneOf((RULE,)).refusals(situation())] == ["EXCLUDED"]


@pytest.mark.parametrize(
    ("currencies", "path"),
    [((), "currencies"), (("EUR", "EUR"), "currencies"), (("EUR", "eur"), "currencies[1]")],
)
def test_faulty_currencies_are_refused_with_their_path(currencies: tuple[str, ...], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        CartCurrency(currencies)
    assert refused.value.path == path
