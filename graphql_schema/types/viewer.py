"""The viewer: who is asking, and what it may do."""

import strawberry

from app import ids
from app.projects.admit import Caller, Permission
from app.projects.read import keys_by_ids, project_by_id
from app.projects.values import KeyKind
from graphql_schema.enums import describe_enum
from graphql_schema.types.api_key import ApiKey, show_api_key
from graphql_schema.types.node import shown
from graphql_schema.types.project import Project, show_project

describe_enum(
    Permission,
    "Something that a caller may be allowed to do.",
    READ="See everything in the project.",
    MANAGE="Create, change, launch, mint, publish, roll back; adjust balances, audit; make customers, keys and customer"
    " tokens.",
    VALIDATE="Ask what codes would give on a cart.",
    REDEEM="Redeem codes; hold them, confirm and release what is held.",
    READ_OWN_REDEMPTIONS="See the redemptions and rejected redemptions of its own redemption point, and roll"
    " them back.",
    READ_OWN_WALLET="See the wallet of the customer in its token.",
)


@strawberry.type(description="Who is asking, and what it may do.")
class Viewer:
    kind: KeyKind = strawberry.field(description="The kind of key that is asking.")
    redemption_point: str | None = strawberry.field(
        description="The place where a merchant key redeems; null for other kinds."
    )
    customer_id: strawberry.ID | None = strawberry.field(
        description="The customer in whose name a storefront asks; null without a customer token."
    )
    permissions: list[Permission] = strawberry.field(description="All that this caller may do.")
    creates_projects: bool = strawberry.field(description="Whether this caller may create projects.")
    caller: strawberry.Private[Caller]

    @strawberry.field(description="The project that the key belongs to.")
    async def project(self) -> Project:
        project = await project_by_id(self.caller.project)
        if project is None:
            raise LookupError("the project of an admitted caller is gone")
        return show_project(project)

    @strawberry.field(description="The key that is asking.")
    async def api_key(self) -> ApiKey:
        keys = await keys_by_ids(self.caller.project, [self.caller.key])
        return show_api_key(keys[self.caller.key])


def show_viewer(caller: Caller) -> Viewer:
    """The caller as it sees itself."""
    return Viewer(
        kind=caller.kind,
        redemption_point=caller.redemption_point,
        customer_id=None if caller.customer is None else shown(ids.CUSTOMER, caller.customer),
        permissions=[permission for permission in Permission if caller.may(permission)],
        creates_projects=caller.creates_projects,
        caller=caller,
    )
