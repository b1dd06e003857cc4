"""cart_currency: a definite yes or no, unlike CURRENCY_MISMATCH, which says that amounts cannot be compared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import CURRENCIES
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says


@rules.add
@dataclass(frozen=True, slots=True)
class CartCurrency:
    """The cart must be in one of certain currencies."""

    currencies: tuple[str, ...] = field(
        metadata=says("The currencies of which any will do.", unit="ISO 4217")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ORDER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "cart_currency", "currencies": ["EUR", "PLN"]}

    def __post_init__(self) -> None:
        if not self.currencies or len(set(self.currencies)) != len(self.currencies):
            raise UnitError("currencies", "Must name at least one currency, each once.")
        for index, currency in enumerate(self.currencies):
            if currency not in CURRENCIES:
                raise UnitError(f"currencies[{index}]", "Must be an ISO 4217 code such as EUR.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CURRENCY_NOT_ACCEPTED when the cart is in another one."""
        currency = situation.cart.currency
        if currency in self.currencies:
            return ()
        wanted = " or ".join(self.currencies)
        return (
            Reason(
                "CURRENCY_NOT_ACCEPTED",
                f"This offer is for carts in {wanted}; the cart is in {currency}.",
                subject="cart.currency",
                expected=self.currencies,
                actual=currency,
                remedy=f"Pay in {wanted}.",
                change=Change(Act.CHOOSE, path="cart.currency", values=self.currencies),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The cart's currency."""
        return situation.cart.currency
