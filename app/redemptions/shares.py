"""The share of a line's discount that some of its units carry, code by code: exact however the units come back.

Two roundings, both of the sum so far and never of a single step, so nothing can add up:
the discount of the first k of n units is discount x k / n, half up; it is divided among the codes by Webster's method
(one minor unit after the other, each to the code with the largest discount / (2 x parts so far + 1); Balinski & Young,
Fair Representation, 1982), the divisor method that gives everybody exactly their own at the end and never takes back
what it gave. Largest remainders alone would: with one unit more to divide, a code may get one less.
"""

from collections.abc import Sequence


def share(discounts: Sequence[int], quantity: int, units: int) -> tuple[int, ...]:
    """What the first `units` of a line's `quantity` units carry of each code's discount, in minor units.

    It never falls as `units` grows and is all of the discounts for all units. A step of units never carries more than
    these units cost, if the whole line did not.
    Raises ValueError for more units than there are, and for negative numbers.
    """
    if not 0 <= units <= quantity or min(discounts, default=0) < 0:
        raise ValueError("units must be 0 to quantity, discounts 0 or more")
    if units == quantity:
        return tuple(discounts)
    return _divide((2 * sum(discounts) * units + quantity) // (2 * quantity), discounts)


def part(amount: int, done: int, whole: int) -> int:
    """The part of `amount` that goes with `done` of `whole`: rounded down, and all of it when all is done."""
    return amount if done >= whole else amount * done // whole


def _divide(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """`total`, at most the sum of the weights, in proportion to them; Webster's method, the first among equals."""
    whole = sum(weights)
    if total == 0 or whole == 0:
        return (0,) * len(weights)
    # Half up is all that costs no more than a certain price; few minor units are too many or too few.
    parts = [(2 * total * weight + whole) // (2 * whole) for weight in weights]
    open_ = [place for place, weight in enumerate(weights) if weight]
    missing = total - sum(parts)
    for _ in range(missing):
        parts[min(open_, key=lambda place: (_price(parts[place], weights[place]), place))] += 1
    for _ in range(-missing):
        had = [place for place in open_ if parts[place]]
        parts[max(had, key=lambda place: (_price(parts[place] - 1, weights[place]), place))] -= 1
    return tuple(parts)


def _price(parts: int, weight: int) -> int:
    """What a code with so many parts asks for its next one: the least gets it.

    The fraction (2 x parts + 1) / weight in 2^-128ths: fractions of money (2^53 at most) that differ do so by more.
    """
    return ((2 * parts + 1) << 128) // weight
