"""Taking the pulse of a campaign: from the figures of the projection `reports` and from counters of budgets."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.campaigns.read import by_ids
from app.database import fetchrow, statement
from app.engine.counter import Measure
from app.engine.period import Period
from app.events.cursor import BEGINNING, Cursor
from app.redemptions.usage import uses_of_budgets, uses_of_campaigns
from app.reports import calendar
from app.reports.projection import NAME
from app.reports.pulse_values import Amounts, Beat, Ceiling, Pulse, PulseOf
from app.reports.values import Subject

_PULSE = statement(__package__, "pulse.sql")


async def take_pulse(of: PulseOf, now: datetime) -> Pulse:
    """How the campaign does at `now`; five statements, however much happened.

    The figures are those of one place in the log, limits and budgets are those of this instant.
    """
    starts = points(of, now)
    main = None
    if not of.is_main:
        found = (await by_ids(of.project, [of.campaign])).get(of.campaign)
        main = None if found is None else found.main_id
    subjects = [(Subject.MAIN_CAMPAIGN if of.is_main else Subject.CAMPAIGN, of.campaign.hex)]
    if main is not None:
        subjects.append((Subject.MAIN_CAMPAIGN, main.hex))
    kinds, names = zip(*subjects, strict=True)
    row = await fetchrow(_PULSE, of.project, of.window.grain, starts, kinds, names, NAME)
    assert row is not None  # noqa: S101 - the statement has one row
    figures = [_beats(row["figures"] or (), place, starts) for place in range(1, len(subjects) + 1)]
    sums = {of.campaign: sum(figures[0], Beat())}
    if main is not None:
        sums[main] = sum(figures[1], Beat())
    return Pulse(
        of=of,
        starts=starts,
        changes_at=calendar.following(starts[-1], of.window.grain, ZoneInfo(of.zone)),
        beats=figures[0],
        reasons=tuple((reason, attempts) for reason, attempts in row["reasons"] or ()),
        ceilings=await _ceilings(of.project, sums, now),
        at=now,
        cursor=BEGINNING if row["epoch"] is None else Cursor(row["epoch"], row["tx"], row["position"]),
    )


def points(of: PulseOf, now: datetime) -> tuple[datetime, ...]:
    """The starts of the window's points, the running one last."""
    zone, grain = ZoneInfo(of.zone), of.window.grain
    found = [calendar.starts(now, zone)[grain]]
    for _ in range(of.window.whole):
        found.append(calendar.starts(found[-1] - timedelta(microseconds=1), zone)[grain])
    return tuple(reversed(found))


def _beats(rows: Sequence[Sequence[object]], place: int, starts: Sequence[datetime]) -> tuple[Beat, ...]:
    beats = dict.fromkeys(starts, Beat())
    for subject, start, currency, *counted in rows:
        if subject == place:
            redeemed, undone, rejected, good, bad, *money = counted
            begins = datetime.fromisoformat(str(start))
            # Whole numbers, all of them: pulse.sql says in which order.
            beats[begins] += Beat(redeemed, undone, rejected, good, bad, {str(currency): Amounts(*money)})  # type: ignore[arg-type]
    return tuple(beats.values())


async def _ceilings(project: UUID, sums: dict[UUID, Beat], now: datetime) -> tuple[Ceiling, ...]:
    """The limit and the budgets of each campaign as a whole."""
    limits = await uses_of_campaigns(project, sums, now)
    budgets = await uses_of_budgets(project, sums, now)
    found = []
    for campaign, beat in sums.items():
        use = limits.get(campaign)
        if use is not None and use.limit is not None:
            used, redeemed = use.used + use.held, Measure.REDEMPTIONS
            found.append(
                Ceiling(campaign, redeemed, Period.EVER, use.limit, used, moved(redeemed, None, beat))
            )
        for budget, amount, window in (
            (each.budget, each.used, each.window) for each in budgets.get(campaign, ())
        ):
            if amount is not None:
                change = moved(budget.measure, budget.currency, beat)
                ends = None if window is None else window.ends
                found.append(
                    Ceiling(
                        *(campaign, budget.measure, budget.period, budget.most),
                        *(amount, change, budget.currency, ends),
                    )
                )
    return tuple(found)


def moved(measure: Measure, currency: str | None, beat: Beat) -> int | None:
    """What a stretch of time has added to a budget's use, less what was given back; None where that is not known."""
    amounts = beat.amounts.get(currency or "", Amounts())
    match measure:
        case Measure.REDEMPTIONS:
            return beat.redemptions - beat.rollbacks
        case Measure.DISCOUNT:
            return amounts.discount - amounts.returned_discount
        case Measure.ORDER_VALUE:
            return amounts.order_value - amounts.returned_order_value
        case Measure.POINTS:
            return None
