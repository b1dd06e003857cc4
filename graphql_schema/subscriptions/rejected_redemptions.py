"""rejectedRedemptions: every refused attempt, live, with all its reasons."""

from collections.abc import AsyncIterable
from datetime import datetime
from typing import Annotated

import strawberry

from app.events.feed import Event
from app.events.kinds import EventKind
from app.projects.admit import Caller, Permission
from app.redemptions.rejected import RejectedRedemption as RejectedRedemptionValue
from graphql_schema.authority import Info, require
from graphql_schema.scalars import Cursor
from graphql_schema.subscriptions.feed_filter import RejectedFeedFilter, accepting
from graphql_schema.subscriptions.following import After, From, Start, follow
from graphql_schema.types.rejected_redemption import RejectedRedemption, show_rejected_redemption

KINDS = (EventKind.REDEMPTION_REJECTED,)


@strawberry.type(description="An attempt to redeem was refused.")
class RejectedRedemptionEvent:
    at: datetime = strawberry.field(description="When it happened.")
    rejected_redemption: RejectedRedemption = strawberry.field(
        description="The attempt, with all its reasons."
    )


@strawberry.type(description="One item of the feed: an event, or a heartbeat that carries the cursor on.")
class RejectedFeedItem:
    cursor: Cursor = strawberry.field(
        description="The place in the event log. Keep the last one: passed as `after` it resumes without a gap."
    )
    event: RejectedRedemptionEvent | None = strawberry.field(
        description="What happened; null for a heartbeat."
    )


@strawberry.type
class RejectedRedemptionsSubscription:
    @strawberry.subscription(
        description="Every refused attempt, in order, nothing lost and nothing twice. With `after` or"
        " `from`, what happened since comes first. A merchant key sees its own redemption point."
    )
    async def rejected_redemptions(
        self,
        info: Info,
        filter: Annotated[
            RejectedFeedFilter | None, strawberry.argument(description="Which ones to see.")
        ] = None,
        after: After = None,
        from_: From = None,
    ) -> AsyncIterable[RejectedFeedItem]:
        caller = require(info, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
        start = Start(after, from_)

        def show(cursor: Cursor, event: Event | None) -> RejectedFeedItem:
            return RejectedFeedItem(cursor=cursor, event=None if event is None else show_event(event, caller))

        return follow(info, KINDS, start, await accepting(filter, caller), show)


def show_event(event: Event, caller: Caller) -> RejectedRedemptionEvent:
    """The event as this caller may see it, from its payload alone."""
    rejected = RejectedRedemptionValue.from_json(event.payload)
    return RejectedRedemptionEvent(
        at=event.at, rejected_redemption=show_rejected_redemption(rejected, caller)
    )
