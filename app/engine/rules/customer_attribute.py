"""customer_attribute: values are compared as app/engine/comparison.py says.

Refusals are kept for ever, so none of them has the customer's name or address in it; nor does the message say what was
wanted, for that may be other people's addresses.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.comparison import Comparison
from app.engine.facts import Need, Profile, Situation
from app.engine.json_data import JSONValue
from app.engine.parameter import Choice
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.shopper import Shopper
from app.engine.unit import Family, says

CUSTOMER_ATTRIBUTE_DIFFERS = "CUSTOMER_ATTRIBUTE_DIFFERS"


class CustomerAttributes(Choice):
    """What is known of every customer, if it was told."""

    NAME = "NAME", "The name."
    EMAIL = "EMAIL", "The e-mail address."
    SOURCE_ID = "SOURCE_ID", "The company's own id of the customer."


@rules.add
@dataclass(frozen=True, slots=True)
class CustomerAttribute:
    """The customer's name, e-mail address or source id must be like this."""

    attribute: CustomerAttributes = field(metadata=says("Which of them."))
    comparison: Comparison = field(metadata=says("What it must be like."))

    needs: ClassVar[frozenset[Need]] = frozenset({Profile()})
    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "customer_attribute",
        "attribute": "EMAIL",
        "comparison": {"operator": "ENDS_WITH", "values": ["@example.com"]},
    }

    @property
    def profile(self) -> frozenset[str]:
        """The part of the customer's data that it looks at."""
        return frozenset({self.attribute.value.lower()})

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED when nobody is named, CUSTOMER_ATTRIBUTE_DIFFERS with what was wanted."""
        shopper = situation.facts.shopper
        if situation.facts.customer is None or shopper is None:
            return (customer_required(),)
        if self.comparison.holds(self.of(shopper)):
            return ()
        return (
            Reason(
                CUSTOMER_ATTRIBUTE_DIFFERS,
                "This offer is for certain customers, and this is not one of them.",
                subject=f"customer.{self.attribute.value.lower()}",
                expected=str(self.comparison),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The attribute."""
        shopper = situation.facts.shopper
        return None if situation.facts.customer is None or shopper is None else self.of(shopper)

    def of(self, shopper: Shopper) -> str | None:
        """The attribute of that shopper."""
        if self.attribute is CustomerAttributes.NAME:
            return shopper.name
        return shopper.email if self.attribute is CustomerAttributes.EMAIL else shopper.source_id
