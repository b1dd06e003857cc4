"""customer_metadata: values are compared as app/engine/comparison.py says.

What the company notes of a customer is not for that customer's eyes: the message names neither key nor value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.comparison import Comparison
from app.engine.facts import Need, Profile, Situation
from app.engine.json_data import JSONValue
from app.engine.metadata import MOST_NAMED, check_metadata, texts_of
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import Family, says

CUSTOMER_METADATA_DIFFERS = "CUSTOMER_METADATA_DIFFERS"


@rules.add
@dataclass(frozen=True, slots=True)
class CustomerMetadata:
    """A key of the customer's metadata must be like this."""

    key: str = field(metadata=says("The key."))
    comparison: Comparison = field(metadata=says("What its value must be like."))

    needs: ClassVar[frozenset[Need]] = frozenset({Profile()})
    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "customer_metadata",
        "key": "tier",
        "comparison": {"operator": "IS", "values": ["gold", "silver"]},
    }

    def __post_init__(self) -> None:
        check_metadata(self.key, ())

    @property
    def profile(self) -> frozenset[str]:
        """The part of the customer's data that it looks at."""
        return frozenset({f"metadata.{self.key}"})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED when nobody is named, CUSTOMER_METADATA_DIFFERS with what was wanted."""
        shopper = situation.facts.shopper
        if situation.facts.customer is None or shopper is None:
            return (customer_required(),)
        if self.comparison.holds(shopper.metadata.get(self.key)):
            return ()
        return (
            Reason(
                CUSTOMER_METADATA_DIFFERS,
                "This offer is for certain customers, and this is not one of them.",
                subject="customer.metadata",
                expected=f"{self.key} {self.comparison}",
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The texts of the value; of many the first."""
        shopper = situation.facts.shopper
        if situation.facts.customer is None or shopper is None:
            return None
        return texts_of(shopper.metadata.get(self.key))[:MOST_NAMED] or None
