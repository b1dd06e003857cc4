"""Several ways to mend a refusal: all of them told, the cheapest one as a change."""

from datetime import timedelta

import pytest

from app.engine.reason import Reason
from app.engine.remedy import Act, Change
from app.engine.ways import change_of, message_of, remedy_of
from tests.engine.shop import NOW, eur

SIGN_IN, LATER = Change(Act.SIGN_IN), Change(Act.COME_AT, at=NOW + timedelta(days=1))
MUCH, LITTLE = Change(Act.ADD_AMOUNT, eur("9.00")), Change(Act.ADD_AMOUNT, eur("4.10"))
TWO, ONE = Change(Act.ADD_ITEMS, quantity=2), Change(Act.ADD_ITEMS, quantity=1)
SOONER = Change(Act.COME_AT, at=NOW + timedelta(hours=1))


def refused(change: Change | None) -> Reason:
    """A reason that the change mends."""
    return Reason("NO", "No.", remedy=None if change is None else f"{change.act}.", change=change)


def ways(*changes: tuple[Change | None, ...]) -> list[tuple[Reason, ...]]:
    return [tuple(map(refused, way)) for way in changes]


@pytest.mark.parametrize(
    ("changes", "cheapest"),
    [
        ([(MUCH,), (LITTLE,)], LITTLE),
        ([(TWO,), (ONE,)], ONE),
        ([(LATER,), (SOONER,)], SOONER),
        ([(SOONER,), (MUCH,), (SIGN_IN,)], SIGN_IN),
        ([(SOONER,), (MUCH,)], MUCH),  # waiting comes last
        ([(LITTLE, ONE), (MUCH,)], MUCH),  # what takes two is no single change
        ([(LATER, LATER)], LATER),  # but twice the same is one
        ([(None,), (MUCH, None)], None),
        ([], None),
    ],
)
def test_the_cheapest_change_that_is_enough_by_itself_is_named(
    changes: list[tuple[Change | None, ...]], cheapest: Change | None
) -> None:
    assert change_of(ways(*changes)) == cheapest


def test_what_stands_in_each_way_is_one_sentence() -> None:
    assert message_of(ways((None, ONE), (None,))) == (
        "One of 2 conditions must hold, and none does: No. No; or: No."
    )


def test_every_way_that_leads_through_is_told() -> None:
    assert remedy_of(ways((MUCH, SIGN_IN), (None, MUCH), (LATER, LATER))) == (
        "ADD_AMOUNT. SIGN_IN. Or: COME_AT."
    )
    assert remedy_of(ways((None,))) is None
