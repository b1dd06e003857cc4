"""An event: a fact that happened, at its place in the event log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import strawberry

from app.events.cursor import Cursor as EventCursor
from app.events.cursor import CursorError
from app.events.kinds import EventKind
from app.events.log import Event as EventValue
from app.events.read import CursorExpired
from app.projects.admit import Caller
from app.redemptions.rejected import RejectedRedemption as RejectedRedemptionValue
from app.redemptions.values import Redemption as RedemptionValue
from graphql_schema.enums import describe_enum
from graphql_schema.errors import Refusal
from graphql_schema.scalars import Cursor, Metadata
from graphql_schema.types.redemption import Redemption, show_redemption
from graphql_schema.types.rejected_redemption import RejectedRedemption, show_rejected_redemption

_NEXT_INSTANT = timedelta(microseconds=1)

describe_enum(
    EventKind,
    "What happened.",
    REDEMPTION_GRANTED="Codes were redeemed.",
    REDEMPTION_REJECTED="An attempt to redeem was refused.",
    REDEMPTION_ROLLED_BACK="A redemption was undone, as a whole or in part.",
    REDEMPTION_HELD="Codes were reserved for a cart.",
    HOLD_RELEASED="A hold was given up.",
    HOLD_EXPIRED="The time of a hold ran out.",
    CAMPAIGN_CREATED="A campaign was created, as a draft.",
    CAMPAIGN_UPDATED="A campaign was changed.",
    CAMPAIGN_LAUNCHED="A campaign went live, for the first time or again.",
    CAMPAIGN_PAUSED="A campaign was paused.",
    CAMPAIGN_ENDED="A campaign was ended for good.",
    VOUCHERS_MINTED="Codes were made.",
    VOUCHER_UPDATED="A voucher was changed.",
    VOUCHER_DISABLED="A voucher was stopped.",
    VOUCHER_ENABLED="A stopped voucher was let go on.",
    VOUCHER_PUBLISHED="A code was given to a customer.",
    BALANCE_ADJUSTED="Something was added to the balance of a voucher, or removed from it.",
    BALANCE_EXPIRED="A part of a voucher's balance expired.",
    CUSTOMER_CREATED="A customer was seen for the first time.",
    CUSTOMER_UPDATED="A customer was changed.",
    CUSTOM_EVENT_TOLD="Something that a customer did elsewhere was told.",
    SEGMENT_CREATED="A segment was created.",
    SEGMENT_UPDATED="A segment was changed: its name, its description or its rule.",
    SEGMENT_DELETED="A segment was deleted.",
    SEGMENT_MEMBERS_ADDED="Customers were put on the list of a segment.",
    SEGMENT_MEMBERS_REMOVED="Customers were taken off the list of a segment.",
    POOL_CREATED="A pool of somebody else's codes was created.",
    POOL_FILLED="Codes were put into a pool.",
    PARTNER_CREATED="A partner was created.",
    PARTNER_UPDATED="A partner was changed: its name, or its rate of commission from then on.",
    VALIDATIONS_COUNTED="Some seconds of validations, counted.",
    API_KEY_CREATED="A key was made.",
    API_KEY_REVOKED="A key was revoked.",
    PROJECT_CREATED="The project was created.",
    STACKING_UPDATED="The policy for several codes on one cart was changed.",
    JOB_CREATED="A job was asked for, such as an export.",
    JOB_FINISHED="A job was done, has failed or was cancelled.",
)

OF_REDEMPTIONS = {
    EventKind.REDEMPTION_GRANTED,
    EventKind.REDEMPTION_ROLLED_BACK,
    EventKind.REDEMPTION_HELD,
    EventKind.HOLD_RELEASED,
    EventKind.HOLD_EXPIRED,
}


@strawberry.type(description="A fact that happened. It never changes.")
class Event:
    cursor: Cursor = strawberry.field(description="Its place in the event log; the feeds take it as `after`.")
    kind: EventKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When it happened.")
    redemption: Redemption | None = strawberry.field(
        description="The redemption that was granted or rolled back, or the hold; as it stood then. Null for other"
        " kinds."
    )
    rejected_redemption: RejectedRedemption | None = strawberry.field(
        description="The attempt that was refused; null for other kinds."
    )
    details: Metadata = strawberry.field(
        description="What the log tells of the other kinds: ids, names, and amounts in minor units."
    )


def show_event(event: EventValue, caller: Caller) -> Event:
    """The event as this caller may see it, from its payload alone."""
    told, kind = event.payload, event.kind
    redeemed = kind in OF_REDEMPTIONS
    rejected = kind is EventKind.REDEMPTION_REJECTED
    return Event(
        cursor=Cursor(event.cursor.encode()),
        kind=kind,
        at=event.at,
        redemption=show_redemption(RedemptionValue.from_json(told)) if redeemed else None,
        rejected_redemption=(
            show_rejected_redemption(RejectedRedemptionValue.from_json(told), caller) if rejected else None
        ),
        details=Metadata({} if redeemed or rejected else told),
    )


@contextmanager
def expired_cursors_refused() -> Iterator[None]:
    """Turns CursorExpired into the refusal CURSOR_EXPIRED, which says from where one can go on."""
    try:
        yield
    except CursorExpired as expired:
        oldest: dict[str, object] = {"oldestCursor": expired.oldest.encode()}
        if expired.until is not None:
            oldest["oldestInstant"] = (expired.until + _NEXT_INSTANT).isoformat()
        raise Refusal(
            "CURSOR_EXPIRED",
            "The event log begins behind this place: what happened before was let go. Go on from `oldestCursor`,"
            " knowing that there is a gap.",
            **oldest,
        ) from None


def read_event_cursor(cursor: Cursor | None) -> EventCursor | None:
    """The place in the log that a caller named; raises a BAD_USER_INPUT refusal for anything else."""
    if cursor is None:
        return None
    try:
        return EventCursor.decode(cursor)
    except CursorError:
        raise Refusal("BAD_USER_INPUT", "This is not a cursor of the event log.") from None
