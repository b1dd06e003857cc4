"""nth_item: the items in a row, from the dearest, the cheapest or as listed; every so many-th of them costs less.

With every 2nd at half price, mugs at 9.00, 8.00, 5.00 and 3.00 EUR stand in a row from the dearest on: those at 8.00
and 3.00 EUR cost half, so 5.50 EUR are taken off. With every 3rd after a `skip` of 1, of 10 mugs the 2nd, 5th and 8th
cost less.

Where items cost the same, nobody can tell which of them is the n-th: those of the earlier lines are. The percentage is
taken of all that cost less, rounded half up, once, and split over their lines.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import ClassVar

from app.engine.cart import Cart
from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.line_units import (
    MOST_UNITS,
    WhichFirst,
    check_quantity,
    costs,
    not_enough,
    price_of_one,
    take,
)
from app.engine.money import split
from app.engine.percentage import check_percent, percent_of
from app.engine.reason import Reason
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, UnitError, says


@rewards.add
@dataclass(frozen=True, slots=True)
class NthItem:
    """Every second, third or n-th of certain items is free or costs less."""

    every: int = field(metadata=says("2 for every second one, 3 for every third one.", unit="items"))
    items: Items = field(metadata=says("The items that are counted; {} for all."))
    percent: Decimal = field(
        default=Decimal(100), metadata=says("What is taken off them; 100 makes them free.", unit="percent")
    )
    skip: int | None = field(
        default=None,
        metadata=says(
            "How many come before the first one that costs less; one less than `every` if not given.",
            unit="items",
        ),
    )
    first: WhichFirst | None = field(
        default=None,
        metadata=says("Which of them the counting begins with; the most expensive if not given."),
    )
    units_at_most: int | None = field(
        default=None, metadata=says("How many of them cost less at most.", unit="items")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "nth_item",
        "every": 2,
        "items": {"categories": ["shoes"]},
        "percent": "50",
    }

    def __post_init__(self) -> None:
        check_quantity("every", self.every)
        check_percent("percent", self.percent)
        if self.skip is not None and not 0 <= self.skip < MOST_UNITS:
            raise UnitError("skip", f"Must be from 0 to {MOST_UNITS - 1}.")
        if self.units_at_most is not None:
            check_quantity("units_at_most", self.units_at_most)

    @property
    def before(self) -> int:
        """How many items come before the first one that costs less."""
        return self.every - 1 if self.skip is None else self.skip

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """NOT_ENOUGH_ITEMS when there is no n-th item, CURRENCY_MISMATCH."""
        if undecided := self.items.refusals(situation.cart):
            return undecided
        there = sum([line.quantity for line in self.items.among(situation.cart)])
        return () if there > self.before else (not_enough(self.items, self.before + 1, there),)

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The percentage of what every n-th item still costs."""
        cart, taken = situation.cart, [0] * len(remaining)
        passed = 0
        for places in self._alike(cart, remaining):
            units = sum([cart.lines[place].quantity for place in places])
            nth = self._nth_among(passed + units) - self._nth_among(passed)
            taken = [so_far + more for so_far, more in zip(taken, take(places, nth, cart), strict=True)]
            passed += units
        meant = costs(taken, cart, remaining)
        return split(percent_of(self.percent, sum(meant)), meant)

    def _alike(self, cart: Cart, remaining: tuple[int, ...]) -> Iterator[list[int]]:
        """The lines in the order of the counting, those of one price together."""
        places = [place for place, line in enumerate(cart.lines) if self.items.matches(line)]
        if self.first is WhichFirst.AS_LISTED:
            yield from [[place] for place in places]
            return
        prices = {place: price_of_one(cart, remaining, place) for place in places}
        places.sort(key=prices.__getitem__, reverse=self.first is not WhichFirst.CHEAPEST)
        for _, together in groupby(places, key=prices.__getitem__):
            yield list(together)

    def _nth_among(self, units: int) -> int:
        """How many of the first so many items cost less."""
        nth = max(0, (units - self.before - 1) // self.every + 1)
        return nth if self.units_at_most is None else min(nth, self.units_at_most)
