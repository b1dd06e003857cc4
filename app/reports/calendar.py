"""Minutes, hours and days of a time zone, whatever its clocks do: pure, by instants in UTC."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.reports.values import Grain


def starts(instant: datetime, zone: ZoneInfo) -> tuple[datetime, datetime, datetime]:
    """The instants at which the minute, the hour and the day of an instant begin, in the order of Grain."""
    return _of_minute(instant.astimezone(UTC).replace(second=0, microsecond=0), zone)


@lru_cache(maxsize=4096)
def _of_minute(minute: datetime, zone: ZoneInfo) -> tuple[datetime, datetime, datetime]:
    local = minute.astimezone(zone)
    return minute, hour_start(local), midnight(local.date(), zone)


def hour_start(local: datetime) -> datetime:
    """When the clock's hour began; one that it goes through twice is two, unless it is set back within that hour."""
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins: at midnight, at the earlier of two, or where the clock jumps over it right after."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def following(start: datetime, grain: Grain, zone: ZoneInfo) -> datetime:
    """The instant at which the next minute, hour or day begins."""
    if grain is Grain.MINUTE:
        return start + timedelta(minutes=1)
    if grain is Grain.DAY:
        return midnight(start.astimezone(zone).date() + timedelta(days=1), zone)
    # Where a clock is set back by half an hour, an hour lasts 90 minutes; where it is set forward, 30.
    following = start
    while (begun := hour_start(following.astimezone(zone))) <= start:
        following += timedelta(minutes=30)
    return begun
