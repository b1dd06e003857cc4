"""Moments on the wall clock of a place: in words, and when a clock shows a time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Our own words: strftime would speak the language of whoever started the process.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def in_words(instant: datetime, zone: str, now: datetime) -> str:
    """`18:00 Europe/Warsaw` when that is today, else `Friday 24 July 2026 18:00 Europe/Warsaw`."""
    place = ZoneInfo(zone)
    try:
        local = instant.astimezone(place)
    except OverflowError:
        # "For ever" is often written 9999-12-31, and east of Greenwich that is a year that no calendar here has.
        return in_words(instant, "UTC", now)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    if local.date() == now.astimezone(place).date():
        return f"{clock} {zone}"
    return f"{WEEKDAYS[local.weekday()]} {day_in_words(local)} {clock} {zone}"


def day_in_words(day: date) -> str:
    """`24 July 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def moments_of(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instants (UTC) at which the wall clock shows that time on that day.

    Two where the clock falls back over it. Where it jumps over it, the two readings of a time that never is: check
    with `astimezone` what the clock really shows.
    """
    first, second = (datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return (first,) if first == second else (first, second)


def clock_changes(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """The instant (UTC) at which the zone's clock is changed on that day or just before it, if it is."""
    # From before midnight, for some countries change their clocks at midnight.
    low = datetime.combine(day, time(), zone).astimezone(UTC) - timedelta(hours=2)
    high = low + timedelta(hours=26)
    before = low.astimezone(zone).utcoffset()
    if high.astimezone(zone).utcoffset() == before:
        return ()
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    # Clocks change on a full minute, and `high` is less than one after it.
    return (high.replace(second=0, microsecond=0),)
