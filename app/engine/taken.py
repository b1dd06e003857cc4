"""Taken: what a code took off once, as a reward that takes off the same again, as far as that much is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason
from app.engine.unit import NOTHING, OffShipping


@dataclass(frozen=True, slots=True)
class Taken(OffShipping):
    """Minor units of each line and of the shipping. No campaign can offer it: it stands on no shelf."""

    lines: tuple[int, ...]
    shipping: int = 0

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {}

    def refusals(self, _situation: Situation) -> tuple[Reason, ...]:
        """Nothing stands against what was granted."""
        return ()

    def discount(self, _situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """What was taken off each line."""
        return tuple([min(pair) for pair in zip(self.lines, remaining, strict=True)])

    def shipping_discount(self, _situation: Situation, remaining: int) -> int:
        """What was taken off the shipping."""
        return min(self.shipping, remaining)
