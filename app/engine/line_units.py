"""Units: the single pieces that a line stands for, what each still costs, and which of them a reward means.

A line knows only what all its units cost together, and after a discount that need not be a multiple of their number. So
the first n of q units cost n/q of the line, rounded down: of 3 units that still cost 10.00 EUR one costs 3.33, two cost
6.66, all three 10.00. Parts never sum to more than the line, and all units cost exactly what it does.

Which unit is cheaper than another is told by what it still costs; of equal ones the earlier line's comes first. Nothing
here walks through single units: a line may stand for any number of them.
"""

from collections.abc import Iterable, Sequence

from app.engine.cart import Cart
from app.engine.money import Money
from app.engine.parameter import Choice
from app.engine.reason import Reason, currency_mismatch
from app.engine.remedy import Act, Change
from app.engine.selection import Items
from app.engine.unit import UnitError

MOST_UNITS = 2**31 - 1  # as many as GraphQL's Int carries
FINENESS = 107


class WhichFirst(Choice):
    """Which items come first, where not all of them count."""

    CHEAPEST = "CHEAPEST", "Those that cost least at that moment, before dearer ones."
    MOST_EXPENSIVE = "MOST_EXPENSIVE", "Those that cost most at that moment, before cheaper ones."
    AS_LISTED = "AS_LISTED", "Those of the earlier lines of the cart, before later ones."


def check_units(units_at_most: int | None, first: WhichFirst | None) -> None:
    """Raise UnitError unless both are given, or neither is."""
    if units_at_most is not None:
        check_quantity("units_at_most", units_at_most)
    if units_at_most is None and first is not None:
        raise UnitError("first", "Must not be given where all units count.")
    if units_at_most is not None and first is None:
        raise UnitError("first", "Must be given where not all units count.")


def check_quantity(name: str, quantity: int) -> None:
    """Raise UnitError when the parameter called `name` is no number of units."""
    if not 1 <= quantity <= MOST_UNITS:
        raise UnitError(name, f"Must be from 1 to {MOST_UNITS}.")


def check_amount(name: str, amount: Money, items: Items) -> None:
    """Raise UnitError for less than one minor unit, or for items with prices in another currency."""
    if amount.minor < 1:
        raise UnitError(name, "Must be more than zero.")
    check_currency(amount.currency, items)


def check_currency(currency: str, items: Items) -> None:
    """Raise UnitError for items with prices in another currency than the reward's."""
    if items.currency not in (None, currency):
        raise UnitError("items", f"Must have prices in {currency}, as the reward.")


def refusals_of_items(items: Items, cart: Cart, amount: Money | None = None) -> tuple[Reason, ...]:
    """CURRENCY_MISMATCH with the amount or the items' prices; NOT_ENOUGH_ITEMS when the cart holds none of them."""
    if amount is not None and amount.currency != cart.currency:
        return (currency_mismatch(amount.currency, cart.currency),)
    if reasons := items.refusals(cart):
        return reasons
    return () if any(map(items.matches, cart.lines)) else (not_enough(items, 1, 0),)


def not_enough(items: Items, expected: int, actual: int) -> Reason:
    """The cart has `actual` units for what takes `expected` of them."""
    missing = expected - actual
    units = "1 item" if expected == 1 else f"{expected} items"
    return Reason(
        "NOT_ENOUGH_ITEMS",
        f"This offer takes {units}{items.clause}; the cart has {actual} for it.",
        subject="cart.lines",
        expected=expected,
        actual=actual,
        missing=missing,
        remedy=f"Add {missing} more{items.clause}.",
        change=Change(Act.ADD_ITEMS, quantity=missing, items=items.for_change),
    )


def price_of_one(cart: Cart, remaining: Sequence[int], place: int) -> int:
    """What one unit of the line at that place still costs, to tell the cheaper from the dearer and from nothing else.

    It is in 2**-FINENESS minor units, rounded down, and yet exact: a line that costs anything has at most 2**53 units,
    so two different prices differ by 2**-106 or more. (Fractions say the same, four times slower.)
    """
    return (remaining[place] << FINENESS) // cart.lines[place].quantity


def chosen(
    items: Items, units_at_most: int | None, first: WhichFirst | None, cart: Cart, remaining: Sequence[int]
) -> tuple[int, ...]:
    """How many units of each line are meant: all that match, or so many of them, those first."""
    places = [place for place, line in enumerate(cart.lines) if items.matches(line)]
    if first in (WhichFirst.CHEAPEST, WhichFirst.MOST_EXPENSIVE):
        places.sort(
            key=lambda place: price_of_one(cart, remaining, place),
            reverse=first is WhichFirst.MOST_EXPENSIVE,
        )
    return take(places, units_at_most, cart)


def take(places: Iterable[int], most: int | None, cart: Cart) -> tuple[int, ...]:
    """How many units of each line are taken, when at most so many are, from the lines at these places in turn."""
    taken = [0] * len(cart.lines)
    left = most
    for place in places:
        quantity = cart.lines[place].quantity
        taken[place] = quantity if left is None else min(quantity, left)
        if left is not None:
            left -= taken[place]
    return tuple(taken)


def costs(taken: Sequence[int], cart: Cart, remaining: Sequence[int]) -> tuple[int, ...]:
    """What so many units of each line still cost, in minor units."""
    return tuple(
        [
            left * units // line.quantity
            for units, line, left in zip(taken, cart.lines, remaining, strict=True)
        ]
    )


def costs_of_all(items: Items, cart: Cart, remaining: Sequence[int]) -> tuple[int, ...]:
    """What each line still costs, in minor units; nothing for those that are not meant."""
    return tuple(
        [left if items.matches(line) else 0 for line, left in zip(cart.lines, remaining, strict=True)]
    )
