"""recurring_window: opens every so many days at the same time of day, for so long, as a happy hour every other day.

The days are counted on the campaign's calendar and it opens when its clock shows the time: across a change of clocks
two openings are an hour more or less apart. How long it is open is real time. Where the clock jumps over the time, it
opens at the jump; where it shows it twice, at the first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.moment import clock_changes, day_in_words, in_words, moments_of
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST_DAYS = 366
_MINUTES_OF_A_DAY = 24 * 60


@rules.add
@dataclass(frozen=True, slots=True)
class RecurringWindow:
    """It must be within a while that begins every so many days at a certain time, on the campaign's clock."""

    from_day: str = field(
        metadata=says("The day on which it opens first, such as 2026-12-01.", unit="YYYY-MM-DD")
    )
    every_days: int = field(metadata=says("How many days later it opens again, 1 to 366.", unit="days"))
    starts: str = field(metadata=says("When it opens, such as 18:00.", unit="HH:MM"))
    minutes: int = field(
        metadata=says("How long it is open; it closes before it opens again.", unit="minutes")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.TIME
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "recurring_window",
        "from_day": "2026-12-01",
        "every_days": 2,
        "starts": "18:00",
        "minutes": 120,
    }

    def __post_init__(self) -> None:
        if not _is_date(self.from_day):
            raise UnitError("from_day", "Must be a date from 1970 to 2999, such as 2026-12-24.")
        if not 1 <= self.every_days <= MOST_DAYS:
            raise UnitError("every_days", f"Must be 1 to {MOST_DAYS}.")
        if not _CLOCK.fullmatch(self.starts):
            raise UnitError("starts", "Must be a time such as 18:00.")
        # A day may be some hours shorter where the clocks go forward.
        most = self.every_days * _MINUTES_OF_A_DAY - 180
        if not 1 <= self.minutes <= most:
            raise UnitError("minutes", f"Must be 1 to {most}, three hours less than until it opens again.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """OUTSIDE_RECURRING_WINDOW; `expected` is the instant at which it opens next."""
        zone, now = ZoneInfo(situation.zone), situation.now
        # The window of the day before may still be open, or today's may be yet to come.
        first = date.fromisoformat(self.from_day)
        since = max(0, (now.astimezone(zone).date() - first).days)
        turn = max(0, (since - 1 - self.minutes // _MINUTES_OF_A_DAY) // self.every_days)
        lasts = timedelta(minutes=self.minutes)
        while (opens := self._opening(first + timedelta(days=turn * self.every_days), zone)) + lasts <= now:
            turn += 1
        if opens <= now:
            return ()
        return (
            Reason(
                "OUTSIDE_RECURRING_WINDOW",
                f"This offer is valid {self._in_words()} ({situation.zone}).",
                subject="now",
                expected=opens,
                actual=now,
                remedy=f"Valid from {in_words(opens, situation.zone, now)}.",
                change=Change(Act.COME_AT, at=opens),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The moment."""
        return situation.now

    def _opening(self, day: date, zone: ZoneInfo) -> datetime:
        clock = time.fromisoformat(self.starts)
        first = moments_of(day, clock, zone)[0]
        if first.astimezone(zone).time().replace(fold=0) == clock:
            return first
        return clock_changes(day, zone)[0]

    def _in_words(self) -> str:
        days = "day" if self.every_days == 1 else f"{self.every_days} days"
        first = day_in_words(date.fromisoformat(self.from_day))
        return f"every {days} from {first} on, for {self.minutes} minutes from {self.starts}"


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and 1970 <= date.fromisoformat(text).year < 3000
    except ValueError:
        return False
