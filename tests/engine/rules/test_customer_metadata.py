"""What the company notes of a customer."""

import pytest

from app.engine.comparison import Comparison, Operator
from app.engine.facts import Profile, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.shopper import Shopper
from app.engine.unit import UnitError
from tests.engine.shop import ANNA, situation

GOLD = CustomerMetadata("tier", Comparison(Operator.IS, ("gold", "silver")))
OLD = CustomerMetadata("visits", Comparison(Operator.AT_LEAST, ("10",)))


def noted(**metadata: JSONValue) -> Situation:
    """Anna, with those notes."""
    return situation(customer=ANNA, shopper=Shopper("anna", metadata=metadata))


def test_it_announces_that_it_needs_the_profile() -> None:
    assert GOLD.needs == {Profile()}


def test_the_value_of_the_key_is_compared() -> None:
    assert GOLD.refusals(noted(tier="silver")) == ()
    assert GOLD.refusals(noted(tier=["new", "gold"])) == ()
    assert OLD.refusals(noted(visits=10)) == ()
    assert OLD.refusals(noted(visits="10")) != ()


@pytest.mark.parametrize("who", [noted(tier="iron"), noted(tier=None), noted(level="gold"), noted()])
def test_a_refusal_tells_what_was_wanted_beside_the_sentence(who: Situation) -> None:
    assert GOLD.refusals(who) == (
        Reason(
            "CUSTOMER_METADATA_DIFFERS",
            "This offer is for certain customers, and this is not one of them.",
            subject="customer.metadata",
            expected="tier is gold or silver",
        ),
    )


def test_the_texts_of_the_value_are_shown() -> None:
    assert GOLD.actual(noted(tier=["a", 1, True])) == ("a", "1", "true")
    assert GOLD.actual(noted(tier=list("abcdefg"))) == ("a", "b", "c", "d", "e")
    assert GOLD.actual(noted()) is None


@pytest.mark.parametrize("who", [situation(), situation(customer=ANNA)])
def test_an_unknown_shopper_is_asked_who_they_are(who: Situation) -> None:
    assert [reason.code for reason in GOLD.refusals(who)] == ["CUSTOMER_REQUIRED"]
    assert GOLD.actual(who) is None


def test_a_key_that_cannot_be_is_refused() -> None:
    with pytest.raises(UnitError, match=r"^key: Must be 1 to 255 characters long\.$"):
        CustomerMetadata("", Comparison(Operator.EXISTS))
