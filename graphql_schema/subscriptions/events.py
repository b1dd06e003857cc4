"""events: everything that happens in a project, live."""

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from app.events.feed import Event as EventValue
from app.events.kinds import EventKind
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.scalars import Cursor
from graphql_schema.subscriptions.following import After, From, Start, follow
from graphql_schema.types.event import Event, show_event


@strawberry.type(description="One item of the feed: an event, or a heartbeat that carries the cursor on.")
class EventFeedItem:
    cursor: Cursor = strawberry.field(
        description="The place in the event log. Keep the last one: passed as `after` it resumes without a gap."
    )
    event: Event | None = strawberry.field(description="What happened; null for a heartbeat.")


@strawberry.type
class EventsSubscription:
    @strawberry.subscription(
        description="Everything that happens, in order, nothing lost and nothing twice. With `after` or `from`, what"
        " happened since comes first."
    )
    async def events(
        self,
        info: Info,
        kinds: Annotated[
            list[EventKind] | None, strawberry.argument(description="Only these kinds; at least one.")
        ] = None,
        after: After = None,
        from_: From = None,
    ) -> AsyncIterable[EventFeedItem]:
        caller = require(info, Permission.READ)
        start = Start(after, from_)
        if kinds is not None and not kinds:
            raise Refusal("BAD_USER_INPUT", "There is no kind of event, so there is nothing to follow.")

        def show(cursor: Cursor, event: EventValue | None) -> EventFeedItem:
            return EventFeedItem(cursor=cursor, event=None if event is None else show_event(event, caller))

        return follow(info, kinds, start, None, show)
