"""cart_metadata: values are compared as texts, as app/engine/metadata.py says."""

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
class CartMetadata:
    """The cart's metadata must have a key, with one of certain values if some are named."""

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
        "kind": "cart_metadata",
        "key": "delivery",
        "values": ["pickup", "locker"],
    }

    def __post_init__(self) -> None:
        check_metadata(self.key, self.values)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CART_METADATA_DIFFERS with the values that would do and those that are there."""
        metadata = situation.cart.metadata
        return refusals_of_metadata(
            "CART_METADATA_DIFFERS", "the cart's", "cart.metadata", metadata, self.key, self.values
        )

    def actual(self, situation: Situation) -> Value | None:
        """The first values that are there, as texts."""
        return shown(situation.cart.metadata, self.key)
