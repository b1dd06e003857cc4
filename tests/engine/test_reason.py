"""A reason keeps its values exactly, and says whether it is a no or no answer."""

from datetime import UTC, datetime

import pytest

from app.engine.reason import Reason, ReasonError, currency_mismatch, customer_required, undecided
from tests.engine.shop import eur

NO = Reason("MINIMUM_SPEND_NOT_REACHED", "Too little.")


def test_a_reason_survives_its_json_with_every_kind_of_value() -> None:
    reason = Reason(
        "NO_ALTERNATIVE_HOLDS",
        "None holds.",
        subject="cart.subtotal",
        expected=eur("25.00"),
        actual=datetime(2026, 7, 22, 15, tzinfo=UTC),
        missing=("a", "b"),
        remedy="Add 4.10 EUR more.",
        alternatives=((NO, Reason("A", "B.", expected=0, actual="x")), (customer_required(),)),
    )
    assert Reason.from_json(reason.to_json()) == reason
    assert reason.to_json()["expected"] == {"minor": 2500, "currency": "EUR"}
    assert reason.to_json()["actual"] == {"instant": "2026-07-22T15:00:00+00:00"}
    assert NO.to_json() == {"code": "MINIMUM_SPEND_NOT_REACHED", "message": "Too little."}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"message": "x"}, "code"),
        ({"code": "A", "message": "x", "expected": {"when": 1}}, "expected.minor"),
        ({"code": "A", "message": "x", "actual": {"instant": "noon"}}, "actual"),
        ({"code": "A", "message": "x", "missing": True}, "missing"),
        ({"code": "A", "message": "x", "alternatives": [["A"]]}, "alternatives[0][0]"),
    ],
)
def test_data_that_is_no_reason_is_refused_with_its_path(data: object, path: str) -> None:
    with pytest.raises(ReasonError) as refused:
        Reason.from_json(data)
    assert refused.value.path == path


def test_a_question_without_an_answer_is_told_from_a_no() -> None:
    nobody, foreign = customer_required(), currency_mismatch("USD", "EUR")
    assert undecided((nobody, foreign))
    assert not undecided((nobody, NO))
    assert not undecided(())
    assert Reason("X", "y.", alternatives=((NO,), (nobody,))).undecided
    assert not Reason("X", "y.", alternatives=((NO,), (nobody, NO))).undecided
