"""Following the event log for one subscription: from a cursor or from now on, item by item."""

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from typing import TypeVar

from app.events.feed import Event, Heartbeat
from app.events.kinds import EventKind
from graphql_schema.request import Info
from graphql_schema.scalars import Cursor
from graphql_schema.types.event import read_event_cursor

Item = TypeVar("Item")


async def follow(
    info: Info,
    kinds: Collection[EventKind],
    after: Cursor | None,
    accept: Callable[[Event], bool],
    show: Callable[[Cursor, Event | None], Item],
) -> AsyncGenerator[Item, None]:
    """Each event that is accepted, and heartbeats (without an event) that carry the cursor on in quiet times."""
    context = info.context
    stream = context.process.feed.follow(context.caller.project, kinds, read_event_cursor(after), accept)
    async with aclosing(stream):
        async for item in stream:
            # Loaders of the event before would serve what was true then.
            context.forget_loaded()
            event = None if isinstance(item, Heartbeat) else item
            yield show(Cursor(item.cursor.encode()), event)
