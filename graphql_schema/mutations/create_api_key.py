"""createApiKey: a new key to the caller's project, its secret shown once."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from app.projects.keys import MOST_ORIGINS, create_key
from app.projects.values import KeyDraft, KeyKind
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.api_key import ApiKey, show_api_key


@strawberry.input(description="A key to be made.")
class CreateApiKeyInput:
    kind: KeyKind = strawberry.field(description="Who the key is for.")
    name: str = strawberry.field(description="What people call the key.")
    redemption_point: str | None = strawberry.field(
        default=None,
        description="The place where a merchant key redeems; merchant keys need it, others have none.",
    )
    origins: list[str] = strawberry.field(
        default_factory=list,
        description=f"Up to {MOST_ORIGINS} web origins that a storefront key is bound to, such as"
        ' "https://shop.example"; without any it works from everywhere.',
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="When the key ends; leave it out if it shall not."
    )
    creates_projects: bool = strawberry.field(
        default=False, description="Whether a server key may create projects; only a key that may can say so."
    )


@strawberry.type(description="The key that was made.")
class CreateApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(description="The new key; null when it was not made.")
    secret: str | None = strawberry.field(
        description="The secret to be sent as `Authorization: Bearer …`. It is shown this once and never kept."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CreateApiKeyMutation:
    @strawberry.mutation(description="Make a key to the project. Needs MANAGE.")
    async def create_api_key(
        self,
        info: Info,
        input: Annotated[CreateApiKeyInput, strawberry.argument(description="The key to be made.")],
    ) -> CreateApiKeyPayload:
        caller = require(info, Permission.MANAGE)
        if input.creates_projects and not caller.creates_projects:
            return _refused(
                Problems.one("creates_projects", "NOT_ALLOWED", "This key may not create projects itself.")
            )
        draft = KeyDraft(
            kind=input.kind,
            name=input.name,
            redemption_point=input.redemption_point,
            origins=tuple(input.origins),
            expires_at=input.expires_at,
            creates_projects=input.creates_projects,
        )
        made = await create_key(caller.project, draft, info.context.now())
        if isinstance(made, Problems):
            return _refused(made)
        return CreateApiKeyPayload(api_key=show_api_key(made.key), secret=made.secret, user_errors=[])


def _refused(problems: Problems) -> CreateApiKeyPayload:
    return CreateApiKeyPayload(api_key=None, secret=None, user_errors=user_errors(problems))
