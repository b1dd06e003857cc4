"""items_amount: what certain items come to before any discount; for the whole cart there are the two spend rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.money import Money
from app.engine.reason import Reason, Value, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.selection import Items, check_limits
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says


@rules.add
@dataclass(frozen=True, slots=True)
class ItemsAmount:
    """Certain items in the cart must come to a certain amount."""

    items: Items = field(metadata=says("The items that count; {} for all."))
    amount_at_least: Money | None = field(
        default=None, metadata=says("What they must come to, before discounts; more than zero.")
    )
    amount_at_most: Money | None = field(
        default=None, metadata=says("What they may come to at the highest, before discounts.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.ITEMS
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "items_amount",
        "items": {"categories": ["shoes"]},
        "amount_at_least": {"minor": 5000, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        check_limits(self.amount_at_least, self.amount_at_most)
        limit = self.amount_at_least or self.amount_at_most
        if limit is not None and self.items.currency not in (None, limit.currency):
            raise UnitError("items", f"Must have prices in {limit.currency}, as the limits.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """ITEMS_AMOUNT_TOO_LOW or _TOO_HIGH; `missing` is how much to add or to take out. CURRENCY_MISMATCH."""
        cart, least, most = situation.cart, self.amount_at_least, self.amount_at_most
        for limit in (least, most):
            if limit is not None and limit.currency != cart.currency:
                return (currency_mismatch(limit.currency, cart.currency),)
        actual = self._there(situation)
        if least is not None and actual.minor < least.minor:
            missing = Money(least.minor - actual.minor, cart.currency)
            return (
                Reason(
                    "ITEMS_AMOUNT_TOO_LOW",
                    f"The cart holds {actual} of at least {least}{self.items.clause}.",
                    subject="cart.lines",
                    expected=least,
                    actual=actual,
                    missing=missing,
                    remedy=f"Add {missing} more{self.items.clause}.",
                    change=Change(Act.ADD_AMOUNT, missing, items=self.items.for_change),
                ),
            )
        if most is not None and actual.minor > most.minor:
            over = Money(actual.minor - most.minor, cart.currency)
            return (
                Reason(
                    "ITEMS_AMOUNT_TOO_HIGH",
                    f"The cart holds {actual} of at most {most}{self.items.clause}.",
                    subject="cart.lines",
                    expected=most,
                    actual=actual,
                    missing=over,
                    remedy=f"Take out {over} or more{self.items.clause}.",
                    change=Change(Act.REMOVE_AMOUNT, over, items=self.items.for_change),
                ),
            )
        return ()

    def actual(self, situation: Situation) -> Value | None:
        """What they come to; None where prices in another currency say which items count."""
        return None if self.items.refusals(situation.cart) else self._there(situation)

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To go below the lower limit, or where there is none above the upper one."""
        there, least, most = self._there(situation), self.amount_at_least, self.amount_at_most
        clause, items = self.items.clause, self.items.for_change
        if least is not None:
            over = Money(there.minor - least.minor + 1, there.currency)
            return f"Take out {over} or more{clause}.", Change(Act.REMOVE_AMOUNT, over, items=items)
        missing = Money((most.minor if most else 0) - there.minor + 1, there.currency)
        return f"Add {missing} more{clause}.", Change(Act.ADD_AMOUNT, missing, items=items)

    def _there(self, situation: Situation) -> Money:
        cart = situation.cart
        return Money(sum(line.amount for line in self.items.among(cart)), cart.currency)
