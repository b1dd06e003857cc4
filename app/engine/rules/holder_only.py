"""holder_only: somebody's code is no use to others anyway; this also refuses a code that was given to nobody.

It is a rule about the code, not about the customer alone: no segment can be made of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family


@rules.add
@dataclass(frozen=True, slots=True)
class HolderOnly:
    """The code must have been given to this very customer."""

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "holder_only"}

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED when nobody is named, NOT_THE_HOLDER when the code is somebody else's or nobody's."""
        customer = situation.facts.customer
        if customer is None:
            return (customer_required(),)
        if situation.holder == customer:
            return ()
        return (
            Reason(
                "NOT_THE_HOLDER",
                "This code is only for the customer whom it was given to.",
                subject="voucher.holder",
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """Nothing: whose code it is, is not for everybody."""
        return None
