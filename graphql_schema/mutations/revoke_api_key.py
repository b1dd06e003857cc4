"""revokeApiKey: end a key, and every customer token it made, from the next request on."""

from typing import Annotated

import strawberry

from app import ids
from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.projects.keys import revoke_key
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.api_key import ApiKey, show_api_key
from graphql_schema.types.node import read_id


@strawberry.input(description="A key to be revoked.")
class RevokeApiKeyInput:
    id: strawberry.ID = strawberry.field(description="The key's id.")


@strawberry.type(description="The key that was revoked.")
class RevokeApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(description="The key; null when there is none of that id.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class RevokeApiKeyMutation:
    @strawberry.mutation(
        description="End a key and every customer token it made, from the next request on. Revoking it again"
        " changes nothing. Needs MANAGE."
    )
    async def revoke_api_key(
        self,
        info: Info,
        input: Annotated[RevokeApiKeyInput, strawberry.argument(description="Which key.")],
    ) -> RevokeApiKeyPayload:
        caller = require(info, Permission.MANAGE)
        key = read_id(ids.API_KEY, input.id, ("id",))
        if isinstance(key, Problem):
            return RevokeApiKeyPayload(api_key=None, user_errors=user_errors(Problems((key,))))
        revoked = await revoke_key(caller.project, key, info.context.now())
        if isinstance(revoked, Problems):
            return RevokeApiKeyPayload(api_key=None, user_errors=user_errors(revoked))
        return RevokeApiKeyPayload(api_key=show_api_key(revoked), user_errors=[])
