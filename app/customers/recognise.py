"""Recognising customers by the caller's own source ids: known ones are found, new ones made, told changes kept.

Set-based, for the till recognises the customers of a whole batch: one statement when all are known and
nothing has changed, and never more than five. Rows are made and locked in the order of their source ids.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.customers.read import COLUMNS, by_source_ids, read_row
from app.customers.values import Customer, CustomerInput
from app.database import Connection, columns, transaction
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.ids import new_id
from app.problem import Problems

_FIND = f"SELECT {COLUMNS} FROM customers c WHERE c.project_id = $1 AND c.source_id = ANY ($2::text[])"  # noqa: S608
# In one order, so that two batches that change the same customers wait for each other instead of locking up.
_LOCK = _FIND + " ORDER BY c.source_id FOR NO KEY UPDATE"

_INSERT = """
INSERT INTO customers (id, project_id, source_id, name, email, birthday, metadata, created_at, updated_at)
SELECT new.id, $1, new.source_id, new.name, new.email, new.birthday, new.metadata, $2, $2
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::date[], $8::jsonb[])
  AS new (id, source_id, name, email, birthday, metadata)
ORDER BY new.source_id
ON CONFLICT (project_id, source_id) DO NOTHING
RETURNING id, source_id
"""

_UPDATE = """
UPDATE customers c SET name = new.name, email = new.email, birthday = new.birthday, metadata = new.metadata,
  updated_at = $2
FROM unnest($3::uuid[], $4::text[], $5::text[], $6::date[], $7::jsonb[]) AS new (id, name, email, birthday, metadata)
WHERE c.project_id = $1 AND c.id = new.id
"""


async def recognise(
    connection: Connection, project: UUID, inputs: Sequence[CustomerInput], now: datetime
) -> dict[str, UUID]:
    """The ids of the customers, by source id, as part of the connection's transaction.

    Only given fields are overwritten; of two inputs for one customer the later one wins. The inputs must
    have no `problems()`; who calls this rings the doorbell after the commit.
    """
    wanted = _merged(inputs)
    if not wanted:
        return {}
    known = await _read(connection, _FIND, project, list(wanted))
    missing = [given for given in wanted.values() if given.source_id not in known]
    made = await _insert(connection, project, missing, now) if missing else {}
    # Someone else may have made one of the missing meanwhile; the newer look of the lock finds it.
    suspects = [
        given.source_id
        for given in wanted.values()
        if given.source_id not in made and _is_news(given, known.get(given.source_id))
    ]
    changed: list[Customer] = []
    if suspects:
        locked = await _read(connection, _LOCK, project, suspects)
        known |= locked
        changed = [row for row in locked.values() if _is_news(wanted[row.source_id], row)]
        await _update(connection, project, [wanted[row.source_id].told_of(row) for row in changed], now)
    ids = made | {source_id: customer.id for source_id, customer in known.items()}
    await append(
        connection,
        [_event(project, EventKind.CUSTOMER_CREATED, id_, source_id, now) for source_id, id_ in made.items()]
        + [_event(project, EventKind.CUSTOMER_UPDATED, row.id, row.source_id, now) for row in changed],
    )
    return ids


async def upsert_customer(project: UUID, given: CustomerInput, now: datetime) -> Customer | Problems:
    """Make the customer, or change the given fields of the one known by this source id.

    Codes: REQUIRED, TOO_LONG, INVALID_TEXT, INVALID_JSON.
    """
    problems = given.problems()
    if problems:
        return Problems(problems)
    async with transaction() as connection:
        await recognise(connection, project, [given], now)
        customer = (await by_source_ids(project, [given.source_id]))[given.source_id]
    ring()
    return customer


def _merged(inputs: Sequence[CustomerInput]) -> dict[str, CustomerInput]:
    """One input per source id, sorted by it."""
    merged: dict[str, CustomerInput] = {}
    for given in inputs:
        earlier = merged.get(given.source_id)
        merged[given.source_id] = given if earlier is None else given.after(earlier)
    return dict(sorted(merged.items()))


def _is_news(given: CustomerInput, known: Customer | None) -> bool:
    return known is None or given.told_of(known) != known


async def _read(
    connection: Connection, query: str, project: UUID, source_ids: Sequence[str]
) -> dict[str, Customer]:
    return {row["source_id"]: read_row(row) for row in await connection.fetch(query, project, source_ids)}


async def _insert(
    connection: Connection, project: UUID, missing: Sequence[CustomerInput], now: datetime
) -> dict[str, UUID]:
    """The ids of those that were really new."""
    new = [given.told_of(Customer(new_id(), given.source_id, None, None, {}, now, now)) for given in missing]
    rows = [(one.id, one.source_id, one.name, one.email, one.birthday, dict(one.metadata)) for one in new]
    return {
        row["source_id"]: row["id"]
        for row in await connection.fetch(_INSERT, project, now, *columns(rows, 6))
    }


async def _update(connection: Connection, project: UUID, told: Sequence[Customer], now: datetime) -> None:
    if told:
        rows = [(one.id, one.name, one.email, one.birthday, dict(one.metadata)) for one in told]
        await connection.execute(_UPDATE, project, now, *columns(rows, 5))


def _event(project: UUID, kind: EventKind, customer: UUID, source_id: str, now: datetime) -> NewEvent:
    """Neither name nor address: the log is for ever, and a customer may ask to be forgotten."""
    return NewEvent(project, kind, {"customer_id": customer.hex, "source_id": source_id}, now)
