"""The projection `activity`: which events of the log concern which customer, so that each has a history of its own."""

from collections.abc import Sequence
from uuid import UUID

from app.database import Connection, columns
from app.events.kinds import EventKind
from app.events.log import Event

NAME = "activity"

# The payloads of these kinds name the customer here.
_NAMED_BY = {
    EventKind.REDEMPTION_GRANTED: "customer_id",
    EventKind.REDEMPTION_ROLLED_BACK: "customer_id",
    EventKind.REDEMPTION_REJECTED: "customer_id",
    EventKind.REDEMPTION_HELD: "customer_id",
    EventKind.HOLD_RELEASED: "customer_id",
    EventKind.HOLD_EXPIRED: "customer_id",
    EventKind.VOUCHER_PUBLISHED: "customer",
    EventKind.VOUCHER_UPDATED: "holder",
    EventKind.VOUCHER_DISABLED: "holder",
    EventKind.VOUCHER_ENABLED: "holder",
    EventKind.BALANCE_ADJUSTED: "holder",
    EventKind.BALANCE_EXPIRED: "holder",
    EventKind.CUSTOMER_CREATED: "customer_id",
    EventKind.CUSTOMER_UPDATED: "customer_id",
    EventKind.CUSTOM_EVENT_TOLD: "customer_id",
}
_NAMING_MANY = {
    EventKind.SEGMENT_MEMBERS_ADDED: "customer_ids",
    EventKind.SEGMENT_MEMBERS_REMOVED: "customer_ids",
}
ACTIVITY = frozenset({*_NAMED_BY, *_NAMING_MANY})
"""The kinds of events that concern customers."""

# In the order of the key. Two processes may be at the same page for a moment: the one that comes late writes nothing
# new, and then finds that the cursor has gone on without it.
_KEEP = """
INSERT INTO customer_activity (project_id, customer_id, epoch, tx, position, kind)
SELECT project_id, customer_id, epoch, tx::xid8, position, kind
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::bigint[], $6::text[])
  AS new (project_id, customer_id, epoch, tx, position, kind)
ON CONFLICT DO NOTHING
"""


def concerned(event: Event) -> list[UUID]:
    """The customers whom an event of ACTIVITY concerns: none if it was a guest, or the voucher was nobody's."""
    if event.kind in _NAMING_MANY:
        return [UUID(one) for one in event.payload[_NAMING_MANY[event.kind]]]
    # Events from before wallets were followed do not tell the holder.
    found: str | None = event.payload.get(_NAMED_BY[event.kind])
    return [] if found is None else [UUID(found)]


class Activity:
    """Points from each customer to the events that concern them; the events themselves stay in the log."""

    name = NAME
    kinds = ACTIVITY
    tables = ("customer_activity",)

    async def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        """Keep a row for each customer whom each of the events concerns."""
        rows = sorted(
            (event.project, customer, event.cursor, event.kind.value)
            for event in events
            for customer in concerned(event)
        )
        if rows:
            flat = [
                (project, customer, at.epoch, str(at.tx), at.position, kind)
                for project, customer, at, kind in rows
            ]
            await connection.execute(_KEEP, *columns(flat, 6))
