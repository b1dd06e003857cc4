"""deleteSegment: a segment that no offer asks about any more, its list included."""

from typing import Annotated

import strawberry

from app import ids
from app.problem import Problems
from app.projects.admit import Permission
from app.segments.delete import delete_segment
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.node import shown
from graphql_schema.types.segment_ref import SegmentRef, segment_id


@strawberry.input(description="The segment to be deleted.")
class DeleteSegmentInput:
    segment: SegmentRef = strawberry.field(description="Which segment.")
    expected_version: int | None = strawberry.field(
        default=None,
        description="The `version` you have seen; if it is no longer the present one, nothing is deleted.",
    )


@strawberry.type(description="The segment that is gone.")
class DeleteSegmentPayload:
    deleted_id: strawberry.ID | None = strawberry.field(description="Its id; null when it was not deleted.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was deleted.")


@strawberry.type
class DeleteSegmentMutation:
    @strawberry.mutation(
        description="Delete a segment and its list. Not while the offer of a campaign that has not ended asks about it."
        " Needs MANAGE."
    )
    async def delete_segment(
        self,
        info: Info,
        input: Annotated[DeleteSegmentInput, strawberry.argument(description="Which one.")],
    ) -> DeleteSegmentPayload:
        caller = require(info, Permission.MANAGE)
        segment = await segment_id(caller.project, input.segment, ("segment",))
        if isinstance(segment, Problems):
            return _refused(segment)
        deleted = await delete_segment(caller.project, segment, input.expected_version, info.context.now())
        if isinstance(deleted, Problems):
            return _refused(deleted)
        return DeleteSegmentPayload(deleted_id=shown(ids.SEGMENT, deleted.id), user_errors=[])


def _refused(problems: Problems) -> DeleteSegmentPayload:
    return DeleteSegmentPayload(deleted_id=None, user_errors=user_errors(problems, id="segment"))
