"""Every reason has a cause: a new code that nobody has classified fails here."""

from app.demand.causes import CAUSES, Cause
from app.demand.in_words import _WORDS
from graphql_schema.disclosure import CODE_NOT_USABLE
from tests.docs.test_errors import documented


def test_every_code_that_is_explained_has_a_cause() -> None:
    assert set(CAUSES) == documented("Reasons") - {CODE_NOT_USABLE.code}


def test_every_cause_can_be_told_and_has_a_place_of_its_own() -> None:
    assert set(_WORDS) == set(Cause)
    assert [cause.rank for cause in Cause] == list(range(len(Cause)))


def test_every_cause_is_that_of_some_code_or_of_how_far_a_minimum_was_missed() -> None:
    assert set(Cause) - set(CAUSES.values()) == {Cause.MINIMUM_FAR_AWAY, Cause.MINIMUM_NEARLY_REACHED}
