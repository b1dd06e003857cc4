"""events: the event log, read page by page with the same cursors that the feeds use."""

from typing import Annotated

import strawberry

from app.events.kinds import EventKind
from app.events.read import read_page
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.paging import DEFAULT_PAGE, MAX_PAGE, PageInfo
from graphql_schema.scalars import Cursor
from graphql_schema.types.event import Event, expired_cursors_refused, read_event_cursor, show_event


@strawberry.type(description="One event and its place in the log.")
class EventEdge:
    cursor: Cursor = strawberry.field(description="The place of the event in the log.")
    node: Event = strawberry.field(description="The event.")


@strawberry.type(description="A stretch of the event log, in the order in which things happened.")
class EventConnection:
    edges: list[EventEdge] = strawberry.field(description="The events with their places.")
    nodes: list[Event] = strawberry.field(description="The events.")
    page_info: PageInfo = strawberry.field(
        description="Where this stretch lies. `endCursor` is also there when no event was found: everything up to it"
        " has been read, and a feed goes on from it without a gap."
    )


@strawberry.type
class EventQueries:
    @strawberry.field(
        description="The event log from a place on, oldest first; without one from the first event that is kept."
    )
    async def events(
        self,
        info: Info,
        after: Annotated[
            Cursor | None, strawberry.argument(description="Only what happened after this place.")
        ] = None,
        first: Annotated[
            int | None,
            strawberry.argument(
                description=f"How many, up to {MAX_PAGE}; {DEFAULT_PAGE} by default. Of very large events fewer"
                " come at once; `hasNextPage` tells."
            ),
        ] = None,
        kinds: Annotated[list[EventKind] | None, strawberry.argument(description="Only these kinds.")] = None,
    ) -> EventConnection:
        caller = require(info, Permission.READ)
        limit = DEFAULT_PAGE if first is None else first
        if not 1 <= limit <= MAX_PAGE:
            raise Refusal("BAD_USER_INPUT", f"A page has 1 to {MAX_PAGE} events; {limit} were asked for.")
        start = read_event_cursor(after)
        with expired_cursors_refused():
            page = await read_page(caller.project, start, limit, kinds)
        nodes = [show_event(event, caller) for event in page.events()]
        return EventConnection(
            edges=[EventEdge(cursor=node.cursor, node=node) for node in nodes],
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=page.is_full,
                has_previous_page=start is not None,
                start_cursor=nodes[0].cursor if nodes else None,
                end_cursor=Cursor(page.reached.encode()),
            ),
        )
