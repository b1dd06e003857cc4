"""What the company was told of a customer."""

import pytest

from app.engine.comparison import Comparison, Operator
from app.engine.facts import Profile, Situation
from app.engine.reason import Reason
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.none_of import NoneOf
from app.engine.shopper import Shopper
from tests.engine.shop import ANNA, situation

STAFF = CustomerAttribute(CustomerAttributes.EMAIL, Comparison(Operator.ENDS_WITH, ("@shop.pl",)))


def of(**told: str) -> Situation:
    """Anna, of whom that was told."""
    return situation(customer=ANNA, shopper=Shopper("anna", **told))  # type: ignore[arg-type]  # texts only


def test_it_announces_that_it_needs_the_profile() -> None:
    assert STAFF.needs == {Profile()}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (CustomerAttributes.NAME, "Anna"),
        (CustomerAttributes.EMAIL, "anna@example.com"),
        (CustomerAttributes.SOURCE_ID, "anna"),
    ],
)
def test_each_attribute_is_looked_at(attribute: CustomerAttributes, value: str) -> None:
    who = of(name="Anna", email="anna@example.com")
    assert CustomerAttribute(attribute, Comparison(Operator.IS, (value,))).refusals(who) == ()
    assert CustomerAttribute(attribute, Comparison(Operator.IS_NOT, (value,))).refusals(who) != ()
    assert CustomerAttribute(attribute, Comparison(Operator.EXISTS)).actual(who) == value


def test_a_refusal_tells_neither_the_address_nor_whose_would_do() -> None:
    assert STAFF.refusals(of(email="anna@example.com")) == (
        Reason(
            "CUSTOMER_ATTRIBUTE_DIFFERS",
            "This offer is for certain customers, and this is not one of them.",
            subject="customer.email",
            expected="ends with @shop.pl",
        ),
    )


def test_what_was_never_told_is_absent() -> None:
    absent = CustomerAttribute(CustomerAttributes.NAME, Comparison(Operator.ABSENT))
    assert absent.refusals(of()) == ()
    assert absent.actual(of()) is None
    assert absent.refusals(of(name="Anna")) != ()
    assert NoneOf((STAFF,)).refusals(of()) == ()


@pytest.mark.parametrize("who", [situation(), situation(customer=ANNA)])
def test_an_unknown_shopper_is_asked_who_they_are(who: Situation) -> None:
    assert [reason.code for reason in STAFF.refusals(who)] == ["CUSTOMER_REQUIRED"]
    assert STAFF.actual(who) is None
