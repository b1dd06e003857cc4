"""What figures say together: pure. A ratio with nothing to divide by is None."""

from decimal import Decimal

from app.reports.values import Figures, Measure

_DECIMALS = Decimal("0.0001")


def roi(figures: Figures) -> Decimal | None:
    """Net order value for each unit of net discount: what came back is taken off both."""
    cost = figures[Measure.DISCOUNT] - figures[Measure.RETURNED_DISCOUNT]
    return _ratio(figures[Measure.ORDER_VALUE] - figures[Measure.RETURNED_ORDER_VALUE], cost)


def success_rate(figures: Figures) -> Decimal | None:
    """Redemptions among all attempts to redeem, 0 to 1."""
    attempts = figures[Measure.REDEMPTIONS] + figures[Measure.REJECTED]
    return _ratio(figures[Measure.REDEMPTIONS], attempts)


def conversion(figures: Figures) -> Decimal | None:
    """Redemptions for each validation that was granted; more than 1 where some redeem without asking first."""
    return _ratio(figures[Measure.REDEMPTIONS], figures[Measure.VALIDATIONS_GRANTED])


def _ratio(part: int, whole: int) -> Decimal | None:
    return None if whole <= 0 else (Decimal(part) / whole).quantize(_DECIMALS)
