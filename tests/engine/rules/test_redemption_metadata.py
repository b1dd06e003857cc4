"""What is said about a redemption in its metadata."""

from dataclasses import replace

import pytest

from app.engine.cart import Cart
from app.engine.facts import Situation
from app.engine.json_data import JSONValue
from app.engine.occasion import Occasion
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.redemption_metadata import RedemptionMetadata
from app.engine.unit import UnitError
from tests.engine.shop import situation

RULE = RedemptionMetadata("cashier", ("trainee", "owner"))


def with_metadata(**metadata: JSONValue) -> Situation:
    # The cart's own metadata is another thing.
    basket = Cart("EUR", (), metadata={"cashier": "trainee"})
    return replace(situation(basket), occasion=Occasion(metadata=metadata))


@pytest.mark.parametrize("value", ["trainee", ["guest", "owner"]])
def test_one_of_the_values_is_enough(value: JSONValue) -> None:
    assert RULE.refusals(with_metadata(cashier=value)) == ()


def test_another_value_is_told_beside_those_that_would_do() -> None:
    assert RULE.refusals(with_metadata(cashier="guest")) == (
        Reason(
            "REDEMPTION_METADATA_DIFFERS",
            "This offer wants the redemption's cashier to be trainee or owner; it is guest.",
            subject="metadata.cashier",
            expected=("trainee", "owner"),
            actual=("guest",),
            remedy="Let the redemption's cashier be trainee or owner.",
            change=Change(Act.CHOOSE, path="metadata.cashier", values=("trainee", "owner")),
        ),
    )


def test_a_missing_key_is_told() -> None:
    assert RedemptionMetadata("cashier").refusals(with_metadata()) == (
        Reason(
            "REDEMPTION_METADATA_DIFFERS",
            "This offer wants the redemption's cashier to be given; it is not given.",
            subject="metadata.cashier",
            remedy="Give the redemption's cashier.",
            change=Change(Act.CHOOSE, path="metadata.cashier"),
        ),
    )


def test_the_values_are_shown_as_texts() -> None:
    assert RULE.actual(with_metadata(cashier=[1, True])) == ("1", "true")
    assert RULE.actual(with_metadata()) is None


def test_a_key_without_a_name_is_refused() -> None:
    with pytest.raises(UnitError, match=r"^key: Must be 1 to 255 characters long\.$"):
        RedemptionMetadata("")
