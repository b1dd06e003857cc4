"""minimum_spend: counts the lines before any discount and without shipping."""

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
class MinimumSpend:
    """The cart's subtotal must reach an amount."""

    amount: Money = field(metadata=says("The least subtotal, before discounts and without shipping."))

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "minimum_spend",
        "amount": {"minor": 2500, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        if self.amount.minor < 1:
            raise UnitError("amount", "Must be more than zero.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """MINIMUM_SPEND_NOT_REACHED with the exact amount that is missing."""
        cart, least = situation.cart, self.amount
        if cart.currency != least.currency:
            return (currency_mismatch(least.currency, cart.currency),)
        if cart.subtotal >= least.minor:
            return ()
        actual, missing = (
            Money(cart.subtotal, cart.currency),
            Money(least.minor - cart.subtotal, cart.currency),
        )
        return (
            Reason(
                "MINIMUM_SPEND_NOT_REACHED",
                f"The cart comes to {actual}; this offer starts at {least}.",
                subject="cart.subtotal",
                expected=least,
                actual=actual,
                missing=missing,
                remedy=f"Add {missing} more.",
                change=Change(Act.ADD_AMOUNT, missing),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The cart's subtotal."""
        return Money(situation.cart.subtotal, situation.cart.currency)

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To take out as much as the cart is above the amount, and one minor unit."""
        over = Money(situation.cart.subtotal - self.amount.minor + 1, situation.cart.currency)
        return f"Take out {over} or more.", Change(Act.REMOVE_AMOUNT, over)
