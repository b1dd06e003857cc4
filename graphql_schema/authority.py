"""Who may do what: checked at root fields and at links that lead further, never at leaves."""

from typing import TYPE_CHECKING
from uuid import UUID

import strawberry

from app.projects.admit import Caller, Permission
from graphql_schema.context import Context
from graphql_schema.errors import Refusal

if TYPE_CHECKING:  # the graph's loaders stand above the types, which stand above this file
    from graphql_schema.graph import Graph

Info = strawberry.Info[Context[Caller, "Graph"], None]

_NEEDED = {
    Permission.READ: "read everything in the project",
    Permission.MANAGE: "change campaigns, vouchers, customers and keys",
    Permission.VALIDATE: "validate vouchers",
    Permission.REDEEM: "redeem vouchers",
    Permission.READ_OWN_REDEMPTIONS: "list the redemptions of its redemption point",
    Permission.READ_OWN_WALLET: "see the wallet of its customer",
}


def require(info: Info, *any_of: Permission) -> Caller:
    """The caller, who has at least one of the permissions; raises a FORBIDDEN refusal otherwise."""
    caller = info.context.caller
    if not any(caller.may(permission) for permission in any_of):
        raise Refusal("FORBIDDEN", f"This {caller.kind.lower()} key may not {_NEEDED[any_of[0]]}.")
    return caller


def require_customer(info: Info, customer: UUID) -> Caller:
    """The caller, who may see everything or comes with this customer's token; raises FORBIDDEN otherwise."""
    caller = info.context.caller
    own = caller.customer == customer and caller.may(Permission.READ_OWN_WALLET)
    return caller if own else require(info, Permission.READ)
