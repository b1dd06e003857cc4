"""updateProjectStacking: another policy for several codes on one cart."""

from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from app.projects.stacking import update_stacking
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.project import Project, show_project
from graphql_schema.types.stacking import StackingInput, read_stacking


@strawberry.input(description="The policy of the caller's project for several codes on one cart.")
class UpdateProjectStackingInput:
    stacking: StackingInput = strawberry.field(
        description="The policy as a whole; it takes the place of the present one."
    )


@strawberry.type(description="The project as it is now.")
class UpdateProjectStackingPayload:
    project: Project | None = strawberry.field(description="The project; null when nothing was changed.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class UpdateProjectStackingMutation:
    @strawberry.mutation(
        description="Change how several codes go together on one cart, from the next request on. Needs MANAGE."
    )
    async def update_project_stacking(
        self,
        info: Info,
        input: Annotated[UpdateProjectStackingInput, strawberry.argument(description="The policy.")],
    ) -> UpdateProjectStackingPayload:
        caller = require(info, Permission.MANAGE)
        policy = read_stacking(input.stacking)
        if isinstance(policy, Problems):
            return UpdateProjectStackingPayload(project=None, user_errors=user_errors(policy))
        changed = await update_stacking(caller.project, policy, info.context.now())
        if isinstance(changed, Problems):
            return UpdateProjectStackingPayload(project=None, user_errors=user_errors(changed))
        return UpdateProjectStackingPayload(project=show_project(changed), user_errors=[])
