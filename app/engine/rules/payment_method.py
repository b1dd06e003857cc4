"""payment_method: the words are the shop's own, compared letter by letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.chosen import check_words, differs
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.reason import Reason, Value
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, says


@rules.add
@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """The order must be paid in one of certain ways."""

    methods: tuple[str, ...] = field(
        metadata=says("The ways of paying of which any will do, in the shop's own words.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "payment_method", "methods": ["blik", "card"]}

    def __post_init__(self) -> None:
        check_words("methods", self.methods)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """PAYMENT_METHOD_DIFFERS with the words that would do."""
        actual = situation.cart.payment_method
        if actual in self.methods:
            return ()
        return (
            differs("PAYMENT_METHOD_DIFFERS", "cart.payment_method", "payment method", self.methods, actual),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The payment method, if it is given."""
        return situation.cart.payment_method
