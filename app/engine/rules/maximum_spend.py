"""maximum_spend: counts the lines before any discount and without shipping, as minimum_spend does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.reason import Reason, Value, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says


@rules.add
@dataclass(frozen=True, slots=True)
class MaximumSpend:
    """The cart's subtotal must not exceed an amount."""

    amount: Money = field(metadata=says("The highest subtotal, before discounts and without shipping."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "maximum_spend",
        "amount": {"minor": 50000, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        if self.amount.minor < 1:
            raise UnitError("amount", "Must be more than zero.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """MAXIMUM_SPEND_EXCEEDED; `missing` is how much the cart is over."""
        cart, most = situation.cart, self.amount
        if cart.currency != most.currency:
            return (currency_mismatch(most.currency, cart.currency),)
        if cart.subtotal <= most.minor:
            return ()
        actual = Money(cart.subtotal, cart.currency)
        over = Money(cart.subtotal - most.minor, cart.currency)
        return (
            Reason(
                "MAXIMUM_SPEND_EXCEEDED",
                f"The cart comes to {actual}; this offer ends at {most}.",
                subject="cart.subtotal",
                expected=most,
                actual=actual,
                missing=over,
                remedy=f"Take out {over} or more.",
                change=Change(Act.REMOVE_AMOUNT, over),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The cart's subtotal."""
        return Money(situation.cart.subtotal, situation.cart.currency)

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To add as much as the cart is below the amount, and one minor unit."""
        missing = Money(self.amount.minor - situation.cart.subtotal + 1, situation.cart.currency)
        return f"Add {missing} more.", Change(Act.ADD_AMOUNT, missing)
