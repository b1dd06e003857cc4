"""caller_key: the key that asks, whoever uses it; no reason shows a key's id, for shoppers may read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.metadata import MOST_VALUES
from app.engine.reason import Reason, Value
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says


@rules.add
@dataclass(frozen=True, slots=True)
class CallerKey:
    """The code must be used through one of certain API keys."""

    keys: tuple[UUID, ...] = field(metadata=says("The keys of which any will do.", of="key"))

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "caller_key",
        "keys": ["0198f1de-0000-7000-8000-000000000001"],
    }

    def __post_init__(self) -> None:
        if not self.keys or len(set(self.keys)) != len(self.keys):
            raise UnitError("keys", "Must name at least one, each once.")
        if len(self.keys) > MOST_VALUES:
            raise UnitError("keys", f"Must not have more than {MOST_VALUES} items.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """KEY_NOT_ACCEPTED when another key asks."""
        if situation.occasion.key in self.keys:
            return ()
        return (Reason("KEY_NOT_ACCEPTED", "This offer cannot be used here.", subject="key"),)

    def actual(self, situation: Situation) -> Value | None:
        """Nothing: a key's id is the company's own affair."""
        return None
