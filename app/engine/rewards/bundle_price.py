"""bundle_price: the dearest units that make a bundle make the first one, and so on while a bundle lowers the price.

"Any 3 wines for 20.00 EUR" with wines at 12.00, 10.00, 8.00 and 5.00 EUR makes one bundle of 30.00 EUR, so 10.00 EUR
are taken off, and the wine at 5.00 EUR costs what it did. With two wines at 5.00 EUR more a second bundle could be
made, but its wines cost 15.00 EUR without the offer: it is not made, and nothing ever costs more than before.

The discount is what the units of all bundles still cost, less the price of the bundles. It is not rounded; it is split
over the lines in proportion to what these units cost.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from app.engine.cart import Cart
from app.engine.facts import Need, Situation
from app.engine.groups import MOST_PARTS, Groups, Part
from app.engine.json_data import JSONValue
from app.engine.line_units import FINENESS, check_currency, check_quantity, costs, not_enough, price_of_one
from app.engine.money import Money, split
from app.engine.parameter import Compound
from app.engine.reason import Reason, currency_mismatch
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, UnitError, says


@dataclass(frozen=True, slots=True)
class BundlePart(Compound):
    """So many of certain items in every bundle."""

    items: Items = field(metadata=says("The items of which there must be some; {} for any."))
    quantity: int = field(default=1, metadata=says("How many of them are in each bundle.", unit="items"))

    words: ClassVar[tuple[str, str]] = ("part of a bundle", "parts of a bundle")

    def __post_init__(self) -> None:
        check_quantity("quantity", self.quantity)


@rewards.add
@dataclass(frozen=True, slots=True)
class BundlePrice:
    """Certain items together cost so much, as many times as they are in the cart, but never more than they did."""

    parts: tuple[BundlePart, ...] = field(metadata=says("What is in each bundle, 5 parts at most."))
    price: Money = field(metadata=says("What it costs, zero or more."))
    times_at_most: int | None = field(
        default=None, metadata=says("How many bundles count at most in one cart.", unit="bundles")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "bundle_price",
        "parts": [
            {"items": {"categories": ["tea"]}, "quantity": 2},
            {"items": {"products": ["MUG-1"]}, "quantity": 1},
        ],
        "price": {"minor": 1500, "currency": "EUR"},
    }

    def __post_init__(self) -> None:
        if not 1 <= len(self.parts) <= MOST_PARTS:
            raise UnitError("parts", f"Must be from 1 to {MOST_PARTS}.")
        if self.price.minor < 0:
            raise UnitError("price", "Must not be negative.")
        if self.times_at_most is not None:
            check_quantity("times_at_most", self.times_at_most)
        for place, part in enumerate(self.parts):
            try:
                check_currency(self.price.currency, part.items)
            except UnitError as wrong:
                raise wrong.under(f"parts[{place}]") from None

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """NOT_ENOUGH_ITEMS for every part of which a first bundle lacks some, CURRENCY_MISMATCH."""
        cart = situation.cart
        if self.price.currency != cart.currency:
            return (currency_mismatch(self.price.currency, cart.currency),)
        there = Groups(self._parts(), cart).had()
        return tuple(
            not_enough(part.items, part.quantity, units)
            for part, units in zip(self.parts, there, strict=True)
            if units < part.quantity
        )

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """What the units of all bundles that lower the price still cost, less the price of these bundles."""
        cart, groups = situation.cart, Groups(self._parts(), situation.cart)
        times, units = self._bundled(groups, cart, remaining)
        meant = costs(units, cart, remaining)
        # Units that cost a part of a minor unit more than the bundle may cost less than it when they are rounded down.
        return split(max(0, sum(meant) - times * self.price.minor), meant)

    def _bundled(self, groups: Groups, cart: Cart, remaining: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """How many bundles are made, and how many units of each line they take."""
        places = range(len(cart.lines))
        prices = [price_of_one(cart, remaining, place) for place in places]
        # Of equal price, what fits the same parts comes together, so the order of the lines changes no total.
        dearest = sorted(places, key=lambda place: (-prices[place], groups.masks[place]))

        def gain(times: int) -> int:
            units = groups.taken_in(dearest, times, cart)
            worth = sum([quantity * price for quantity, price in zip(units, prices, strict=True)])
            return worth - (times * self.price.minor << FINENESS)

        # No bundle is worth more than the one before, and one of items that cost nothing is worth nothing. So either
        # the last one still gains something, and all are made, or the first that gains nothing is found by halving.
        costly = sum(line.quantity for line, left in zip(cart.lines, remaining, strict=True) if left)
        most = min(groups.most(self.times_at_most), costly)
        if most and gain(most) <= gain(most - 1):
            most = bisect_left(range(most), True, key=lambda made: gain(made + 1) <= gain(made))
        return most, groups.taken_in(dearest, most, cart)

    def _parts(self) -> tuple[Part, ...]:
        return tuple([Part(part.items, part.quantity) for part in self.parts])
