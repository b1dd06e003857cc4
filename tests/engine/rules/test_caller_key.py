"""The key that asks."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.engine.facts import Situation
from app.engine.occasion import Occasion
from app.engine.reason import Reason
from app.engine.rules.caller_key import CallerKey
from app.engine.shelf import rules
from app.engine.unit import UnitError
from tests.engine.shop import situation

OURS, THEIRS = UUID(int=1), UUID(int=2)
RULE = CallerKey((OURS,))


def asked_by(key: UUID | None) -> Situation:
    return replace(situation(), occasion=Occasion(key=key))


def test_the_key_itself_may() -> None:
    assert RULE.refusals(asked_by(OURS)) == ()


@pytest.mark.parametrize("key", [THEIRS, None])
def test_another_key_may_not_and_no_id_is_told(key: UUID | None) -> None:
    assert RULE.refusals(asked_by(key)) == (
        Reason("KEY_NOT_ACCEPTED", "This offer cannot be used here.", subject="key"),
    )
    assert RULE.actual(asked_by(key)) is None


def test_keys_are_written_as_their_ids() -> None:
    assert rules.to_json(RULE) == {"kind": "caller_key", "keys": [str(OURS)]}


@pytest.mark.parametrize("keys", [(), (OURS, OURS)])
def test_no_key_and_one_twice_are_refused(keys: tuple[UUID, ...]) -> None:
    with pytest.raises(UnitError, match=r"^keys: Must name at least one, each once\.$"):
        CallerKey(keys)


def test_too_many_keys_are_refused() -> None:
    with pytest.raises(UnitError, match=r"^keys: Must not have more than 50 items\.$"):
        CallerKey(tuple(UUID(int=n) for n in range(51)))
