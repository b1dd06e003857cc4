"""addPoolCodes: put codes that are good somewhere else into a pool."""

from typing import Annotated
from uuid import UUID

import strawberry

from app import ids
from app.pools.fill import add_codes
from app.pools.values import MOST_AT_ONCE
from app.problem import Problem, Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.node import read_id
from graphql_schema.types.pool import Pool


@strawberry.input(description="Codes for a pool.")
class AddPoolCodesInput:
    pool: strawberry.ID = strawberry.field(description="The id of the pool.")
    codes: list[str] = strawberry.field(
        description=f"The codes as whoever honours them wrote them, up to {MOST_AT_ONCE:,} a call."
    )


@strawberry.type(description="What became of the codes.")
class AddPoolCodesPayload:
    added_count: int = strawberry.field(description="How many codes are new in the pool.")
    already_there_count: int = strawberry.field(
        description="How many were there already, or are named twice."
    )
    user_errors: list[UserError] = strawberry.field(
        description="What is wrong with the input; then nothing is added."
    )
    pool_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The pool; null when the input is faulty.")
    async def pool(self, info: Info) -> Pool | None:
        return None if self.pool_id is None else await info.context.loaders.pools.load(self.pool_id)


@strawberry.type
class AddPoolCodesMutation:
    @strawberry.mutation(
        description="Put codes into a pool. Safe to repeat: a code that is there already is not added again. Needs"
        " MANAGE."
    )
    async def add_pool_codes(
        self, info: Info, input: Annotated[AddPoolCodesInput, strawberry.argument(description="The codes.")]
    ) -> AddPoolCodesPayload:
        caller = require(info, Permission.MANAGE)
        pool = read_id(ids.POOL, input.pool, ("pool",))
        outcome = (
            Problems((pool,))
            if isinstance(pool, Problem)
            else await add_codes(caller.project, pool, input.codes, info.context.now())
        )
        if isinstance(outcome, Problems):
            return AddPoolCodesPayload(
                added_count=0, already_there_count=0, user_errors=user_errors(outcome), pool_id=None
            )
        return AddPoolCodesPayload(
            added_count=outcome.added,
            already_there_count=outcome.already_there,
            user_errors=[],
            pool_id=outcome.pool,
        )
