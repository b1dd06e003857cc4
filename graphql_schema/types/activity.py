"""The activity of a customer: the events that concern them, page by page, with the cursors of the log."""

import strawberry

from app.projects.admit import Caller
from app.reports.read_activity import ActivityPage
from graphql_schema.paging import PageInfo
from graphql_schema.scalars import Cursor
from graphql_schema.types.event import Event, show_event


@strawberry.type(description="One event that concerns the customer, and its place in the log.")
class ActivityEdge:
    cursor: Cursor = strawberry.field(description="The place of the event in the log.")
    node: Event = strawberry.field(description="The event.")


@strawberry.type(description="A stretch of what concerns the customer.")
class ActivityConnection:
    edges: list[ActivityEdge] = strawberry.field(description="The events with their places.")
    nodes: list[Event] = strawberry.field(description="The events.")
    page_info: PageInfo = strawberry.field(description="Where this stretch lies in the list.")
    up_to: Cursor = strawberry.field(
        description="How far the log is in the list, which is kept up from it some milliseconds behind. Passed as"
        " `after` to `walletChanges` or `events`, what happens next comes without a gap and nothing twice."
    )


def show_activity(page: ActivityPage, *, is_beyond: bool, caller: Caller) -> ActivityConnection:
    """The page as this caller may see it; `is_beyond` some place in the list."""
    nodes = [show_event(event, caller) for event in page.events]
    return ActivityConnection(
        edges=[ActivityEdge(cursor=node.cursor, node=node) for node in nodes],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.has_more,
            has_previous_page=is_beyond,
            start_cursor=nodes[0].cursor if nodes else None,
            end_cursor=nodes[-1].cursor if nodes else None,
        ),
        up_to=Cursor(page.up_to.encode()),
    )
