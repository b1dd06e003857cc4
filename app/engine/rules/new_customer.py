"""new_customer: whom the company did not know before this very cart is as new as can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from app.engine.facts import Need, Profile, Situation
from app.engine.history import check_days
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class NewCustomer:
    """The customer must not have been known to the company for longer than so many days."""

    known_days: int = field(
        metadata=says(
            "For how many days of 24 hours at most, since the customer was first told of.", unit="days"
        )
    )

    needs: ClassVar[frozenset[Need]] = frozenset({Profile()})
    profile: ClassVar[frozenset[str]] = frozenset({"known_since"})
    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "new_customer", "known_days": 30}

    def __post_init__(self) -> None:
        check_days("known_days", self.known_days)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED when nobody is named, NOT_A_NEW_CUSTOMER with the full days that have gone by."""
        shopper = situation.facts.shopper
        if situation.facts.customer is None or shopper is None:
            return (customer_required(),)
        since = shopper.known_since
        if since is None or situation.now - since <= timedelta(days=self.known_days):
            return ()
        days = (situation.now - since).days
        return (
            Reason(
                "NOT_A_NEW_CUSTOMER",
                f"This offer is for customers of the last {_days(self.known_days)}; "
                f"this one has been known for {_days(days)}.",
                subject="customer.created_at",
                expected=self.known_days,
                actual=days,
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """Since when the customer is known; nothing where that is since now."""
        shopper = situation.facts.shopper
        return None if shopper is None else shopper.known_since


def _days(number: int) -> str:
    return "day" if number == 1 else f"{number} days"
