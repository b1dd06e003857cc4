"""The project: the wall that codes, customers, keys and events never cross."""

from datetime import datetime
from uuid import UUID

import strawberry

from app import ids
from app.projects.admit import Permission
from app.projects.read import keys_count, keys_page
from app.projects.values import Project as ProjectValue
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.paging import After, Before, Connection, First, Last, asked_page, connection, page_request
from graphql_schema.scalars import Currency
from graphql_schema.types.api_key import ApiKey, show_api_key
from graphql_schema.types.node import Node, shown
from graphql_schema.types.stacking import Stacking, show_stacking


@strawberry.type(description="The wall: codes, customers, keys and events never cross it.")
class Project(Node):
    name: str = strawberry.field(description="What people call the project.")
    time_zone: str = strawberry.field(
        description="The IANA time zone that campaigns take unless they name one."
    )
    currency: Currency = strawberry.field(description="The currency in which the project usually sells.")
    case_sensitive_codes: bool = strawberry.field(description="Whether `summer` and `SUMMER` are two codes.")
    created_at: datetime = strawberry.field(description="When the project was created.")
    uuid: strawberry.Private[UUID]
    internal: strawberry.Private[ProjectValue]

    @strawberry.field(
        description="How several codes go together on one cart. Needs READ: it is the company's own affair."
    )
    def stacking(self, info: Info) -> Stacking:
        require(info, Permission.READ)
        return show_stacking(self.internal.stacking)

    @strawberry.field(description="The keys to this project, newest first, revoked ones included.")
    async def api_keys(
        self, info: Info, first: First = None, last: Last = None, after: After = None, before: Before = None
    ) -> Connection[ApiKey]:
        caller = require(info, Permission.MANAGE)
        if caller.project != self.uuid:
            raise Refusal("FORBIDDEN", "The keys to a project are listed with a key to that project.")
        page = await asked_page(keys_page(caller.project, page_request(first, last, after, before)))
        return connection(page, show_api_key, lambda: keys_count(caller.project))


def show_project(project: ProjectValue) -> Project:
    """The project as callers see it."""
    return Project(
        id=shown(ids.PROJECT, project.id),
        name=project.name,
        time_zone=project.time_zone,
        currency=Currency(project.currency),
        case_sensitive_codes=project.case_sensitive_codes,
        created_at=project.created_at,
        uuid=project.id,
        internal=project,
    )
