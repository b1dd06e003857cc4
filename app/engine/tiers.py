"""Tiers: the more certain items are, in money or in number, the more is given; the highest tier that is reached counts.

What counts is the cart before any discount, as it does for rules: codes that are applied earlier never push a cart back
into a lower tier.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from app.engine.cart import Cart
from app.engine.line_units import check_currency, check_quantity, not_enough
from app.engine.money import Money
from app.engine.parameter import Compound
from app.engine.reason import Reason, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.selection import Items
from app.engine.unit import UnitError, says

MOST_TIERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Compound):
    """The base of tiers: from where on it counts. What is given there is the subclass's own parameter."""

    spend_at_least: Money | None = field(
        default=None,
        metadata=says("What the items must come to, before discounts; or how many there must be."),
    )
    quantity_at_least: int | None = field(
        default=None, metadata=says("How many items there must be; or what they must come to.", unit="items")
    )

    def __post_init__(self) -> None:
        if (self.spend_at_least is None) == (self.quantity_at_least is None):
            raise UnitError("spend_at_least", "Must be given, or the number of items; not both.")
        if self.spend_at_least is not None and self.spend_at_least.minor < 1:
            raise UnitError("spend_at_least", "Must be more than zero.")
        if self.quantity_at_least is not None:
            check_quantity("quantity_at_least", self.quantity_at_least)

    @property
    def begins(self) -> int:
        """From where on it counts: minor units, or a number of items."""
        return self.quantity_at_least or (self.spend_at_least.minor if self.spend_at_least else 0)

    @property
    def currency(self) -> str | None:
        """The currency of the spend; None where items are counted."""
        return self.spend_at_least.currency if self.spend_at_least else None


T = TypeVar("T", bound=Tier)


def check_tiers(tiers: Sequence[Tier], items: Items) -> None:
    """Raise UnitError unless there are 1 to 20 tiers, all of one measure and currency, each above the one before."""
    if not 1 <= len(tiers) <= MOST_TIERS:
        raise UnitError("tiers", f"Must be from 1 to {MOST_TIERS}.")
    first = tiers[0]
    if first.currency is not None:
        check_currency(first.currency, items)
    name = "quantity_at_least" if first.currency is None else "spend_at_least"
    for place, (lower, tier) in enumerate(pairwise(tiers), start=1):
        if tier.currency != first.currency:
            raise UnitError(
                f"tiers[{place}].{name}", "Must be given as in the first tier, in the same currency."
            )
        if tier.begins <= lower.begins:
            raise UnitError(f"tiers[{place}].{name}", "Must be above the tier before.")


def refusals_of_tiers(tiers: Sequence[Tier], items: Items, cart: Cart) -> tuple[Reason, ...]:
    """ITEMS_AMOUNT_TOO_LOW or NOT_ENOUGH_ITEMS below the first tier, with what is missing; CURRENCY_MISMATCH."""
    lowest = tiers[0]
    if lowest.currency not in (None, cart.currency):
        return (currency_mismatch(str(lowest.currency), cart.currency),)
    if undecided := items.refusals(cart):
        return undecided
    there = _measured(lowest, items, cart)
    if there >= lowest.begins:
        return ()
    if lowest.spend_at_least is None:
        return (not_enough(items, lowest.begins, there),)
    actual, missing = Money(there, cart.currency), Money(lowest.begins - there, cart.currency)
    return (
        Reason(
            "ITEMS_AMOUNT_TOO_LOW",
            f"The cart holds {actual} of at least {lowest.spend_at_least}{items.clause}.",
            subject="cart.lines",
            expected=lowest.spend_at_least,
            actual=actual,
            missing=missing,
            remedy=f"Add {missing} more{items.clause}.",
            change=Change(Act.ADD_AMOUNT, missing, items=items.for_change),
        ),
    )


def reached(tiers: Sequence[T], items: Items, cart: Cart) -> T:
    """The highest tier that the cart reaches; it must reach the first."""
    there = _measured(tiers[0], items, cart)
    return [tier for tier in tiers if tier.begins <= there][-1]


def _measured(tier: Tier, items: Items, cart: Cart) -> int:
    """What certain items come to before discounts, or how many there are, whichever the tier asks for."""
    meant = items.among(cart)
    return sum([line.quantity if tier.currency is None else line.amount for line in meant])
