"""How limits and budgets of campaigns run down while a simulation goes on, and when nothing is left of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.engine.counter import Cap, CounterKey, Measure
from app.engine.offer import Presented
from app.engine.period import Period
from app.engine.reason import Reason


@dataclass(frozen=True, slots=True)
class LimitRun:
    """How one limit or budget of a whole campaign would have run, over all the periods it was counted in.

    `most` and `used`, that of the fullest period, are minor units of the `currency`, points or redemptions. In
    `run_out` of the `periods` something was refused for it, or nothing was left; first at `runs_out_at`.
    """

    campaign: UUID
    is_main: bool
    measure: Measure
    period: Period
    currency: str | None
    most: int
    used: int
    periods: int
    run_out: int
    runs_out_at: datetime | None

    @property
    def percent(self) -> int:
        """How much of it is used in its fullest period, rounded down."""
        return 100 * self.used // self.most


@dataclass(slots=True)
class _Counter:
    key: CounterKey
    is_main: bool
    most: int
    used: int = 0
    runs_out_at: datetime | None = None


@dataclass(slots=True)
class SimulatedLimits:
    """Every counter of a whole campaign that the codes in question count against."""

    _counters: dict[CounterKey, _Counter] = field(default_factory=dict)

    def see(
        self,
        code: Presented,
        caps: Iterable[tuple[Cap, Cap]],
        reasons: Iterable[Reason],
        used: Mapping[CounterKey, int],
        at: datetime,
    ) -> None:
        """How far the counters of a code have counted after an attempt, and what it was refused for.

        `caps` are those of the code, each with the tighter one of the sample.
        """
        subjects = {reason.subject for reason in reasons}
        for (key, most), (_, narrow) in caps:
            if key.scope != "campaign":
                continue
            is_main = code.main is not None and key.subject == code.main.id
            counter = self._counters.setdefault(key, _Counter(key, is_main, most))
            counter.used = max(counter.used, used.get(key, 0))
            owner = "main_campaign" if is_main else "campaign"
            is_over = counter.used >= narrow or f"{owner}.{key.measure.value.lower()}" in subjects
            if is_over and counter.runs_out_at is None:
                counter.runs_out_at = at

    def told(self, part: int, whole: int) -> tuple[LimitRun, ...]:
        """One line for each limit and budget; `part` of `whole` attempts were looked at."""
        lines: dict[tuple[object, ...], list[_Counter]] = {}
        for counter in self._counters.values():
            key = counter.key
            period = Period.EVER if key.window is None else key.window.period
            line = (key.subject, counter.is_main, key.measure, period, key.currency)
            lines.setdefault(line, []).append(counter)
        return tuple([_told(counters, part, whole) for counters in lines.values()])


def _told(counters: list[_Counter], part: int, whole: int) -> LimitRun:
    first = counters[0]
    ends = [counter.runs_out_at for counter in counters if counter.runs_out_at is not None]
    return LimitRun(
        campaign=first.key.subject,
        is_main=first.is_main,
        measure=first.key.measure,
        period=Period.EVER if first.key.window is None else first.key.window.period,
        currency=first.key.currency,
        most=first.most,
        used=max([counter.used for counter in counters]) * whole // part,
        periods=len(counters),
        run_out=len(ends),
        runs_out_at=min(ends, default=None),
    )
