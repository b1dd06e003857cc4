"""first_purchase: a purchase is a redemption in the project that has not been rolled back.

Several codes redeemed together are one purchase: none of them makes the next one a second purchase.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from app.engine.facts import Need, PastRedemptions, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import Family

EVER = PastRedemptions()


@rules.add
@dataclass(frozen=True, slots=True)
class FirstPurchase:
    """The customer must not have redeemed anything before."""

    needs: ClassVar[frozenset[Need]] = frozenset({EVER})
    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "first_purchase"}

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED when nobody is named, NOT_FIRST_PURCHASE when there were redemptions before."""
        if situation.facts.customer is None:
            return (customer_required(),)
        before = situation.facts.answers[EVER]
        if before == 0:
            return ()
        times = "once" if before == 1 else f"{before} times"
        return (
            Reason(
                "NOT_FIRST_PURCHASE",
                f"This offer is for a first purchase; the customer has redeemed {times} before.",
                subject="customer.redemptions",
                expected=0,
                actual=before,
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """How often the customer has redeemed before."""
        facts = situation.facts
        return None if facts.customer is None else facts.answers[EVER]
