"""redemptions: every redemption and every rollback, live."""

from collections.abc import AsyncIterable
from datetime import datetime
from typing import Annotated

import strawberry

from app.events.feed import Event
from app.events.kinds import EventKind
from app.projects.admit import Permission
from app.redemptions.values import Redemption as RedemptionValue
from graphql_schema.authority import Info, require
from graphql_schema.scalars import Cursor
from graphql_schema.subscriptions.feed_filter import FeedFilter, accepting
from graphql_schema.subscriptions.following import After, From, Start, follow
from graphql_schema.types.redemption import Redemption, show_redemption
from graphql_schema.types.rollback import Rollback, show_rollback

KINDS = (EventKind.REDEMPTION_GRANTED, EventKind.REDEMPTION_ROLLED_BACK)


@strawberry.type(description="A redemption was granted or rolled back.")
class RedemptionEvent:
    at: datetime = strawberry.field(description="When it happened.")
    rolled_back: bool = strawberry.field(
        description="Whether the redemption was undone, as a whole or in part; false when it was granted."
    )
    rollback: Rollback | None = strawberry.field(
        description="What came back this time, and the refund for it; null when the redemption was granted."
    )
    redemption: Redemption = strawberry.field(description="The redemption as it stood then.")


@strawberry.type(description="One item of the feed: an event, or a heartbeat that carries the cursor on.")
class RedemptionFeedItem:
    cursor: Cursor = strawberry.field(
        description="The place in the event log. Keep the last one: passed as `after` it resumes without a gap."
    )
    event: RedemptionEvent | None = strawberry.field(description="What happened; null for a heartbeat.")


@strawberry.type
class RedemptionsSubscription:
    @strawberry.subscription(
        description="Every redemption and every rollback, in order, nothing lost and nothing twice. With `after`"
        " or `from`, what happened since comes first. A merchant key sees its own redemption point."
    )
    async def redemptions(
        self,
        info: Info,
        filter: Annotated[FeedFilter | None, strawberry.argument(description="Which ones to see.")] = None,
        after: After = None,
        from_: From = None,
    ) -> AsyncIterable[RedemptionFeedItem]:
        caller = require(info, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
        start = Start(after, from_)
        return follow(info, KINDS, start, await accepting(filter, caller), _show)


def _show(cursor: Cursor, event: Event | None) -> RedemptionFeedItem:
    return RedemptionFeedItem(cursor=cursor, event=None if event is None else show_event(event))


def show_event(event: Event) -> RedemptionEvent:
    """The event as callers see it, from its payload alone."""
    redemption = RedemptionValue.from_json(event.payload)
    rolled_back = event.kind is EventKind.REDEMPTION_ROLLED_BACK
    # Before rollbacks were kept one by one, an event told of the whole redemption only.
    last = redemption.rollbacks[-1] if rolled_back and redemption.rollbacks else None
    return RedemptionEvent(
        at=event.at,
        rolled_back=rolled_back,
        rollback=None if last is None else show_rollback(last, redemption.cart),
        redemption=show_redemption(redemption),
    )
