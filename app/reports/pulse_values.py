"""Values of the pulse of a campaign: what it was like in the last minutes, hour or day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import NamedTuple, Self
from uuid import UUID

from app.engine.counter import Measure
from app.engine.period import Period
from app.events.cursor import Cursor
from app.reports.values import Grain


class PulseWindow(Enum):
    """How far a pulse looks back: whole stretches of a grain, how many, and besides them the one that is running."""

    FIVE_MINUTES = (Grain.MINUTE, 5)
    HOUR = (Grain.MINUTE, 60)
    DAY = (Grain.HOUR, 24)

    @property
    def grain(self) -> Grain:
        """The stretches of time of its points."""
        return self.value[0]

    @property
    def whole(self) -> int:
        """How many of them before the one that is running."""
        return self.value[1]


class PulseOf(NamedTuple):
    """Whose pulse it is, and how far it looks back; hours are those of the IANA zone."""

    project: UUID
    campaign: UUID
    is_main: bool
    window: PulseWindow
    zone: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money of one currency, in minor units: of orders granted in the stretch, and what came back in it."""

    order_value: int = 0
    discount: int = 0
    returned_order_value: int = 0
    returned_discount: int = 0

    def __add__(self, other: Self) -> "Amounts":
        return Amounts(
            self.order_value + other.order_value,
            self.discount + other.discount,
            self.returned_order_value + other.returned_order_value,
            self.returned_discount + other.returned_discount,
        )


@dataclass(frozen=True, slots=True)
class Beat:
    """What was counted in one stretch of time, or in several: orders, attempts, validations."""

    redemptions: int = 0
    rollbacks: int = 0
    rejected: int = 0
    validations_granted: int = 0
    validations_rejected: int = 0
    amounts: Mapping[str, Amounts] = field(default_factory=dict)  # by currency

    def __add__(self, other: Self) -> "Beat":
        currencies = {**self.amounts, **other.amounts}
        return Beat(
            self.redemptions + other.redemptions,
            self.rollbacks + other.rollbacks,
            self.rejected + other.rejected,
            self.validations_granted + other.validations_granted,
            self.validations_rejected + other.validations_rejected,
            {
                one: self.amounts.get(one, Amounts()) + other.amounts.get(one, Amounts())
                for one in sorted(currencies)
            },
        )


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A limit or a budget of a whole campaign in its present period, and what is used of it, holds included.

    `moved` is what the window added to its use, less what was given back: None where no figures are kept of it. A
    `period` that is not for ever starts anew at `renews_at`. Money is minor units of `currency`.
    """

    campaign: UUID
    measure: Measure
    period: Period
    most: int
    used: int
    moved: int | None
    currency: str | None = None
    renews_at: datetime | None = None

    @property
    def left(self) -> int:
        """How much there may still be."""
        return max(0, self.most - self.used)


@dataclass(frozen=True)
class Pulse:
    """A campaign in a window that begins with the first of `starts` and ends `at` the instant it was looked at.

    Two pulses are equal if all that was counted is. `cursor` is the place of the log up to which it was.
    """

    of: PulseOf
    starts: tuple[datetime, ...]  # of each of its points
    changes_at: datetime  # when the next point begins
    beats: tuple[Beat, ...]  # of each of its points
    reasons: tuple[
        tuple[str, int], ...
    ]  # codes of reasons and attempts that had them, the most frequent first
    ceilings: tuple[Ceiling, ...]
    at: datetime = field(compare=False)
    cursor: Cursor = field(compare=False)

    @cached_property
    def whole(self) -> Beat:
        """All points together."""
        return sum(self.beats, Beat())

    @property
    def length(self) -> timedelta:
        """How long the window is."""
        return self.at - self.starts[0]
