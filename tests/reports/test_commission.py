"""What a partner is owed: rounded once, half to even, however it came about."""

from decimal import Decimal

import pytest

from app.reports.commission import commission


@pytest.mark.parametrize(
    ("order_value", "rate", "owed"),
    [
        (1_000, "10", 100),
        (5, "10", 0),  # 0.5
        (15, "10", 2),  # 1.5
        (25, "10", 2),  # 2.5
        (3_330, "7.5", 250),  # 249.75
        (1, "0.0001", 0),
        (0, "100", 0),
        (9_000_000_000_000_000_000, "99.9999", 8_999_991_000_000_000_000),
    ],
)
def test_rounded_half_to_even(order_value: int, rate: str, owed: int) -> None:
    assert commission(order_value, Decimal(rate)) == owed
