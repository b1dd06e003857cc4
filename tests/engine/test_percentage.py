"""Percentages of amounts."""

from decimal import Decimal

import pytest

from app.engine.percentage import check_percent, percent_of, percent_of_each
from app.engine.unit import UnitError


@pytest.mark.parametrize(
    ("percent", "minor", "part"),
    [
        ("10", 11499, 1150),
        ("10", 5, 1),
        ("10", 4, 0),
        ("33.3333", 6000, 2000),
        ("100", 7, 7),
        ("0.0001", 0, 0),
    ],
)
def test_a_part_is_rounded_half_up(percent: str, minor: int, part: int) -> None:
    assert percent_of(Decimal(percent), minor) == part


@pytest.mark.parametrize("percent", ["0", "-1", "100.0001", "NaN", "Infinity", "1.00001"])
def test_what_is_no_percentage_is_refused_by_name(percent: str) -> None:
    with pytest.raises(UnitError, match=r"^rebate: Must "):
        check_percent("rebate", Decimal(percent))
    check_percent("rebate", Decimal("100"))
    check_percent("rebate", Decimal("0.0001"))


@pytest.mark.parametrize(
    ("percent", "minors", "most", "parts"),
    [
        ("50", (999, 445), 300, (300, 223)),
        ("50", (1, 1, 1), 9, (1, 1, 0)),  # 1.5, half up
        ("10", (15, 25), 2, (2, 2)),  # 1.5 and the cap of 2 are 3.5, half up
        ("10", (25, 15), 2, (2, 2)),
        ("100", (7, 0), 9, (7, 0)),
        ("33.3333", (), 9, ()),
    ],
)
def test_no_part_is_above_the_most_and_the_sum_is_rounded_once(
    percent: str, minors: tuple[int, ...], most: int, parts: tuple[int, ...]
) -> None:
    assert percent_of_each(Decimal(percent), minors, most) == parts
