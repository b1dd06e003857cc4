"""Following the event log for one subscription: from a cursor, from an instant or from now on, item by item."""

from collections.abc import AsyncGenerator, Callable, Collection
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

import strawberry

from app.events.cursor import Cursor as EventCursor
from app.events.feed import Event, Heartbeat
from app.events.kinds import EventKind
from app.events.read import place_before
from app.projects.admit import Caller
from graphql_schema.errors import Refusal
from graphql_schema.request import Info, RequestContext
from graphql_schema.scalars import Cursor
from graphql_schema.shared_source import Item, LogSource, Told
from graphql_schema.types.event import expired_cursors_refused, read_event_cursor

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
        if self.since is None:
            return self.after
        with expired_cursors_refused():
            return await place_before(caller.project, self.since)


class Following(LogSource[Item]):
    """The events of the log that one subscriber wants, as items; who wants the same shares them."""

    def __init__(
        self,
        context: RequestContext,
        kinds: Collection[EventKind] | None,
        start: Start,
        accept: Callable[[Event], bool] | None,
        show: Callable[[Cursor, Event | None], Item],
    ) -> None:
        self._kinds = None if kinds is None else frozenset(kinds)
        super().__init__((self._kinds, accept))
        self._context = context
        self._start = start
        self._accept = accept
        self._show = show

    async def alone(self) -> AsyncGenerator[Told[Item], None]:
        """From where this subscriber begins.

        One that comes back by itself (`Last-Event-ID`) goes on from there, not from the start of its first time.
        """
        last = self._context.resume_after
        if last is None:
            place = await self._start.place(self._context.caller)
        else:
            place = read_event_cursor(Cursor(last))
        async with aclosing(self._follow(place)) as items:
            async for told in items:
                yield told

    def behind(self, place: EventCursor) -> AsyncGenerator[Told[Item], None]:
        """From behind a place in the log on."""
        return self._follow(place)

    async def _follow(self, place: EventCursor | None) -> AsyncGenerator[Told[Item], None]:
        feed, project = self._context.process.feed, self._context.caller.project
        stream = feed.follow(project, self._kinds, place, self._accept)
        with expired_cursors_refused():
            async with aclosing(stream):
                async for item in stream:
                    cursor = Cursor(item.cursor.encode())
                    if isinstance(item, Heartbeat):
                        yield Told(self._show(cursor, None), item.cursor, item.caught_up)
                    else:
                        yield Told(self._show(cursor, item), item.cursor)


def follow(
    info: Info,
    kinds: Collection[EventKind] | None,
    start: Start,
    accept: Callable[[Event], bool] | None,
    show: Callable[[Cursor, Event | None], Item],
) -> Following[Item]:
    """Each event that is accepted, and heartbeats (without an event) that carry the cursor on in quiet times.

    Followers share what is executed if their `accept` is equal, so it should be a frozen dataclass: a closure is equal
    to itself only. `show` may depend on the caller's view, and on nothing else of the caller.
    """
    return Following(info.context, kinds, start, accept, show)
