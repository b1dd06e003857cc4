"""How fast things go in a pulse, and when they will end if it stays so: pure."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from app.engine.money import amount_of
from app.reports.pulse_values import Beat, Ceiling, Pulse

# Nobody plans further ahead, and clocks end somewhere.
_FARTHEST = timedelta(days=3650)
_TICK = timedelta(microseconds=1)
_DECIMALS = Decimal("0.0001")


def per_minute(amount: int, pulse: Pulse, currency: str | None = None) -> Decimal:
    """An amount of the window as a pace, with four decimals; minor units of a currency as major ones."""
    if not pulse.length:
        return Decimal(0)
    exact = Decimal(amount * (timedelta(minutes=1) // _TICK)) / (pulse.length // _TICK)
    return _rounded(exact if currency is None else exact * amount_of(1, currency))


def success_rate(beat: Beat) -> Decimal | None:
    """The share of attempts that were granted; None if there were none."""
    return _share(beat.redemptions, beat.redemptions + beat.rejected)


def conversion(beat: Beat) -> Decimal | None:
    """Redemptions for each validation that was granted; None if there were none."""
    return _share(beat.redemptions, beat.validations_granted)


def estimated_end(ceiling: Ceiling, pulse: Pulse) -> datetime | None:
    """When nothing will be left if the use goes on as in the window; None if it does not move that way.

    None as well where the budget starts anew before that, or where it is ten years off. Where nothing is left it is
    now.
    """
    if not ceiling.left:
        return pulse.at
    if not ceiling.moved or ceiling.moved < 0:
        return None
    ticks = ceiling.left * (pulse.length // _TICK) // ceiling.moved
    if ticks > _FARTHEST // _TICK:
        return None
    end = pulse.at + ticks * _TICK
    return None if ceiling.renews_at is not None and end >= ceiling.renews_at else end


def _share(some: int, of: int) -> Decimal | None:
    return _rounded(Decimal(some) / of) if of else None


def _rounded(exact: Decimal) -> Decimal:
    return exact.quantize(_DECIMALS, ROUND_HALF_EVEN)
