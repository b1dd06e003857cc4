"""How an order is paid."""

import pytest

from app.engine.cart import Cart
from app.engine.facts import Situation
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.payment_method import PaymentMethod
from app.engine.unit import UnitError
from tests.engine.shop import situation

RULE = PaymentMethod(("blik", "card"))


def paid_by(method: str | None) -> Situation:
    return situation(Cart("PLN", (), payment_method=method))


def test_one_of_the_ways_is_enough() -> None:
    assert RULE.refusals(paid_by("card")) == ()


def test_another_way_is_told_beside_those_that_would_do() -> None:
    assert RULE.refusals(paid_by("cash")) == (
        Reason(
            "PAYMENT_METHOD_DIFFERS",
            "This offer wants the payment method to be blik or card; it is cash.",
            subject="cart.payment_method",
            expected=("blik", "card"),
            actual="cash",
            remedy="Let the payment method be blik or card.",
            change=Change(Act.CHOOSE, path="cart.payment_method", values=("blik", "card")),
        ),
    )


def test_who_does_not_say_how_pays_in_none_of_these_ways() -> None:
    (reason,) = RULE.refusals(paid_by(None))
    assert reason.message == "This offer wants the payment method to be blik or card; it is not given."


def test_the_way_is_shown() -> None:
    assert (RULE.actual(paid_by("cash")), RULE.actual(paid_by(None))) == ("cash", None)


def test_too_many_ways_are_refused() -> None:
    with pytest.raises(UnitError, match=r"^methods: Must not have more than 50 items\.$"):
        PaymentMethod(tuple(map(str, range(51))))
