"""nth_weekday: the first Monday, the last Friday of a month, on the calendar of the campaign's zone.

A month without such a day (no fifth Monday) is passed over.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.moment import WEEKDAYS, day_in_words, in_words, moments_of
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

LAST = -1
_WORDS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}


@rules.add
@dataclass(frozen=True, slots=True)
class NthWeekday:
    """It must be the first, second, … or last of certain weekdays of a month, on the campaign's calendar."""

    weekdays: tuple[int, ...] = field(metadata=says("The days of the week: 1 Monday to 7 Sunday."))
    nth: tuple[int, ...] = field(
        metadata=says("Which of them in a month: 1 for the first to 5, or -1 for the last.")
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.TIME
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "nth_weekday", "weekdays": [1], "nth": [1, -1]}

    def __post_init__(self) -> None:
        for name in ("weekdays", "nth"):
            values = getattr(self, name)
            if not values or len(set(values)) != len(values):
                raise UnitError(name, "Must name at least one, each once.")
        for index, day in enumerate(self.weekdays):
            if not 1 <= day <= 7:
                raise UnitError(f"weekdays[{index}]", "Must be 1 (Monday) to 7 (Sunday).")
        for index, one in enumerate(self.nth):
            if one not in _WORDS:
                raise UnitError(f"nth[{index}]", "Must be 1 to 5, or -1 for the last.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """OUTSIDE_NTH_WEEKDAY; `expected` is the instant at which the next such day begins."""
        zone = ZoneInfo(situation.zone)
        today = situation.now.astimezone(zone).date()
        if self._is_one(today):
            return ()
        opens = moments_of(self._next(today), time(), zone)[0]
        return (
            Reason(
                "OUTSIDE_NTH_WEEKDAY",
                f"This offer is valid on {self._in_words()} of a month ({situation.zone}); "
                f"it is {WEEKDAYS[today.weekday()]} {day_in_words(today)} there.",
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

    def _is_one(self, day: date) -> bool:
        if day.isoweekday() not in self.weekdays:
            return False
        is_last = day.day + 7 > monthrange(day.year, day.month)[1]
        return (day.day - 1) // 7 + 1 in self.nth or (is_last and LAST in self.nth)

    def _next(self, today: date) -> date:
        # Every weekday is a fifth one within half a year.
        days = (today + timedelta(days=ahead) for ahead in range(1, 367))
        return next(day for day in days if self._is_one(day))

    def _in_words(self) -> str:
        # The last one comes last.
        which = " or ".join(_WORDS[one] for one in sorted(self.nth, key=lambda one: one % 7))
        return f"the {which} {' or '.join(WEEKDAYS[day - 1] for day in sorted(self.weekdays))}"
