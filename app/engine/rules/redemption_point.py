"""redemption_point: a merchant key has its own, whatever the request says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.chosen import check_words, differs
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class RedemptionPoint:
    """The code must be used at one of certain redemption points."""

    points: tuple[str, ...] = field(
        metadata=says("The points of which any will do, in the shop's own words.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "redemption_point", "points": ["Nowy Świat 12"]}

    def __post_init__(self) -> None:
        check_words("points", self.points)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """REDEMPTION_POINT_DIFFERS with the words that would do."""
        actual = situation.occasion.redemption_point
        if actual in self.points:
            return ()
        return (
            differs("REDEMPTION_POINT_DIFFERS", "redemption_point", "redemption point", self.points, actual),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The redemption point, if it is given."""
        return situation.occasion.redemption_point
