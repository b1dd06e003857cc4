"""running_subtotal: what the lines still cost when it is this code's turn; minimum_spend is about the whole cart.

With 10 % off first, a code for carts of 100 and more is refused on a cart of 105: 94.50 are left.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.reason import Reason, Value, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.selection import check_limits
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class RunningSubtotal:
    """The lines, less what the codes before this one take off, must come to a certain amount."""

    amount_at_least: Money | None = field(
        default=None, metadata=says("What they must still come to, without shipping; more than zero.")
    )
    amount_at_most: Money | None = field(
        default=None, metadata=says("What they may still come to at the highest, without shipping.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "running_subtotal",
        "amount_at_least": {"minor": 10000, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        check_limits(self.amount_at_least, self.amount_at_most)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """RUNNING_SUBTOTAL_TOO_LOW or RUNNING_SUBTOTAL_TOO_HIGH with the exact amount that is missing, or over."""
        cart, least, most = situation.cart, self.amount_at_least, self.amount_at_most
        limit = least or most
        if limit is not None and limit.currency != cart.currency:
            return (currency_mismatch(limit.currency, cart.currency),)
        left = situation.running_subtotal
        # After other codes nobody knows how much of what is added, or taken out, they would take off as well.
        is_whole = left == cart.subtotal
        if least is not None and left < least.minor:
            missing = Money(least.minor - left, cart.currency)
            return (
                Reason(
                    "RUNNING_SUBTOTAL_TOO_LOW",
                    f"The goods still come to {Money(left, cart.currency)} when it is this code's turn; "
                    f"this offer starts at {least}.",
                    subject="cart.running_subtotal",
                    expected=least,
                    actual=Money(left, cart.currency),
                    missing=missing,
                    remedy=f"Add {missing} more." if is_whole else None,
                    change=Change(Act.ADD_AMOUNT, missing) if is_whole else None,
                ),
            )
        if most is not None and left > most.minor:
            over = Money(left - most.minor, cart.currency)
            return (
                Reason(
                    "RUNNING_SUBTOTAL_TOO_HIGH",
                    f"The goods still come to {Money(left, cart.currency)} when it is this code's turn; "
                    f"this offer ends at {most}.",
                    subject="cart.running_subtotal",
                    expected=most,
                    actual=Money(left, cart.currency),
                    missing=over,
                    remedy=f"Take out {over} or more." if is_whole else None,
                    change=Change(Act.REMOVE_AMOUNT, over) if is_whole else None,
                ),
            )
        return ()

    def actual(self, situation: Situation) -> Value | None:
        """What the lines still come to."""
        return Money(situation.running_subtotal, situation.cart.currency)
