"""A report: figures in a period, by interval and by group, exactly as the log has them up to one place."""

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from app import door
from app.database import Connection, statement, transaction
from app.events.cursor import BEGINNING, Cursor
from app.reports.periods import Period
from app.reports.projection import NAME
from app.reports.question import (
    Family,
    GroupBy,
    Question,
    Source,
    Top,
    most_currencies,
    periods_of,
    source_of,
)
from app.reports.values import Figures, Measure, Subject, no_figures

# The cursor and the figures of one instant; a rebuild, which would empty the tables under it, has to wait.
_AT_ONE_INSTANT = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
LOCK TABLE report_figures, report_reasons, report_buyers IN ACCESS SHARE MODE
"""
_PLACE = "SELECT epoch, tx, position FROM projection_cursors WHERE name = $1"
_FAMILY = "SELECT id, main_id FROM campaigns WHERE project_id = $1 AND (id = $2 OR main_id = $2)"
_FIGURES = statement(__package__, "report_figures.sql")
_BUYERS = statement(__package__, "report_buyers.sql")

_MEASURES = tuple(measure.name.lower() for measure in Measure)
_OF_REASONS = ("rejected", "at_stake")
_TOPS = {
    Top.ORDER_VALUE: "order_value - returned_order_value",
    Top.DISCOUNT: "discount - returned_discount",
    Top.REDEMPTIONS: "redemptions",
    Top.REJECTED: "rejected",
    Top.COMMISSION: "commission",
}
_BUYERS_OF = {
    Subject.CAMPAIGN: "campaigns",
    Subject.MAIN_CAMPAIGN: "main_campaigns",
    Subject.PARTNER: "partners",
    Subject.CATEGORY: "categories",
    Subject.REWARD: "rewards",
}
_BY_COLUMN = {
    GroupBy.NONE: "''",
    GroupBy.CHANNEL: "channel",
    GroupBy.REDEMPTION_POINT: "redemption_point",
    GroupBy.REASON: "reason",
}


@dataclass(slots=True)
class Stretch:
    """Figures of one stretch of time; `buyers` are its unique customers, if they were asked for."""

    figures: Figures
    buyers: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A whole period and each of its intervals."""

    total: Stretch
    intervals: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One part of a report. `name` is the id of a campaign or partner as 32 digits, or the word; '' for all or none."""

    name: str
    currency: str
    present: Series
    earlier: Series | None


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked for. The figures are those of the log up to `cursor`, exactly.

    `left_out` are currencies for which there was no room, in alphabetical order.
    """

    cursor: Cursor
    period: Period
    earlier: Period | None
    groups: tuple[Group, ...]
    left_out: tuple[str, ...] = ()


async def report(question: Question) -> Report:
    """Answer it in at most five statements. Raises ReportError for what the figures cannot answer."""
    present, before = periods_of(question)
    async with transaction() as connection:
        await connection.execute(_AT_ONE_INSTANT)
        source = source_of(question, await _family(connection, question))
        row = await connection.fetchrow(_PLACE, NAME)
        rows = await _figures(connection, question, source, present, before)
        groups = _grouped(rows, question, present, before)
        if groups and question.buyers and question.group_by is not GroupBy.REASON:
            await _count_buyers(connection, question, source, present, before, groups)
    left_out = (rows[0]["left_out"] or "") if rows else ""
    cursor = BEGINNING if row is None else Cursor(*row)
    return Report(cursor, present, before, tuple(groups.values()), tuple(left_out.split()))


async def _family(connection: Connection, question: Question) -> Family | None:
    campaign = question.only.campaign
    if campaign is None:
        return None
    rows = await connection.fetch(_FAMILY, question.project, campaign)
    subs = tuple(row["id"] for row in rows if row["id"] != campaign)
    # One that does not exist has no figures either way.
    return Family(campaign, all(row["main_id"] is None for row in rows if row["id"] == campaign), subs)


async def _figures(
    connection: Connection, question: Question, source: Source, present: Period, before: Period | None
) -> Sequence[asyncpg.Record]:
    by_reason = question.group_by is GroupBy.REASON
    measures = _OF_REASONS if by_reason else _MEASURES
    top = "rejected" if by_reason else _TOPS[question.top]
    text = (
        _FIGURES.replace("/* table */", "report_reasons" if by_reason else "report_figures")
        .replace("/* name */", _BY_COLUMN.get(question.group_by, "subject"))
        .replace("/* sums */", ", ".join(f"sum({name}) AS {name}" for name in measures))
        .replace("/* top */", top)
        .replace("/* weight */", "rejected" if by_reason else "redemptions")
    )
    only = question.only
    words = (only.category, only.reward, only.channel, only.redemption_point)
    if not all(door.can_be_kept(word) for word in words if word is not None):
        return ()  # nothing is ever called so, and PostgreSQL refuses it
    return await connection.fetch(
        text,
        *(question.project, question.interval.grain, source.kind, source.subjects),
        *(only.channel, only.redemption_point, only.currency),
        *(present.bounds, () if before is None else before.bounds, question.first),
        most_currencies(question, present),
    )


def _grouped(
    rows: Sequence[asyncpg.Record], question: Question, present: Period, before: Period | None
) -> dict[tuple[str, str], Group]:
    """Groups in the order of the rows; what happened in no interval is 0 in all."""
    measures = _OF_REASONS if question.group_by is GroupBy.REASON else _MEASURES
    groups: dict[tuple[str, str], Group] = {}
    for row in rows:
        key = (row["name"], row["currency"])
        if key not in groups:
            groups[key] = Group(*key, _empty(present), None if before is None else _empty(before))
        series = groups[key].earlier if row["is_earlier"] else groups[key].present
        assert series is not None  # noqa: S101 - rows of an earlier period are there only where one was asked for
        for name in measures:
            measure = Measure[name.upper()]
            counted = int(row[name])  # PostgreSQL adds up in numeric, which no sum is too large for
            series.intervals[row["step"]].figures[measure] += counted
            series.total.figures[measure] += counted
    return groups


def _empty(period: Period) -> Series:
    return Series(Stretch(no_figures()), tuple(Stretch(no_figures()) for _ in range(period.count)))


async def _count_buyers(
    connection: Connection,
    question: Question,
    source: Source,
    present: Period,
    before: Period | None,
    groups: dict[tuple[str, str], Group],
) -> None:
    for group in groups.values():
        for series in (group.present, *(() if group.earlier is None else (group.earlier,))):
            for stretch in (series.total, *series.intervals):
                stretch.buyers = 0
    column = _BUYERS_OF.get(source.kind)
    text = _BUYERS.replace("/* subjects */", "ARRAY['']" if column is None else column).replace(
        "/* name */", _BY_COLUMN.get(question.group_by, "subject")
    )
    only = question.only
    rows = await connection.fetch(
        text,
        *(question.project, source.subjects, only.channel, only.redemption_point, only.currency),
        *(present.bounds, () if before is None else before.bounds),
    )
    for row in rows:
        counted = groups.get((row["name"], row["currency"]))
        series = None if counted is None else counted.earlier if row["is_earlier"] else counted.present
        if series is not None:
            stretch = series.total if row["step"] is None else series.intervals[row["step"]]
            stretch.buyers = row["buyers"]
