"""Value of this room: a rollback, what one of them took back from a redemption."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any  # event payloads are JSON
from uuid import UUID


class RollbackPolicy(StrEnum):
    """What becomes of the discount when some of the goods come back."""

    KEEP_SHARE = "KEEP_SHARE"
    """Each unit takes its share of the discount with it; what is kept keeps its own."""
    CLAW_BACK_IF_UNQUALIFIED = "CLAW_BACK_IF_UNQUALIFIED"
    """As KEEP_SHARE, but a code for which the smaller cart does not qualify loses all of its discount."""
    RECALCULATE = "RECALCULATE"
    """All codes are evaluated anew on what is kept."""


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units of one cart line (`line` counts from 0) that came back, and the `discounts` that went with them.

    One for each code of the redemption, in its order. A line may lose discount though none of its units came back
    (quantity 0), and RECALCULATE may move discount to it (less than 0). `not_recovered` should have been lost too, but
    the refund would have been negative.
    """

    line: int
    quantity: int
    discounts: tuple[int, ...]
    not_recovered: int = 0

    @property
    def discount(self) -> int:
        """What the line lost, of all codes together."""
        return sum(self.discounts)

    def to_json(self) -> dict[str, Any]:
        """The line as ledger and events hold it."""
        return {
            "line": self.line,
            "quantity": self.quantity,
            "discount": self.discount,
            "discounts": list(self.discounts),
            "not_recovered": self.not_recovered,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ReturnedLine":
        """What `to_json` wrote."""
        return cls(data["line"], data["quantity"], tuple(data["discounts"]), data["not_recovered"])


@dataclass(frozen=True, slots=True)
class ReturnedShipping:
    """What the codes of the redemption, in its order, lost of their discounts on the shipping.

    `not_recovered` should have been lost too, but the refund would have been negative.
    """

    discounts: tuple[int, ...]
    not_recovered: int = 0

    @property
    def discount(self) -> int:
        """What was lost, of all codes together."""
        return sum(self.discounts)

    def to_json(self) -> dict[str, Any]:
        """As ledger and events hold it."""
        return {"discounts": list(self.discounts), "not_recovered": self.not_recovered}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "ReturnedShipping | None":
        """What `to_json` wrote, if there is something."""
        return None if data is None else cls(tuple(data["discounts"]), data["not_recovered"])


@dataclass(frozen=True, slots=True)
class Rollback:
    """What one rollback took back. Amounts are minor units of the redemption's currency.

    `subtotal` is what the returned units cost before any discount (with shipping, once everything has come back),
    `discount` what was taken off of that; the shop owes the customer the `refund`, which is never negative. `shipping`
    is there when a discount on the shipping changed, or should have.
    """

    id: UUID
    policy: RollbackPolicy
    lines: tuple[ReturnedLine, ...]
    subtotal: int
    discount: int
    reason: str | None
    created_at: datetime
    shipping: ReturnedShipping | None = None

    @property
    def refund(self) -> int:
        """What the customer gets back."""
        return self.subtotal - self.discount

    @property
    def not_recovered(self) -> int:
        """Discount that the policy would have taken back as well, had the returned units been worth as much."""
        shipping = 0 if self.shipping is None else self.shipping.not_recovered
        return sum(line.not_recovered for line in self.lines) + shipping

    def to_json(self) -> dict[str, Any]:
        """The rollback as an event tells it."""
        return {
            "id": self.id.hex,
            "policy": self.policy.value,
            "lines": [line.to_json() for line in self.lines],
            "subtotal": self.subtotal,
            "discount": self.discount,
            "reason": self.reason,
            "created_at": self.created_at.isoformat(),
            "shipping": None if self.shipping is None else self.shipping.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Rollback":
        """What `to_json` wrote."""
        return cls(
            id=UUID(data["id"]),
            policy=RollbackPolicy(data["policy"]),
            lines=tuple([ReturnedLine.from_json(line) for line in data["lines"]]),
            subtotal=data["subtotal"],
            discount=data["discount"],
            reason=data["reason"],
            created_at=datetime.fromisoformat(data["created_at"]),
            shipping=ReturnedShipping.from_json(data.get("shipping")),
        )
