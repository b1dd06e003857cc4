"""Moments in words, as a shopper reads them: on the campaign's clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

# Our own words: strftime would speak the language of whoever started the process.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# fmt: off
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def in_words(instant: datetime, zone: str, now: datetime) -> str:
    """`18:00 Europe/Warsaw` when that is today, else `Friday 24 July 2026 18:00 Europe/Warsaw`."""
    place = ZoneInfo(zone)
    local = instant.astimezone(place)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    if local.date() == now.astimezone(place).date():
        return f"{clock} {zone}"
    return f"{WEEKDAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year} {clock} {zone}"
