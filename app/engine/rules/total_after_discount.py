"""total_after_discount: what is left to pay, shipping and all, once the code itself has taken off what it would.

It is judged after the reward. How much must be added to the cart nobody can tell: the reward may take that off, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, OwnDiscount, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.reason import Reason, Value, currency_mismatch
from app.engine.selection import check_limits
from app.engine.shelf import rules
from app.engine.unit import Family, says

TOTAL_AFTER_DISCOUNT_TOO_LOW = "TOTAL_AFTER_DISCOUNT_TOO_LOW"
TOTAL_AFTER_DISCOUNT_TOO_HIGH = "TOTAL_AFTER_DISCOUNT_TOO_HIGH"


@rules.add
@dataclass(frozen=True, slots=True)
class TotalAfterDiscount:
    """What is left to pay after this code's own discount must be a certain amount."""

    amount_at_least: Money | None = field(
        default=None, metadata=says("What must be left to pay, with shipping; more than zero.")
    )
    amount_at_most: Money | None = field(
        default=None, metadata=says("What may be left to pay at the highest, with shipping.")
    )

    needs: ClassVar[frozenset[Need]] = frozenset({OwnDiscount()})
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "total_after_discount",
        "amount_at_least": {"minor": 1, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        check_limits(self.amount_at_least, self.amount_at_most)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """TOTAL_AFTER_DISCOUNT_TOO_LOW or TOTAL_AFTER_DISCOUNT_TOO_HIGH; `missing` is how far off."""
        cart, least, most = situation.cart, self.amount_at_least, self.amount_at_most
        limit = least or most
        if limit is not None and limit.currency != cart.currency:
            return (currency_mismatch(limit.currency, cart.currency),)
        left = _left(situation)
        if least is not None and left < least.minor:
            return (_reason(TOTAL_AFTER_DISCOUNT_TOO_LOW, "at least", least, Money(left, cart.currency)),)
        if most is not None and left > most.minor:
            return (_reason(TOTAL_AFTER_DISCOUNT_TOO_HIGH, "at most", most, Money(left, cart.currency)),)
        return ()

    def actual(self, situation: Situation) -> Value | None:
        """What is left to pay."""
        return Money(_left(situation), situation.cart.currency)


def _left(situation: Situation) -> int:
    return situation.running_total - situation.own_discount


def _reason(code: str, told: str, limit: Money, left: Money) -> Reason:
    return Reason(
        code,
        f"With this code {left} would be left to pay; this offer wants {told} {limit} to be.",
        subject="total",
        expected=limit,
        actual=left,
        missing=Money(abs(limit.minor - left.minor), limit.currency),
    )
