"""What the shop says about an order in its metadata."""

import pytest

from app.engine.cart import Cart
from app.engine.facts import Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.rules.cart_metadata import CartMetadata
from app.engine.unit import UnitError
from tests.engine.shop import situation

RULE = CartMetadata("delivery", ("pickup", "locker"))


def with_metadata(**metadata: JSONValue) -> Situation:
    return situation(Cart("EUR", (), metadata=metadata))


@pytest.mark.parametrize("value", ["pickup", "locker", ["courier", "locker"]])
def test_one_of_the_values_is_enough(value: JSONValue) -> None:
    assert RULE.refusals(with_metadata(delivery=value)) == ()


def test_a_number_or_a_boolean_is_compared_by_its_text() -> None:
    assert CartMetadata("store", ("12",)).refusals(with_metadata(store=12)) == ()
    assert CartMetadata("express", ("true",)).refusals(with_metadata(express=True)) == ()


def test_another_value_is_told_beside_those_that_would_do() -> None:
    assert RULE.refusals(with_metadata(delivery="courier")) == (
        Reason(
            "CART_METADATA_DIFFERS",
            "This offer wants the cart's delivery to be pickup or locker; it is courier.",
            subject="cart.metadata.delivery",
            expected=("pickup", "locker"),
            actual=("courier",),
            remedy="Let the cart's delivery be pickup or locker.",
            change=Change(Act.CHOOSE, path="cart.metadata.delivery", values=("pickup", "locker")),
        ),
    )


def test_a_missing_key_is_told() -> None:
    assert RULE.refusals(with_metadata())[0].message == (
        "This offer wants the cart's delivery to be pickup or locker; it is not given."
    )
    assert CartMetadata("delivery").refusals(with_metadata(delivery=None)) == (
        Reason(
            "CART_METADATA_DIFFERS",
            "This offer wants the cart's delivery to be given; it is not given.",
            subject="cart.metadata.delivery",
            remedy="Give the cart's delivery.",
            change=Change(Act.CHOOSE, path="cart.metadata.delivery"),
        ),
    )


def test_of_many_values_the_first_are_told() -> None:
    (reason,) = CartMetadata("size", tuple("123456")).refusals(with_metadata(size=list("abcdefgh")))
    assert reason.message == (
        "This offer wants the cart's size to be 1 or 2 or 3 or 4 or 5 or 1 more; it is a, b, c, d, e and 3 more."
    )
    assert (reason.expected, reason.actual) == (tuple("123456"), tuple("abcde"))
    assert reason.remedy == "Let the cart's size be 1 or 2 or 3 or 4 or 5 or 1 more."


def test_without_values_any_will_do() -> None:
    assert CartMetadata("delivery").refusals(with_metadata(delivery={"to": "door"})) == ()


@pytest.mark.parametrize(
    ("key", "values", "path"), [("", (), "key"), ("a", ("",), "values[0]"), ("a", ("b",) * 51, "values")]
)
def test_faulty_parameters_are_refused_with_their_path(key: str, values: tuple[str, ...], path: str) -> None:
    with pytest.raises(UnitError) as refused:
        CartMetadata(key, values)
    assert refused.value.path == path


def test_what_is_there_is_shown_as_texts() -> None:
    assert RULE.actual(with_metadata(delivery=["courier", 5, True])) == ("courier", "5", "true")
    assert RULE.actual(with_metadata()) is None
