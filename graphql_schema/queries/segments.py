"""segment and segments: one segment by id or name, and the project's segments as a list."""

from enum import Enum
from typing import Annotated

import strawberry

from app.projects.admit import Permission
from app.segments.read import SegmentFilter as Conditions
from app.segments.read import SegmentSort, count_segments, find, segments_page
from app.segments.values import SegmentKind
from graphql_schema.authority import Info, require
from graphql_schema.paging import After, Before, Connection, First, Last, asked_page, connection, page_request
from graphql_schema.types.segment import Segment, show_segment
from graphql_schema.types.segment_ref import SegmentRef, needed_segment_ref


@strawberry.enum(description="The order of a list of segments.")
class SegmentOrder(Enum):
    NEWEST_FIRST = strawberry.enum_value("NEWEST_FIRST", description="The latest created first.")
    OLDEST_FIRST = strawberry.enum_value("OLDEST_FIRST", description="The earliest created first.")
    NAME_ASCENDING = strawberry.enum_value("NAME_ASCENDING", description="By name, a to z.")
    NAME_DESCENDING = strawberry.enum_value("NAME_DESCENDING", description="By name, z to a.")


_SORTS = {
    SegmentOrder.NEWEST_FIRST: SegmentSort.NEWEST,
    SegmentOrder.OLDEST_FIRST: SegmentSort.OLDEST,
    SegmentOrder.NAME_ASCENDING: SegmentSort.NAME,
    SegmentOrder.NAME_DESCENDING: SegmentSort.NAME_DESCENDING,
}


@strawberry.input(description="Which segments to list. Everything that is given must hold.")
class SegmentFilter:
    kind: SegmentKind | None = strawberry.field(default=None, description="Only lists, or only live ones.")
    name_prefix: str | None = strawberry.field(
        default=None, description="Only segments whose name begins like this; case does not matter."
    )


@strawberry.type
class SegmentQueries:
    @strawberry.field(description="A segment of the project; null if there is none. Needs READ.")
    async def segment(
        self,
        info: Info,
        ref: Annotated[SegmentRef, strawberry.argument(description="Which segment.")],
    ) -> Segment | None:
        caller = require(info, Permission.READ)
        found = await find(caller.project, needed_segment_ref(ref))
        return None if found is None else show_segment(found)

    @strawberry.field(description="The project's segments, lists and live ones alike. Needs READ.")
    async def segments(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[
            SegmentFilter | None, strawberry.argument(description="Which segments; all if it is left out.")
        ] = None,
        sort: Annotated[
            SegmentOrder, strawberry.argument(description="The order of the list.")
        ] = SegmentOrder.NAME_ASCENDING,
    ) -> Connection[Segment]:
        caller = require(info, Permission.READ)
        request = page_request(first, last, after, before)
        only = Conditions() if filter is None else Conditions(filter.kind, filter.name_prefix)
        page = await asked_page(segments_page(caller.project, request, only, _SORTS[sort]))
        return connection(page, show_segment, lambda: count_segments(caller.project, only))
