"""createProject: one more project in the caller's organisation, with its first server key."""

from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from app.projects.found import create_project
from app.projects.values import ProjectDraft
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Currency
from graphql_schema.types.api_key import ApiKey, show_api_key
from graphql_schema.types.project import Project, show_project


@strawberry.input(description="A project to be created.")
class CreateProjectInput:
    name: str = strawberry.field(description="What people call the project.")
    time_zone: str = strawberry.field(
        description='The IANA time zone that campaigns take unless they name one, such as "Europe/Warsaw".'
    )
    currency: Currency = strawberry.field(description="The currency in which the project usually sells.")
    case_sensitive_codes: bool = strawberry.field(
        default=False, description="Whether `summer` and `SUMMER` are two codes; it cannot be changed later."
    )


@strawberry.type(description="The project that was created.")
class CreateProjectPayload:
    project: Project | None = strawberry.field(description="The new project; null when it was not created.")
    api_key: ApiKey | None = strawberry.field(description="Its first server key.")
    secret: str | None = strawberry.field(
        description="The secret of that key. It is shown this once and never kept."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CreateProjectMutation:
    @strawberry.mutation(
        description="Create a project in the organisation of the caller's own, behind a wall of its own."
        " Needs a key that may create projects."
    )
    async def create_project(
        self,
        info: Info,
        input: Annotated[CreateProjectInput, strawberry.argument(description="The project to be created.")],
    ) -> CreateProjectPayload:
        caller = require(info, Permission.MANAGE)
        if not caller.creates_projects:
            raise Refusal("FORBIDDEN", "This key may not create projects.")
        draft = ProjectDraft(
            name=input.name,
            time_zone=input.time_zone,
            currency=input.currency,
            case_sensitive_codes=input.case_sensitive_codes,
        )
        founded = await create_project(caller.project, draft, info.context.now())
        if isinstance(founded, Problems):
            return CreateProjectPayload(
                project=None, api_key=None, secret=None, user_errors=user_errors(founded)
            )
        return CreateProjectPayload(
            project=show_project(founded.project),
            api_key=show_api_key(founded.first_key.key),
            secret=founded.first_key.secret,
            user_errors=[],
        )
