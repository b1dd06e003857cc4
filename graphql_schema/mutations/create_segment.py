"""createSegment: a new segment, a list or live."""

from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from app.segments.draft import create_segment
from app.segments.values import SegmentDraft
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.kinds import RuleInput
from graphql_schema.types.segment import Segment, show_segment
from graphql_schema.types.units import read_rule


@strawberry.input(description="A segment to be created.")
class CreateSegmentInput:
    name: str = strawberry.field(description="What people call the segment; unique in the project.")
    description: str = strawberry.field(default="", description="Whatever people should know.")
    rule: RuleInput | None = strawberry.field(
        default=None,
        description="What must hold for a customer: rules about customers, put together by allOf, anyOf and noneOf."
        " Leave it out for a list.",
    )


@strawberry.type(description="The segment that was created.")
class CreateSegmentPayload:
    segment: Segment | None = strawberry.field(description="The segment; null when it was not created.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CreateSegmentMutation:
    @strawberry.mutation(
        description="Create a segment: live with a rule, a list without; addSegmentMembers puts customers on it. Needs"
        " MANAGE."
    )
    async def create_segment(
        self,
        info: Info,
        input: Annotated[CreateSegmentInput, strawberry.argument(description="The segment.")],
    ) -> CreateSegmentPayload:
        caller = require(info, Permission.MANAGE)
        rule = None if input.rule is None else read_rule(input.rule, ("rule",))
        if isinstance(rule, Problems):
            return _refused(rule)
        draft = SegmentDraft(input.name, input.description, rule)
        created = await create_segment(caller.project, draft, info.context.now())
        if isinstance(created, Problems):
            return _refused(created)
        return CreateSegmentPayload(segment=show_segment(created), user_errors=[])


def _refused(problems: Problems) -> CreateSegmentPayload:
    return CreateSegmentPayload(segment=None, user_errors=user_errors(problems))
