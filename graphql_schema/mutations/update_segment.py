"""updateSegment: new values for some fields of a segment."""

from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from app.segments.draft import update_segment
from app.segments.values import SegmentChanges
from app.unset import UNSET
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.kinds import RuleInput
from graphql_schema.types.segment import Segment, show_segment
from graphql_schema.types.segment_ref import SegmentRef, segment_id
from graphql_schema.types.units import read_rule


@strawberry.input(description="New values for some fields of a segment. What is left out stays as it is.")
class UpdateSegmentInput:
    segment: SegmentRef = strawberry.field(description="Which segment.")
    expected_version: int | None = strawberry.field(
        default=None,
        description="The `version` you have seen; if it is no longer the present one, nothing is changed.",
    )
    name: strawberry.Maybe[str] = strawberry.field(description="What people call the segment.")
    description: strawberry.Maybe[str] = strawberry.field(description="Whatever people should know.")
    rule: strawberry.Maybe[RuleInput] = strawberry.field(
        description="What must hold for a customer of a live segment, as a whole; a list takes none."
    )


@strawberry.type(description="The segment as it is now.")
class UpdateSegmentPayload:
    segment: Segment | None = strawberry.field(description="The segment; null when it was not changed.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was changed.")


@strawberry.type
class UpdateSegmentMutation:
    @strawberry.mutation(
        description="Change a segment. Offers that ask about it follow the new rule at once: no redemption that begins"
        " later is granted by the old one. Needs MANAGE."
    )
    async def update_segment(
        self,
        info: Info,
        input: Annotated[UpdateSegmentInput, strawberry.argument(description="What to change.")],
    ) -> UpdateSegmentPayload:
        caller = require(info, Permission.MANAGE)
        segment = await segment_id(caller.project, input.segment, ("segment",))
        if isinstance(segment, Problems):
            return _refused(segment)
        rule = read_rule(input.rule.value, ("rule",)) if input.rule else UNSET
        if isinstance(rule, Problems):
            return _refused(rule)
        changes = SegmentChanges(
            name=input.name.value if input.name else UNSET,
            description=input.description.value if input.description else UNSET,
            rule=rule,
        )
        updated = await update_segment(
            caller.project, segment, changes, input.expected_version, info.context.now()
        )
        if isinstance(updated, Problems):
            return _refused(updated)
        return UpdateSegmentPayload(segment=show_segment(updated), user_errors=[])


def _refused(problems: Problems) -> UpdateSegmentPayload:
    return UpdateSegmentPayload(segment=None, user_errors=user_errors(problems, id="segment"))
