"""Appending to the event log: in the transaction of the deed, so that both happen or neither."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any  # a payload is whatever its kind says
from uuid import UUID

import orjson

from app.database import Connection, columns
from app.events.cursor import Cursor
from app.events.kinds import EventKind

_APPEND = """
INSERT INTO events (project_id, kind, at, payload)
SELECT project_id, kind, at, payload::json
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[]) WITH ORDINALITY
  AS new (project_id, kind, at, payload, place)
ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact to be recorded; `payload` (a dict, or JSON already encoded) holds all that its readers show."""

    project: UUID
    kind: EventKind
    payload: dict[str, Any] | bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A fact as the log holds it; `cursor` is its place, `size` the bytes of its payload as JSON text."""

    cursor: Cursor
    project: UUID
    kind: EventKind
    at: datetime
    payload: dict[str, Any]
    size: int


async def append(connection: Connection, events: Sequence[NewEvent]) -> None:
    """Write the events, in this order, as part of the connection's transaction; one statement.

    Call `wake.ring()` after the commit.
    """
    if events:
        rows = [(event.project, event.kind.value, event.at, _text(event.payload)) for event in events]
        await connection.execute(_APPEND, *columns(rows, 4))


def _text(payload: dict[str, Any] | bytes) -> str:
    return (payload if isinstance(payload, bytes) else orjson.dumps(payload)).decode()
