"""buy_x_get_y: of everything that is bought and got, the cheapest units are the ones that are got.

"Buy 2, get 1 free" with 7 mugs at 9.00, 8.00, 7.00, 6.00, 5.00, 4.00 and 3.00 EUR makes two groups of three, so two
mugs are got: the cheapest of all, at 3.00 and 4.00. (Were they the cheapest of each group of three, what one pays would
depend on how the mugs are grouped, and no shopper could tell how.) The mug that makes no group changes nothing.

"Buy 2 teas, get 1 mug at half price" makes a group of every two teas and one mug. Where an item may be both, such as
with "buy 2 of anything, get 1 mug", there are as many groups as the cart can make up, and of the mugs only so many are
got that enough is left to be bought. What is bought costs what it did.

The percentage is taken of what all units that are got still cost, rounded half up, once, and split over their lines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from app.engine.cart import Cart
from app.engine.facts import Need, Situation
from app.engine.groups import Groups, Part
from app.engine.json_data import JSONValue
from app.engine.line_units import check_currency, check_quantity, costs, not_enough, price_of_one
from app.engine.money import split
from app.engine.percentage import check_percent, percent_of
from app.engine.reason import Reason
from app.engine.selection import Items
from app.engine.shelf import rewards
from app.engine.unit import NOTHING, says

BUY, GET = 1, 2  # the parts of a group, as bits


@rewards.add
@dataclass(frozen=True, slots=True)
class BuyXGetY:
    """For every so many items that are bought, so many others are free or cost less, the cheapest ones."""

    buy: int = field(metadata=says("How many are bought in each group.", unit="items"))
    get: int = field(metadata=says("How many cost less in each group.", unit="items"))
    items: Items = field(metadata=says("The items that are bought; {} for any."))
    items_to_get: Items | None = field(
        default=None, metadata=says("The items that cost less; the same as are bought if not given.")
    )
    percent: Decimal = field(
        default=Decimal(100), metadata=says("What is taken off them; 100 makes them free.", unit="percent")
    )
    times_at_most: int | None = field(
        default=None, metadata=says("How many groups count at most in one cart.", unit="groups")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "buy_x_get_y",
        "buy": 2,
        "get": 1,
        "items": {"categories": ["tea"]},
        "items_to_get": {"products": ["MUG-1"]},
        "percent": "50",
        "times_at_most": 3,
    }

    def __post_init__(self) -> None:
        check_quantity("buy", self.buy)
        check_quantity("get", self.get)
        check_percent("percent", self.percent)
        if self.times_at_most is not None:
            check_quantity("times_at_most", self.times_at_most)
        if self.items_to_get is not None and self.items_to_get.currency is not None:
            check_currency(self.items_to_get.currency, self.items)

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """NOT_ENOUGH_ITEMS to buy, to get, or both, when there is not one whole group; CURRENCY_MISMATCH."""
        cart, getting = situation.cart, self.items_to_get or self.items
        if undecided := self.items.refusals(cart) or getting.refusals(cart):
            return undecided
        if getting == self.items:
            parts = [Part(self.items, self.buy + self.get)]
        else:
            parts = [Part(self.items, self.buy), Part(getting, self.get)]
        there = Groups(parts, cart).had()
        return tuple(
            not_enough(part.items, part.quantity, units)
            for part, units in zip(parts, there, strict=True)
            if units < part.quantity
        )

    def discount(self, situation: Situation, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """The percentage of what the units that are got still cost."""
        got = costs(self._got(situation.cart, remaining), situation.cart, remaining)
        return split(percent_of(self.percent, sum(got)), got)

    def _got(self, cart: Cart, remaining: tuple[int, ...]) -> tuple[int, ...]:
        """How many units of each line are got."""
        parts = [Part(self.items, self.buy), Part(self.items_to_get or self.items, self.get)]
        groups = Groups(parts, cart)
        times = groups.most(self.times_at_most)
        left, spare = times * self.get, groups.fit[BUY] - times * self.buy
        got = [0] * len(cart.lines)
        # Of equal price, what cannot be bought is got first: so the total never depends on the order of the lines.
        in_order = sorted(
            (place for place, mask in enumerate(groups.masks) if mask & GET),
            key=lambda place: (price_of_one(cart, remaining, place), groups.masks[place] & BUY),
        )
        for place in in_order:
            is_both = bool(groups.masks[place] & BUY)
            got[place] = min(cart.lines[place].quantity, left, spare if is_both else left)
            left -= got[place]
            spare -= got[place] if is_both else 0
        return tuple(got)
