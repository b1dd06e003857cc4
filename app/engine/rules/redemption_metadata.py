"""redemption_metadata: that of the request, not of the cart; compared as texts, as app/engine/metadata.py says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.metadata import check_metadata
from app.engine.metadata_reason import refusals_of_metadata, shown
from app.engine.reason import Reason, Value
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class RedemptionMetadata:
    """The redemption's metadata must have a key, with one of certain values if some are named."""

    key: str = field(metadata=says("The key that must be there."))
    values: tuple[str, ...] = field(
        default=(),
        metadata=says(
            "The values of which one must be there, as texts: 5 is written 5, true is written true, of a list one "
            "item is enough. When none is named, any value will do."
        ),
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "redemption_metadata",
        "key": "cashier",
        "values": ["trainee"],
    }

    def __post_init__(self) -> None:
        check_metadata(self.key, self.values)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """REDEMPTION_METADATA_DIFFERS with the values that would do and those that are there."""
        metadata = situation.occasion.metadata
        return refusals_of_metadata(
            "REDEMPTION_METADATA_DIFFERS", "the redemption's", "metadata", metadata, self.key, self.values
        )

    def actual(self, situation: Situation) -> Value | None:
        """The first values that are there, as texts."""
        return shown(situation.occasion.metadata, self.key)
