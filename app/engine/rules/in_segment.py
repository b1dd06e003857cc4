"""in_segment: what a segment asks for is looked up with all the rest; a segment that is gone holds nobody.

The message does not say which segment it is: "people who may leave us" is not for their eyes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from app.engine.facts import Membership, Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import Family, says

NOT_IN_SEGMENT = "NOT_IN_SEGMENT"


@rules.add
@dataclass(frozen=True, slots=True)
class InSegment:
    """The customer must be in a segment."""

    segment: UUID = field(metadata=says("The segment.", of="segment"))

    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "in_segment",
        "segment": "0198a3f2-7c54-7e10-9d2b-4f6a8b1c3d5e",
    }

    @property
    def needs(self) -> frozenset[Need]:
        """The membership, which stands for whatever the segment itself needs."""
        return frozenset({Membership(self.segment)})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED when nobody is named, NOT_IN_SEGMENT with the segment's name, if there still is one."""
        if situation.facts.customer is None:
            return (customer_required(),)
        segment = situation.segments.get(self.segment)
        if segment is not None and segment.holds(situation):
            return ()
        return (
            Reason(
                NOT_IN_SEGMENT,
                "This offer is for certain customers, and this is not one of them.",
                subject="customer.segments",
                expected=None if segment is None else segment.name,
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The segment's name where the customer is in it, else nothing."""
        segment = situation.segments.get(self.segment)
        if situation.facts.customer is None or segment is None or not segment.holds(situation):
            return None
        return segment.name
