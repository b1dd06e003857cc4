"""Reading the activity of customers: pages of the events that concern them, newest or oldest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.database import fetch, statement
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.log import Event
from app.events.read import PAGE_BYTES, CursorExpired, event_of

_END = Cursor(2**15 - 1, 2**64 - 1, 2**63 - 1)  # behind everything that can ever be in the log

_OLDEST = statement(__package__, "read_activity.sql").replace("/* beyond */", ">").replace("/* down */", "")
_NEWEST = (
    statement(__package__, "read_activity.sql").replace("/* beyond */", "<").replace("/* down */", "DESC")
)


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """A page of a customer's events, in the order of the list; `has_more` tells whether it goes on behind them.

    `up_to` is how far the list was kept up then: whatever stands up to there in the log and concerns the customer is in
    the list, and a feed goes on behind it without a gap.
    """

    events: tuple[Event, ...]
    has_more: bool
    up_to: Cursor


async def activity_of(
    project: UUID,
    customers: Sequence[UUID],
    limit: int,
    *,
    after: Cursor | None = None,
    kinds: Collection[EventKind] | None = None,
    newest_first: bool = True,
    most_bytes: int = PAGE_BYTES,
) -> dict[UUID, ActivityPage]:
    """A page for each customer, beyond the place `after` in the list's order; one statement.

    It has `limit` events (1 or more), or ends with the one whose payload brings it to `most_bytes`. The list is kept up
    from the log, some milliseconds behind it. Raises CursorExpired where something has been let go between `after` and
    the first event; newest first the list just ends where that begins.
    """
    place = after or (_END if newest_first else BEGINNING)
    query = _NEWEST if newest_first else _OLDEST
    names = None if kinds is None else [kind.value for kind in kinds]
    rows = await fetch(query, project, list(customers), *place, limit + 1, names, most_bytes)
    if rows and after is not None and not newest_first:
        horizon = Cursor(rows[0]["horizon_epoch"], rows[0]["horizon_tx"], rows[0]["horizon_position"])
        if after < horizon:
            raise CursorExpired(horizon)
    found: dict[UUID, list[asyncpg.Record]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], []).append(row)
    return {customer: _page(own, limit) for customer, own in found.items()}


def _page(rows: Sequence[asyncpg.Record], limit: int) -> ActivityPage:
    """The rows of one customer: without any event there is one row that says only how far the list is kept up."""
    first = rows[0]
    up_to = BEGINNING
    if first["reached_epoch"] is not None:
        up_to = Cursor(first["reached_epoch"], first["reached_tx"], first["reached_position"])
    if first["position"] is None:
        return ActivityPage((), False, up_to)
    kept = rows[:limit]
    return ActivityPage(tuple([event_of(row) for row in kept]), first["found"] > len(kept), up_to)
