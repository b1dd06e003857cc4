"""What a partner is owed for an order: pure."""

from decimal import ROUND_HALF_EVEN, Decimal


def commission(order_value: int, rate: Decimal) -> int:
    """`rate` percent of an amount in minor units, rounded half to even.

    Of what is left after a return the same is owed as if only that had been bought, so that rounding never adds up.
    """
    return int((order_value * rate / 100).quantize(Decimal(1), ROUND_HALF_EVEN))
