"""Percentages of money: exact, and rounded half up to the minor unit, once for the whole that they are taken of."""

from collections.abc import Sequence
from decimal import Decimal

from app.engine.unit import UnitError

MOST_DECIMALS = 4


def check_percent(name: str, percent: Decimal) -> None:
    """Raise UnitError when the parameter called `name` is not above 0 and at most 100, with 4 decimals at most."""
    if not percent.is_finite() or not 0 < percent <= 100:
        raise UnitError(name, "Must be more than 0 and at most 100.")
    scale = percent.as_tuple().exponent
    if isinstance(scale, int) and -scale > MOST_DECIMALS:
        raise UnitError(name, f"Must have at most {MOST_DECIMALS} decimals.")


def percent_of(percent: Decimal, minor: int) -> int:
    """So many per cent of an amount in minor units, half up; never more than the amount."""
    numerator, denominator = percent.as_integer_ratio()
    # floor(x + 1/2) in whole numbers, where x = minor * percent / 100
    return (minor * numerator * 2 + denominator * 100) // (denominator * 200)


def percent_of_each(percent: Decimal, minors: Sequence[int], most: int) -> tuple[int, ...]:
    """So many per cent of each amount, but of none more than `most`: the exact sum half up, by largest remainder.

    The earlier one is first among equals. Nobody gets more than `most` or than their own amount.
    """
    numerator, denominator = percent.as_integer_ratio()
    whole = denominator * 100
    # What each is worth, in as many parts of a minor unit.
    shares = [min(minor * numerator, most * whole) for minor in minors]
    parts = [share // whole for share in shares]
    left = (sum(shares) * 2 + whole) // (whole * 2) - sum(parts)
    for place in sorted(range(len(shares)), key=lambda place: -(shares[place] % whole))[:left]:
        parts[place] += 1
    return tuple(parts)
