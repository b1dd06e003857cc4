"""Percentages of money: exact, and rounded half up to the minor unit, once for the whole that they are taken of."""

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
