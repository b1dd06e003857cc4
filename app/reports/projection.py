"""The projection `reports`: figures by minute, hour and day, kept up from the event log."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from app.database import Connection, columns
from app.events.kinds import EventKind
from app.events.log import Event
from app.events.projection import EVENTS_PER_TURN
from app.reports.increments import Increments, Known, Needs, needs_of
from app.reports.values import Measure, Subject

NAME = "reports"

_ZONES = "SELECT id, time_zone FROM projects WHERE id = ANY ($1::uuid[])"
_CUSTOMERS = """
SELECT c.project_id, c.customer_id
FROM unnest($1::uuid[], $2::uuid[]) AS asked (project_id, customer_id)
JOIN report_customers c USING (project_id, customer_id)
"""
_RATES = """
SELECT r.project_id, r.partner_id, r.rate
FROM unnest($1::uuid[], $2::text[]) AS asked (project_id, partner_id)
JOIN report_rates r USING (project_id, partner_id)
"""
_PROMISES = """
SELECT p.project_id, p.redemption_id, p.partner_id, p.rate
FROM unnest($1::uuid[], $2::uuid[]) AS asked (project_id, redemption_id)
JOIN report_promises p USING (project_id, redemption_id)
"""

_PLACE = "project_id, grain, start, kind, subject, currency, channel, redemption_point"
_PLACE_TYPES = ("uuid", "smallint", "timestamptz", "smallint", "text", "text", "text", "text")
_MEASURES = [measure.name.lower() for measure in Measure]
# A thousand attempts at the dearest cart that can be come to more than a bigint holds. Anybody may make them, and what
# cannot be counted would hold up the figures of all projects: there a sum stops, instead.
_MOST = 2**63 - 1


def _adding(table: str, key: str, key_types: Sequence[str], counted: Sequence[str]) -> str:
    """A statement that adds rows, given as columns, to those there are."""
    types = (*key_types, *("bigint" for _ in counted))
    given = ", ".join(f"${place}::{type_}[]" for place, type_ in enumerate(types, start=1))
    names = f"{key}, {', '.join(counted)}"
    sums = ", ".join(
        f"{name} = least(greatest(so_far.{name}::numeric + excluded.{name}, -{_MOST}), {_MOST})::bigint"
        for name in counted
    )
    return f"""
    INSERT INTO {table} AS so_far ({names}) SELECT * FROM unnest({given})
    ON CONFLICT ({key}) DO UPDATE SET {sums}
    """  # noqa: S608 - names of this file


_ADD_FIGURES = _adding("report_figures", _PLACE, _PLACE_TYPES, _MEASURES)
_ADD_REASONS = _adding(
    "report_reasons", f"{_PLACE}, reason", (*_PLACE_TYPES, "text"), ("rejected", "at_stake")
)
# Lists travel as JSON: arrays of arrays would have to be as long as each other. Only who is at a page that somebody
# else has applied meanwhile finds rows there already (here and below), and then writes nothing in the end.
_ADD_BUYERS = """
INSERT INTO report_buyers (project_id, at, redemption_id, customer_id, currency, channel, redemption_point,
                           campaigns, main_campaigns, partners, categories, rewards)
SELECT project_id, at, redemption_id, customer_id, currency, channel, redemption_point,
       ARRAY(SELECT json_array_elements_text(campaigns::json)),
       ARRAY(SELECT json_array_elements_text(main_campaigns::json)),
       ARRAY(SELECT json_array_elements_text(partners::json)),
       ARRAY(SELECT json_array_elements_text(categories::json)),
       ARRAY(SELECT json_array_elements_text(rewards::json))
FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[],
            $8::text[], $9::text[], $10::text[], $11::text[], $12::text[])
  AS new (project_id, at, redemption_id, customer_id, currency, channel, redemption_point,
          campaigns, main_campaigns, partners, categories, rewards)
ON CONFLICT DO NOTHING
"""
_ADD_CUSTOMERS = """
INSERT INTO report_customers (project_id, customer_id, since)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[])
ON CONFLICT DO NOTHING
"""
_ADD_RATES = """
INSERT INTO report_rates (project_id, partner_id, rate) SELECT * FROM unnest($1::uuid[], $2::text[], $3::numeric[])
ON CONFLICT (project_id, partner_id) DO UPDATE SET rate = excluded.rate
"""
_ADD_PROMISES = """
INSERT INTO report_promises (project_id, redemption_id, partner_id, rate)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::numeric[])
ON CONFLICT DO NOTHING
"""
_OF_BUYERS = (Subject.CAMPAIGN, Subject.MAIN_CAMPAIGN, Subject.PARTNER, Subject.CATEGORY, Subject.REWARD)


class Reports:
    """A page of events costs four statements that read and at most six that write, however many events it has."""

    name = NAME
    kinds = frozenset(
        {
            EventKind.REDEMPTION_GRANTED,
            EventKind.REDEMPTION_REJECTED,
            EventKind.REDEMPTION_ROLLED_BACK,
            EventKind.VALIDATIONS_COUNTED,
            EventKind.PARTNER_CREATED,
            EventKind.PARTNER_UPDATED,
        }
    )
    tables = (
        "report_figures",
        "report_reasons",
        "report_buyers",
        "report_customers",
        "report_rates",
        "report_promises",
    )

    async def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        """Count the events: all is read and computed before the first row is written."""
        increments = Increments(await _known(connection, needs_of(events)))
        for count, event in enumerate(events, start=1):
            increments.count(event)
            if count % EVENTS_PER_TURN == 0:
                await asyncio.sleep(0)
        await _write(connection, increments)


async def _known(connection: Connection, needs: Needs) -> Known:
    zones: dict[UUID, ZoneInfo] = {
        row["id"]: ZoneInfo(row["time_zone"]) for row in await connection.fetch(_ZONES, list(needs.projects))
    }
    known = Known(zones)
    if needs.customers:
        rows = await connection.fetch(_CUSTOMERS, *columns(list(needs.customers), 2))
        known.customers.update((row["project_id"], row["customer_id"]) for row in rows)
    if needs.partners:
        for project, partner, rate in await connection.fetch(_RATES, *columns(list(needs.partners), 2)):
            known.rates[project, partner] = rate
    if needs.redemptions:
        asked = columns(list(needs.redemptions), 2)
        for project, redemption, partner, rate in await connection.fetch(_PROMISES, *asked):
            known.promised.setdefault((project, redemption), {})[partner] = rate
    return known


def _stopped(sums: Iterable[int]) -> Iterator[int]:
    """Sums of one page, no larger than a row's: what thirty partners are owed for dear orders may be."""
    return (max(-_MOST, min(number, _MOST)) for number in sums)


async def _write(connection: Connection, increments: Increments) -> None:
    """Tables in one order and rows in that of their keys, so that two who are at the same page wait for each other."""
    rates = sorted((*key, rate) for key, rate in increments.new_rates.items())
    customers = sorted((*key, since) for key, since in increments.new_customers.items())
    promises = sorted(
        (*key, partner, rate)
        for key, rates in increments.new_promises.items()
        for partner, rate in rates.items()
    )
    buyers = sorted(
        (
            *(
                one.project,
                one.at,
                one.redemption,
                one.customer,
                one.currency,
                one.channel,
                one.redemption_point,
            ),
            *(orjson.dumps(one.subjects.get(kind, ())).decode() for kind in _OF_BUYERS),
        )
        for one in increments.buyers
    )
    reasons = sorted(
        (*place, reason, *_stopped(counted)) for (place, reason), counted in increments.reasons.items()
    )
    figures = sorted((*place, *_stopped(counted)) for place, counted in increments.figures.items())
    for statement, rows in (
        (_ADD_RATES, rates),
        (_ADD_CUSTOMERS, customers),
        (_ADD_PROMISES, promises),
        (_ADD_BUYERS, buyers),
        (_ADD_REASONS, reasons),
        (_ADD_FIGURES, figures),
    ):
        if rows:
            await connection.execute(statement, *columns(rows, len(rows[0])))
