"""Custom events: what customers did elsewhere (a review, a visit), told by the company, up to a thousand at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app import door
from app.database import Connection, columns, transaction
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.ids import new_id
from app.problem import Problem, Problems

MOST_EVENTS_AT_ONCE = 1000
# Clocks go wrong by minutes; what is told from further ahead has not happened.
AHEAD = timedelta(minutes=10)

CustomerRef = UUID | str
"""A customer's id, or the company's own id of the customer."""

_FIND = """
SELECT c.id, c.source_id FROM customers c WHERE c.project_id = $1 AND c.id = ANY ($2::uuid[])
UNION ALL
SELECT c.id, c.source_id FROM customers c WHERE c.project_id = $1 AND c.source_id = ANY ($3::text[])
"""

# In the order of their source ids, so that two who tell the same events wait for each other instead of locking up.
_KEEP = """
INSERT INTO custom_events (id, project_id, customer_id, name, metadata, source_id, at, created_at)
SELECT new.id, $1, new.customer_id, new.name, new.metadata, new.source_id, new.at, $2
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::jsonb[], $7::text[], $8::timestamptz[])
  AS new (id, customer_id, name, metadata, source_id, at)
ORDER BY new.source_id, new.id
ON CONFLICT (project_id, source_id) WHERE source_id IS NOT NULL DO NOTHING
RETURNING id
"""


class CustomEventOutcome(StrEnum):
    """What became of one event."""

    RECORDED = "RECORDED"
    KNOWN_ALREADY = "KNOWN_ALREADY"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class CustomEventInput:
    """Something that a customer did. `at` None is now; `source_id`, the company's own id of it, counts it once."""

    customer: CustomerRef
    name: str
    at: datetime | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
    source_id: str | None = None

    def problems(self, path: tuple[str, ...], now: datetime) -> tuple[Problem, ...]:
        """What is wrong with it; `path` leads to it. Codes: the door's, INVALID_TIME for what is yet to come."""
        found = (
            *door.text((*path, "name"), self.name, shortest=1),
            *door.text((*path, "source_id"), self.source_id, shortest=1),
            *door.metadata((*path, "metadata"), self.metadata),
            *door.instant((*path, "at"), self.at),
        )
        if not found and self.at is not None and self.at > now + AHEAD:
            return (Problem((*path, "at"), "INVALID_TIME", "An event is told after it has happened."),)
        return found


@dataclass(frozen=True, slots=True)
class CustomEventResult:
    """What became of one event; `problems` say why it was refused, with paths from the deed's input on."""

    outcome: CustomEventOutcome
    problems: tuple[Problem, ...] = ()


async def track_custom_events(
    project: UUID, events: Sequence[CustomEventInput], now: datetime
) -> Sequence[CustomEventResult] | Problems:
    """Keep the events; a faulty one is answered by itself and spoils no other. Answers stand in the order given.

    An event with a source id that was told before is kept once, as it was told first, so telling is safe to repeat.
    Codes: EMPTY_BATCH, TOO_MANY_ITEMS; for one event those of its `problems`, and NOT_FOUND at `customer`.
    """
    if not events:
        return Problems.one("events", "EMPTY_BATCH", "Give at least one.")
    if len(events) > MOST_EVENTS_AT_ONCE:
        message = f"At most {MOST_EVENTS_AT_ONCE} fit into one call; {len(events)} were given."
        return Problems.one("events", "TOO_MANY_ITEMS", message)
    async with transaction() as connection:
        customers = await _find(connection, project, [event.customer for event in events])
        faults = [_faults(event, place, customers, now) for place, event in enumerate(events)]
        sound = {place: new_id() for place, found in enumerate(faults) if not found}
        rows = [_row(id_, events[place], customers, now) for place, id_ in sound.items()]
        kept = await _keep(connection, project, rows, now)
        told = [_event(project, row, now) for row in rows if row[0] in kept]
        await append(connection, told)
    if told:
        ring()
    return [_result(found, sound.get(place) in kept) for place, found in enumerate(faults)]


async def _find(
    connection: Connection, project: UUID, customers: Iterable[CustomerRef]
) -> dict[CustomerRef, UUID]:
    refs = set(customers)
    by_id = [ref for ref in refs if isinstance(ref, UUID)]
    by_source = [ref for ref in refs if isinstance(ref, str) and door.can_be_kept(ref)]
    rows = await connection.fetch(_FIND, project, by_id, by_source)
    return {ref: row["id"] for row in rows for ref in (row["id"], row["source_id"])}


def _faults(
    event: CustomEventInput, place: int, customers: Mapping[CustomerRef, UUID], now: datetime
) -> tuple[Problem, ...]:
    path = ("events", str(place))
    found = event.problems(path, now)
    if event.customer in customers:
        return found
    return (*found, Problem((*path, "customer"), "NOT_FOUND", "There is no such customer."))


_Row = tuple[UUID, UUID, str, Mapping[str, object], str | None, datetime]


def _row(id_: UUID, event: CustomEventInput, customers: Mapping[CustomerRef, UUID], now: datetime) -> _Row:
    at = now if event.at is None else event.at
    return id_, customers[event.customer], event.name, dict(event.metadata), event.source_id, at


async def _keep(connection: Connection, project: UUID, rows: Sequence[_Row], now: datetime) -> set[UUID]:
    """The ids of those that were not known before."""
    if not rows:
        return set()
    return {row["id"] for row in await connection.fetch(_KEEP, project, now, *columns(rows, 6))}


def _event(project: UUID, row: _Row, now: datetime) -> NewEvent:
    """Its metadata stays out: the log is for ever, and a customer may ask to be forgotten."""
    id_, customer, name, _, _, at = row
    payload = {
        "custom_event_id": id_.hex,
        "customer_id": customer.hex,
        "name": name,
        "happened_at": at.isoformat(),
    }
    return NewEvent(project, EventKind.CUSTOM_EVENT_TOLD, payload, now)


def _result(faults: tuple[Problem, ...], is_new: bool) -> CustomEventResult:
    if faults:
        return CustomEventResult(CustomEventOutcome.REFUSED, faults)
    return CustomEventResult(CustomEventOutcome.RECORDED if is_new else CustomEventOutcome.KNOWN_ALREADY)
