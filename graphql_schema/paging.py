"""Connections: Relay's lists over keyset pages."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Generic, TypeVar

import strawberry

from app.database.keyset import CursorError, Page, PageRequest
from graphql_schema.errors import Refusal
from graphql_schema.scalars import Cursor

DEFAULT_PAGE = 20
MAX_PAGE = 100

Node = TypeVar("Node")
Value = TypeVar("Value")

# The four arguments of every list.
First = Annotated[
    int | None,
    strawberry.argument(description=f"The first items, up to {MAX_PAGE}; {DEFAULT_PAGE} if nothing is said."),
]
Last = Annotated[int | None, strawberry.argument(description=f"The last items instead, up to {MAX_PAGE}.")]
After = Annotated[Cursor | None, strawberry.argument(description="Only items after this place.")]
Before = Annotated[Cursor | None, strawberry.argument(description="Only items before this place.")]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows after this page.")
    has_previous_page: bool = strawberry.field(description="Whether something stands before this page.")
    start_cursor: Cursor | None = strawberry.field(description="The place of the first item of this page.")
    end_cursor: Cursor | None = strawberry.field(
        description="The place of the last item; pass it as `after`."
    )


@strawberry.type(description="One item of a list and its place there.")
class Edge(Generic[Node]):
    cursor: Cursor = strawberry.field(description="The place of the item in the list.")
    node: Node = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]] = strawberry.field(description="The items of this page with their places.")
    nodes: list[Node] = strawberry.field(description="The items of this page, without their places.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in the list.")
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(
        description="How many items the whole list has under this filter; counted only when asked for."
    )
    async def total_count(self) -> int:
        return await self.count()


def page_request(
    first: int | None, last: int | None, after: Cursor | None, before: Cursor | None
) -> PageRequest:
    """The page that Relay's four arguments ask for; raises a BAD_USER_INPUT refusal when they contradict."""
    if first is not None and last is not None:
        raise Refusal("BAD_USER_INPUT", "Ask for the first items or for the last ones, not for both.")
    size = first if first is not None else last if last is not None else DEFAULT_PAGE
    if not 0 <= size <= MAX_PAGE:
        raise Refusal("BAD_USER_INPUT", f"A page has 0 to {MAX_PAGE} items; {size} were asked for.")
    return PageRequest(size, after, before, backwards=last is not None)


async def asked_page(asked: Awaitable[Value]) -> Value:
    """What a room answers, a BAD_USER_INPUT refusal if the cursor was none of that list's."""
    try:
        return await asked
    except CursorError as fault:
        raise Refusal("BAD_USER_INPUT", str(fault)) from fault


def connection(
    page: Page[Value], show: Callable[[Value], Node], count: Callable[[], Awaitable[int]]
) -> Connection[Node]:
    """A page of values as a page of GraphQL objects."""
    nodes = [show(value) for value in page.items]
    return Connection(
        edges=[
            Edge(cursor=Cursor(place), node=node) for place, node in zip(page.cursors, nodes, strict=True)
        ],
        nodes=nodes,
        page_info=_page_info(page.cursors, has_next=page.has_next, has_previous=page.has_previous),
        count=count,
    )


def _page_info(cursors: Sequence[str], *, has_next: bool, has_previous: bool) -> PageInfo:
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=Cursor(cursors[0]) if cursors else None,
        end_cursor=Cursor(cursors[-1]) if cursors else None,
    )
