"""createPool: a new pool for codes that are good somewhere else."""

from typing import Annotated

import strawberry

from app.pools.fill import create_pool
from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.pool import Pool, show_pool


@strawberry.input(description="A new pool.")
class CreatePoolInput:
    name: str = strawberry.field(description="The name, unique in the project.")


@strawberry.type(description="The pool, or what is wrong with the input.")
class CreatePoolPayload:
    pool: Pool | None = strawberry.field(description="The pool; null when the input is faulty.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CreatePoolMutation:
    @strawberry.mutation(
        description="Make a pool for codes that are good somewhere else; `addPoolCodes` fills it. Needs MANAGE."
    )
    async def create_pool(
        self, info: Info, input: Annotated[CreatePoolInput, strawberry.argument(description="Its name.")]
    ) -> CreatePoolPayload:
        caller = require(info, Permission.MANAGE)
        outcome = await create_pool(caller.project, input.name, info.context.now())
        if isinstance(outcome, Problems):
            return CreatePoolPayload(pool=None, user_errors=user_errors(outcome))
        return CreatePoolPayload(pool=show_pool(outcome), user_errors=[])
