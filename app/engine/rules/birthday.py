"""birthday: days are whole ones, on the campaign's calendar.

Who was born on 29 February has the 28th in other years; whose birthday nobody knows has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from app.engine.facts import Need, Profile, Situation
from app.engine.json_data import JSONValue
from app.engine.moment import in_words, moments_of
from app.engine.reason import Reason, Value, customer_required
from app.engine.remedy import Act, Change
from app.engine.shelf import rules
from app.engine.unit import Family, UnitError, says

# So that there is a day in every year on which it does not hold.
MOST_DAYS = 180


@rules.add
@dataclass(frozen=True, slots=True)
class Birthday:
    """It must be the customer's birthday, or some days before or after it."""

    days_before: int = field(default=0, metadata=says("How many days before it will do, too.", unit="days"))
    days_after: int = field(default=0, metadata=says("How many days after it will do, too.", unit="days"))

    needs: ClassVar[frozenset[Need]] = frozenset({Profile()})
    profile: ClassVar[frozenset[str]] = frozenset({"birthday"})
    family: ClassVar[Family] = Family.CUSTOMER
    example: ClassVar[Mapping[str, JSONValue]] = {"kind": "birthday", "days_before": 3, "days_after": 7}

    def __post_init__(self) -> None:
        for name, days in (("days_before", self.days_before), ("days_after", self.days_after)):
            if not 0 <= days <= MOST_DAYS:
                raise UnitError(name, f"Must be from 0 to {MOST_DAYS}.")

    def refusals(self, situation: Situation) -> tuple[Reason, ...]:
        """CUSTOMER_REQUIRED, BIRTHDAY_UNKNOWN, or NOT_BIRTHDAY; `expected` is the instant at which it begins."""
        shopper = situation.facts.shopper
        if situation.facts.customer is None or shopper is None:
            return (customer_required(),)
        if shopper.birthday is None:
            return (
                Reason(
                    "BIRTHDAY_UNKNOWN",
                    "This offer is for birthdays; nobody knows when this customer was born.",
                    subject="customer.birthday",
                ),
            )
        zone = ZoneInfo(situation.zone)
        today = situation.now.astimezone(zone).date()
        if self.holds(shopper.birthday, today):
            return ()
        opens = moments_of(self._next(shopper.birthday, today), time(), zone)[0]
        return (
            Reason(
                "NOT_BIRTHDAY",
                f"This offer is for {self._in_words()}, on the calendar of {situation.zone}.",
                subject="customer.birthday",
                expected=opens,
                actual=situation.now,
                remedy=f"Valid from {in_words(opens, situation.zone, situation.now)}.",
                change=Change(Act.COME_AT, at=opens),
            ),
        )

    def actual(self, situation: Situation) -> Value | None:
        """The day the customer was born."""
        shopper = situation.facts.shopper
        if situation.facts.customer is None or shopper is None or shopper.birthday is None:
            return None
        return shopper.birthday.isoformat()

    def holds(self, born: date, today: date) -> bool:
        """Whether `today` is close enough to a birthday of who was born on that day."""
        before, after = timedelta(days=self.days_before), timedelta(days=self.days_after)
        return any(
            birthday_in(year, born) - before <= today <= birthday_in(year, born) + after
            for year in range(today.year - 1, today.year + 2)
        )

    def _next(self, born: date, today: date) -> date:
        """The first day after `today` on which it holds, when it does not hold today."""
        days = (
            birthday_in(today.year + ahead, born) - timedelta(days=self.days_before) for ahead in range(3)
        )
        return next(day for day in days if day > today)

    def _in_words(self) -> str:
        around = [
            f"{'the day' if days == 1 else f'{days} days'} {word} it"
            for days, word in ((self.days_before, "before"), (self.days_after, "after"))
            if days
        ]
        return " and ".join(["the customer's birthday", *around])


def birthday_in(year: int, born: date) -> date:
    """The birthday in that year."""
    if (born.month, born.day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return born.replace(year=year)
