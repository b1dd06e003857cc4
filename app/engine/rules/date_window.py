"""date_window: both days belong to it, from their first to their last moment on the clock of the campaign's zone.

For several windows put several rules into any_of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.engine.facts import Need, Situation
from app.engine.json_data import JSONValue
from app.engine.moment import day_in_words, in_words, moments_of
from app.engine.reason import Reason, Value
from app.engine.remedy import Act, Change, come_at
from app.engine.shelf import rules
from app.engine.unit import NOTHING, Family, UnitError, says

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@rules.add
@dataclass(frozen=True, slots=True)
class DateWindow:
    """It must be a day from a first to a last one, on the campaign's calendar."""

    first_day: str | None = field(
        default=None,
        metadata=says("The first day, such as 2026-12-01; no first when left out.", unit="YYYY-MM-DD"),
    )
    last_day: str | None = field(
        default=None,
        metadata=says("The last day, such as 2026-12-24; no last when left out.", unit="YYYY-MM-DD"),
    )

    needs: ClassVar[frozenset[Need]] = NOTHING
    family: ClassVar[Family] = Family.TIME
    example: ClassVar[Mapping[str, JSONValue]] = {
        "kind": "date_window",
        "first_day": "2026-12-01",
        "last_day": "2026-12-24",
    }

    def __post_init__(self) -> None:
        if self.first_day is None and self.last_day is None:
            raise UnitError("first_day", "Must be given, unless there is a last day.")
        for name, day in (("first_day", self.first_day), ("last_day", self.last_day)):
            if day is not None and not _is_date(day):
                raise UnitError(name, "Must be a date from 1970 on, such as 2026-12-24.")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise UnitError("last_day", "Must not be before the first day.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """OUTSIDE_DATE_WINDOW; `expected` is the instant at which the window opens, unless it is over."""
        zone = ZoneInfo(situation.zone)
        today = situation.now.astimezone(zone).date()
        opens = None
        # Dates in ISO 8601 are in the order of their texts.
        if self.first_day is not None and today.isoformat() < self.first_day:
            opens = moments_of(date.fromisoformat(self.first_day), time(), zone)[0]
        elif self.last_day is None or today.isoformat() <= self.last_day:
            return ()
        return (
            Reason(
                "OUTSIDE_DATE_WINDOW",
                f"This offer {'is' if opens else 'was'} valid {self._in_words()} ({situation.zone}); "
                f"it is {day_in_words(today)} there.",
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
        """To come after the last day."""
        if self.last_day is None:
            return None
        after = date.fromisoformat(self.last_day) + timedelta(days=1)
        over = moments_of(after, time(), ZoneInfo(situation.zone))[0]
        return come_at(over, situation.zone, situation.now)

    def _in_words(self) -> str:
        ends = ("from", self.first_day), ("to", self.last_day)
        return " ".join(f"{word} {day_in_words(date.fromisoformat(day))}" for word, day in ends if day)


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and date.fromisoformat(text).year >= 1970
    except ValueError:
        return False
