"""Who may do what: checked at root fields and at links that lead further, never at leaves."""

from uuid import UUID

from app.projects.admit import Caller, Permission
from graphql_schema.errors import Refusal
from graphql_schema.request import Info

__all__ = ["Info", "own_point", "require", "require_customer", "sees"]

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


def sees(caller: Caller, redemption_point: str | None) -> bool:
    """Whether the caller may see what happened there: everything, or a merchant what is its own."""
    return caller.may(Permission.READ) or (
        caller.may(Permission.READ_OWN_REDEMPTIONS) and redemption_point == caller.redemption_point
    )


def own_point(caller: Caller, asked: str | None) -> str | None:
    """The redemption point to list: a merchant's own, whatever it asks for; raises FORBIDDEN for another's."""
    if caller.redemption_point is not None and asked not in (None, caller.redemption_point):
        raise Refusal("FORBIDDEN", f"This key sees the redemption point {caller.redemption_point} only.")
    return caller.redemption_point or asked
