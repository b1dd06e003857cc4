"""Groups: so many units of these items and so many of those; how many such groups a cart holds, and what one lacks.

A line may fit several parts of a group, and each of its units goes to one of them. Nobody has to say to which: by
Hall's theorem (P. Hall, On Representatives of Subsets, 1935) a number of groups can be made up exactly if for every
choice of parts the units that fit one of them are as many as these parts take together, or more. With at most five
parts there are at most 31 choices to look at, so the answer is exact whatever the order of the parts and of the lines.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from app.engine.cart import Cart
from app.engine.selection import Items

MOST_PARTS = 5


class Part(NamedTuple):
    """So many units of these items in every group."""

    items: Items
    quantity: int


class Groups:
    """What a cart has for groups of these parts. A set of parts is a mask: bit 0 is the first part.

    `masks` has for each line the parts that it fits, `fit` by set of parts how many units fit one of them, `taken` by
    set of parts how many units they take for one group.
    """

    __slots__ = ("everything", "fit", "masks", "parts", "taken")

    def __init__(self, parts: Sequence[Part], cart: Cart) -> None:
        self.parts = parts
        self.everything = (1 << len(parts)) - 1
        bits = [(1 << place, part.items) for place, part in enumerate(parts)]
        self.masks = [sum(bit for bit, items in bits if items.matches(line)) for line in cart.lines]
        there: dict[int, int] = {}
        for mask, line in zip(self.masks, cart.lines, strict=True):
            there[mask] = there.get(mask, 0) + line.quantity
        sets = range(self.everything + 1)
        self.fit = [sum(units for mask, units in there.items() if mask & chosen) for chosen in sets]
        self.taken = [
            sum(part.quantity for place, part in enumerate(parts) if chosen >> place & 1) for chosen in sets
        ]

    def most(self, at_most: int | None = None) -> int:
        """How many groups can be made up of the cart's units, and no more than that."""
        there = min(self.fit[chosen] // self.taken[chosen] for chosen in range(1, self.everything + 1))
        return there if at_most is None else min(there, at_most)

    def had(self) -> tuple[int, ...]:
        """How many units there are for each part of one group, when earlier parts are filled before later ones.

        Together they are as many as can be, so what is missing is as little as can be.
        """
        filled = [self._filled((1 << place) - 1) for place in range(len(self.parts) + 1)]
        return tuple([after - before for before, after in pairwise(filled)])

    def taken_in(self, places: Iterable[int], times: int, cart: Cart) -> tuple[int, ...]:
        """How many units of each line make up so many groups, when lines are taken as far as can be, in this order.

        Taking the dearest first so makes the dearest groups that can be made up: which units fit together is a
        transversal matroid (J. Edmonds and D. R. Fulkerson, Transversals and Matroid Partition, 1965), and of those
        the greedy choice is the best. There must be so many groups.
        """
        room = [times * units for units in self.taken]  # by set of parts, for lines that fit no other part
        around = {
            mask: [chosen for chosen in range(len(room)) if chosen & mask == mask] for mask in set(self.masks)
        }
        got = [0] * len(self.masks)
        for place in places:
            mask = self.masks[place]
            if not room[mask]:  # as it always is for lines that fit no part
                continue
            got[place] = min(cart.lines[place].quantity, *[room[chosen] for chosen in around[mask]])
            for chosen in around[mask]:
                room[chosen] -= got[place]
        return tuple(got)

    def _filled(self, parts: int) -> int:
        """How many units of one group these parts can have together."""
        inside = [chosen for chosen in range(parts + 1) if chosen & parts == chosen]
        return min(self.fit[chosen] + self.taken[parts & ~chosen] for chosen in inside)
