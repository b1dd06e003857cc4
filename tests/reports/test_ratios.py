"""What figures say together."""

from decimal import Decimal

from app.reports.ratios import conversion, roi, success_rate
from app.reports.values import Figures, Measure, no_figures


def told(**numbers: int) -> Figures:
    figures = no_figures()
    for name, number in numbers.items():
        figures[Measure[name.upper()]] = number
    return figures


def test_roi_is_net_order_value_to_net_discount() -> None:
    figures = told(order_value=10_000, returned_order_value=1_000, discount=700, returned_discount=100)
    assert roi(figures) == Decimal("15.0000")
    assert roi(told(order_value=10_000)) is None
    assert roi(told(order_value=10_000, returned_discount=5)) is None


def test_success_is_what_was_redeemed_of_all_attempts() -> None:
    assert success_rate(told(redemptions=2, rejected=1)) == Decimal("0.6667")
    assert success_rate(told(rejected=3)) == 0
    assert success_rate(no_figures()) is None


def test_conversion_is_redemptions_for_each_granted_validation() -> None:
    assert conversion(told(redemptions=1, validations_granted=4, validations_rejected=9)) == Decimal("0.2500")
    assert conversion(told(redemptions=1, validations_rejected=9)) is None
