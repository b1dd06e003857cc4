"""calendar_days: days that come again every month or every year, on the calendar of the campaign's zone.

A month without such a day (31 in April) is passed over.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.moment import MONTHS, day_in_words, in_words, moments_of
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change, come_at
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

LAST = -1
_A_LEAP_YEAR = 2000
_A_YEAR = 366


@rules.add
@dataclass(frozen=True, slots=True)
class CalendarDays:
    """It must be a certain day of a month, of any month or of certain ones, on the campaign's calendar."""

    days: tuple[int, ...] = field(metadata=says("The days: 1 to 31, or -1 for the last day of the month."))
    months: tuple[int, ...] = field(
        default=(), metadata=says("The months, 1 January to 12 December; all when none is named.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.TIME
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "calendar_days", "days": [1, 15, -1]}

    def __post_init__(self) -> None:
        if not self.days or len(set(self.days)) != len(self.days):
            raise UnitError("days", "Must name at least one day, each once.")
        for index, day in enumerate(self.days):
            if not 1 <= day <= 31 and day != LAST:
                raise UnitError(f"days[{index}]", "Must be 1 to 31, or -1 for the last day.")
        if len(set(self.months)) != len(self.months):
            raise UnitError("months", "Must name each month once.")
        for index, month in enumerate(self.months):
            if not 1 <= month <= 12:
                raise UnitError(f"months[{index}]", "Must be 1 (January) to 12 (December).")
        if not any(self._days_in(_A_LEAP_YEAR, month) for month in range(1, 13)):
            raise UnitError("days", "Must come in one of the months.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """OUTSIDE_CALENDAR_DAYS; `expected` is the instant at which the next such day begins."""
        zone = ZoneInfo(situation.zone)
        today = situation.now.astimezone(zone).date()
        if today.day in self._days_in(today.year, today.month):
            return ()
        opens = moments_of(self._next(today), time(), zone)[0]
        return (
            Reason(
                "OUTSIDE_CALENDAR_DAYS",
                f"This offer is valid on {self._in_words()} ({situation.zone}); "
                f"it is {day_in_words(today)} there.",
                subject="now",
                expected=opens,
                actual=situation.now,
                remedy=f"Valid from {in_words(opens, situation.zone, situation.now)}.",
                change=Change(Act.COME_AT, at=opens),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The moment."""
        return situation.now

    def undoing(self, situation: Situation) -> tuple[str, Change] | None:
        """To come on the next day that is none of these."""
        zone = ZoneInfo(situation.zone)
        day = situation.now.astimezone(zone).date()
        for _ in range(_A_YEAR):
            day += timedelta(days=1)
            if day.day not in self._days_in(day.year, day.month):
                return come_at(moments_of(day, time(), zone)[0], situation.zone, situation.now)
        return None

    def _days_in(self, year: int, month: int) -> list[int]:
        """The days of that month, in order."""
        if self.months and month not in self.months:
            return []
        last = monthrange(year, month)[1]
        return sorted({last if day == LAST else day for day in self.days if day <= last})

    def _next(self, today: date) -> date:
        # Nine years are enough: 29 February was not in 1900 and will not be in 2100.
        months = (divmod(today.month - 1 + ahead, 12) for ahead in range(9 * 12 + 1))
        days = (
            date(today.year + years, month + 1, day)
            for years, month in months
            for day in self._days_in(today.year + years, month + 1)
        )
        return next(day for day in days if day > today)

    def _in_words(self) -> str:
        days = [f"day {day}" for day in sorted(set(self.days) - {LAST})]
        days += ["the last day"] if LAST in self.days else []
        months = " or ".join(MONTHS[month - 1] for month in sorted(self.months))
        return f"{' or '.join(days)} of {months or 'every month'}"
