"""Members of a list: customers are put on it and taken off it, up to a thousand at once, each with an answer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app import door
from app.database import Connection, columns, transaction
from app.events.kinds import EventKind
from app.events.log import append
from app.events.wake import ring
from app.ids import new_id
from app.problem import Problem, Problems
from app.segments import keep
from app.segments.values import (
    MOST_MEMBERS_AT_ONCE,
    MemberOutcome,
    MemberResult,
    MembersChanged,
    SegmentKind,
)

CustomerRef = UUID | str
"""A customer's id, or the company's own id of the customer."""

_FIND = """
SELECT c.id, c.source_id FROM customers c WHERE c.project_id = $1 AND c.id = ANY ($2::uuid[])
UNION ALL
SELECT c.id, c.source_id FROM customers c WHERE c.project_id = $1 AND c.source_id = ANY ($3::text[])
"""

_ADD = """
INSERT INTO segment_members (id, project_id, segment_id, customer_id, created_at)
SELECT new.id, $1, $2, new.customer_id, $3 FROM unnest($4::uuid[], $5::uuid[]) AS new (id, customer_id)
ON CONFLICT (project_id, segment_id, customer_id) DO NOTHING
RETURNING customer_id
"""

_REMOVE = """
DELETE FROM segment_members WHERE project_id = $1 AND segment_id = $2 AND customer_id = ANY ($3::uuid[])
RETURNING customer_id
"""


async def add_members(
    project: UUID, segment: UUID, customers: Sequence[CustomerRef], now: datetime
) -> MembersChanged | Problems:
    """Put customers on the list; safe to repeat.

    Codes: NOT_FOUND, SEGMENT_IS_LIVE, EMPTY_BATCH, TOO_MANY_ITEMS.
    """
    return await _change(project, segment, customers, now, adding=True)


async def remove_members(
    project: UUID, segment: UUID, customers: Sequence[CustomerRef], now: datetime
) -> MembersChanged | Problems:
    """Take customers off the list; safe to repeat. Codes as `add_members`."""
    return await _change(project, segment, customers, now, adding=False)


async def _change(
    project: UUID, id_: UUID, customers: Sequence[CustomerRef], now: datetime, *, adding: bool
) -> MembersChanged | Problems:
    fault = _fault_of_size(len(customers))
    if fault is not None:
        return Problems((fault,))
    async with transaction() as connection:
        # Its row is held: changes of one list come one after the other, so they cannot lock each other up.
        segment = await keep.lock(connection, project, id_)
        if segment is None:
            return Problems.one("segment", "NOT_FOUND", "There is no such segment.")
        if segment.kind is SegmentKind.LIVE:
            message = "The segment is live: its rule says who is in it, nobody is put there or taken away."
            return Problems.one("segment", "SEGMENT_IS_LIVE", message)
        known = await _find(connection, project, customers)
        wanted = set(known.values())
        changed = (
            await _add(connection, project, id_, wanted, now)
            if adding
            else await _remove(connection, project, id_, wanted)
        )
        if changed:
            kind = EventKind.SEGMENT_MEMBERS_ADDED if adding else EventKind.SEGMENT_MEMBERS_REMOVED
            event = keep.event_of(project, kind, segment, now, sorted(changed))
            await append(connection, [event])
    if changed:
        ring()
    return MembersChanged(segment, _results(customers, known, changed, adding=adding))


async def _find(
    connection: Connection, project: UUID, customers: Iterable[CustomerRef]
) -> dict[CustomerRef, UUID]:
    by_id = [ref for ref in customers if isinstance(ref, UUID)]
    by_source = [ref for ref in customers if isinstance(ref, str) and door.can_be_kept(ref)]
    rows = await connection.fetch(_FIND, project, by_id, by_source)
    return {ref: row["id"] for row in rows for ref in (row["id"], row["source_id"])}


async def _add(
    connection: Connection, project: UUID, segment: UUID, customers: Iterable[UUID], now: datetime
) -> set[UUID]:
    new = [(new_id(), customer) for customer in sorted(customers)]
    rows = await connection.fetch(_ADD, project, segment, now, *columns(new, 2))
    return {row["customer_id"] for row in rows}


async def _remove(
    connection: Connection, project: UUID, segment: UUID, customers: Iterable[UUID]
) -> set[UUID]:
    rows = await connection.fetch(_REMOVE, project, segment, list(customers))
    return {row["customer_id"] for row in rows}


def _results(
    customers: Sequence[CustomerRef], known: dict[CustomerRef, UUID], changed: set[UUID], *, adding: bool
) -> list[MemberResult]:
    done, needless = (
        (MemberOutcome.ADDED, MemberOutcome.ALREADY_THERE)
        if adding
        else (MemberOutcome.REMOVED, MemberOutcome.NOT_THERE)
    )
    left = set(changed)
    results = []
    for ref in customers:
        customer = known.get(ref)
        if customer is None:
            results.append(MemberResult(None, MemberOutcome.UNKNOWN_CUSTOMER))
            continue
        # Who is named twice is added once.
        results.append(MemberResult(customer, done if customer in left else needless))
        left.discard(customer)
    return results


def _fault_of_size(size: int) -> Problem | None:
    if size == 0:
        return Problem(("customers",), "EMPTY_BATCH", "Give at least one.")
    if size > MOST_MEMBERS_AT_ONCE:
        message = f"At most {MOST_MEMBERS_AT_ONCE} fit into one call; {size} were given."
        return Problem(("customers",), "TOO_MANY_ITEMS", message)
    return None
