"""Following the event log for one subscription: from a cursor, from an instant or from now on, item by item."""

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from app.events.cursor import Cursor as EventCursor
from app.events.feed import Event, Heartbeat
from app.events.kinds import EventKind
from app.events.read import place_before
from app.projects.admit import Caller
from graphql_schema.errors import Refusal
from graphql_schema.request import Info
from graphql_schema.scalars import Cursor
from graphql_schema.types.event import read_event_cursor

Item = TypeVar("Item")

After = Annotated[Cursor | None, strawberry.argument(description="The last cursor that was seen.")]
From = Annotated[
    datetime | None,
    strawberry.argument(
        name="from",
        description="Instead of `after`: what happened at this instant or later comes first. Whoever comes back goes on"
        " with `after`.",
    ),
]


class Start:
    """Where a follower begins: behind `after`, at the instant `since`, or now if neither is given."""

    __slots__ = ("after", "since")

    def __init__(self, after: Cursor | None, since: datetime | None) -> None:
        """Raises BAD_USER_INPUT for both, and for what is no cursor of the log."""
        if after is not None and since is not None:
            raise Refusal("BAD_USER_INPUT", "Give `after` or `from`, not both.")
        self.after = read_event_cursor(after)
        self.since = since

    async def place(self, caller: Caller) -> EventCursor | None:
        """The place in the log, None for now; an instant costs one statement."""
        return self.after if self.since is None else await place_before(caller.project, self.since)


async def follow(
    info: Info,
    kinds: Collection[EventKind] | None,
    start: Start,
    accept: Callable[[Event], bool] | None,
    show: Callable[[Cursor, Event | None], Item],
) -> AsyncGenerator[Item, None]:
    """Each event that is accepted, and heartbeats (without an event) that carry the cursor on in quiet times.

    A client that comes back by itself (`Last-Event-ID`) goes on from there, not from the start of its first time.
    """
    context = info.context
    last = context.resume_after
    place = await start.place(context.caller) if last is None else read_event_cursor(Cursor(last))
    stream = context.process.feed.follow(context.caller.project, kinds, place, accept)
    async with aclosing(stream):
        async for item in stream:
            # Loaders of the event before would serve what was true then.
            context.forget_loaded()
            event = None if isinstance(item, Heartbeat) else item
            context.cursor = item.cursor.encode()
            yield show(Cursor(context.cursor), event)
