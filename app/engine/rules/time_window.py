"""time_window: judged on the wall clock of the campaign's zone, so daylight saving cannot shift it.

A window belongs to the weekday on which it starts: Friday 22:00 to 02:00 is open early on Saturday. Where the clock
jumps forward, times that do not exist are never met; where it falls back, times that come twice are met twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.moment import WEEKDAYS, clock_changes, in_words, moments_of
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change, come_at
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@rules.add
@dataclass(frozen=True, slots=True)
class TimeWindow:
    """It must be a certain time of a certain weekday, on the campaign's clock."""

    weekdays: tuple[int, ...] = field(
        metadata=says("The days on which the window starts: 1 Monday to 7 Sunday.")
    )
    starts: str = field(metadata=says("When it opens, such as 18:00.", unit="HH:MM"))
    ends: str = field(
        metadata=says(
            "When it closes, at the latest 24:00; before `starts` means on the next day.", unit="HH:MM"
        )
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.TIME
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "time_window",
        "weekdays": [5, 6],
        "starts": "22:00",
        "ends": "02:00",
    }

    def __post_init__(self) -> None:
        if not self.weekdays or len(set(self.weekdays)) != len(self.weekdays):
            raise UnitError("weekdays", "Must name at least one day, each once.")
        for index, day in enumerate(self.weekdays):
            if not 1 <= day <= 7:
                raise UnitError(f"weekdays[{index}]", "Must be 1 (Monday) to 7 (Sunday).")
        if not _CLOCK.fullmatch(self.starts):
            raise UnitError("starts", "Must be a time such as 18:00.")
        if not _CLOCK.fullmatch(self.ends) and self.ends != "24:00":
            raise UnitError("ends", "Must be a time such as 18:00, or 24:00.")
        if self.starts == self.ends:
            raise UnitError("ends", "Must differ from the start; a whole day is 00:00 to 24:00.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """OUTSIDE_TIME_WINDOW; `expected` is the instant at which the window opens next."""
        zone = ZoneInfo(situation.zone)
        local = situation.now.astimezone(zone)
        if self._open(local):
            return ()
        opens = self._next_opening(situation.now, zone)
        days = ", ".join(WEEKDAYS[day - 1] for day in sorted(self.weekdays))
        return (
            Reason(
                "OUTSIDE_TIME_WINDOW",
                f"This offer is valid on {days} from {self.starts} to {self.ends} ({situation.zone}); "
                f"it is {WEEKDAYS[local.weekday()]} {local:%H:%M} there.",
                subject="now",
                expected=opens,
                actual=situation.now,
                remedy=None
                if opens is None
                else f"Valid from {in_words(opens, situation.zone, situation.now)}.",
                change=None if opens is None else Change(Act.COME_AT, at=opens),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The moment."""
        return situation.now

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To come when the window has closed."""
        zone, now = ZoneInfo(situation.zone), situation.now
        closing = time() if self.ends == "24:00" else time.fromisoformat(self.ends)
        today = now.astimezone(zone).date()
        for days in range(9):  # a day after a week: until then it has closed, or it never does
            day = today + timedelta(days=days)
            for moment in sorted((*moments_of(day, closing, zone), *clock_changes(day, zone))):
                if moment > now and not self._open(moment.astimezone(zone)):
                    return come_at(moment, situation.zone, now)
        return None

    def _open(self, local: datetime) -> bool:
        clock, day = f"{local:%H:%M}", local.isoweekday()
        if self.starts < self.ends:
            return day in self.weekdays and self.starts <= clock < self.ends
        if clock >= self.starts:
            return day in self.weekdays
        # Small hours belong to the window that opened the evening before.
        return clock < self.ends and (day - 2) % 7 + 1 in self.weekdays

    def _next_opening(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        opening = time.fromisoformat(self.starts)
        today = now.astimezone(zone).date()
        # Two weeks are enough: a start that falls into an hour the clock skips this week is there next week.
        for days in range(15):
            day = today + timedelta(days=days)
            for moment in sorted((*moments_of(day, opening, zone), *clock_changes(day, zone))):
                if moment > now and self._open(moment.astimezone(zone)):
                    return moment
        return None
