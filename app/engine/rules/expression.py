"""expression: whatever the other rules cannot say. Where something is missing that it asks for, it does not hold.

The expression is never shown to shoppers: what they are told is the `message`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.expression import Computation, NotEvaluated, condition
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value, customer_required
from app.engine.shelf import rules
from app.engine.unit import LONGEST_TEXT, Family, UnitError, says


@rules.add
@dataclass(frozen=True, slots=True)
class Expression:
    """An expression over the cart, the customer, the redemption and the moment must be true."""

    expression: str = field(metadata=says("The condition, up to 1000 characters.", unit="CEL"))
    message: str | None = field(
        default=None, metadata=says("What shoppers are told where it does not hold: a sentence.")
    )
    # Compiled once: it is asked for every cart.
    _computation: Computation = field(init=False, repr=False, compare=False)

    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "expression",
        "expression": "cart.lines.filter(l, 'shoes' in l.categories).map(l, l.amount).sum() * 2 >= cart.subtotal",
        "message": "At least half of the goods must be shoes.",
    }

    def __post_init__(self) -> None:
        object.__setattr__(self, "_computation", condition("expression", self.expression))
        if self.message is None:
            return
        if not 0 < len(self.message) <= LONGEST_TEXT or not self.message.endswith("."):
            raise UnitError(
                "message", f"Must be a sentence of up to {LONGEST_TEXT} characters, with a full stop."
            )

    @property
    def needs(self) -> frozenset[Need]:
        """The customer's own data, if it asks for the customer."""
        return self._computation.needs

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """EXPRESSION_NOT_TRUE; CUSTOMER_REQUIRED when it asks for the customer and nobody is named."""
        if self._computation.asks_for_customer and situation.facts.shopper is None:
            return (customer_required(),)
        if self.actual(situation) == "true":
            return ()
        return (
            Reason(
                "EXPRESSION_NOT_TRUE",
                self.message or "This offer has a condition that this order does not meet.",
                subject="rule",
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """`true` or `false`; nothing where something is missing that it asks for."""
        try:
            return "true" if self._computation.evaluate(situation) is True else "false"
        except NotEvaluated:
            return None
