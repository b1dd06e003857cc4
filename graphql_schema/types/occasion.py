"""What a query about a cart is asked with: the cart, who is buying, and where and through what it is presented."""

from collections.abc import Mapping

import strawberry

from app.engine.cart import Cart
from app.engine.json_data import JSONValue
from app.engine.occasion import Occasion
from app.problem import Problem, Problems
from app.projects.admit import Caller, Permission
from app.redemptions.requests import CustomerRef as CustomerRefValue
from app.redemptions.ticket import cart_problems, occasion_of, occasion_problems
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.refusals import shown_path
from graphql_schema.scalars import Metadata
from graphql_schema.types.cart import CartInput, read_cart
from graphql_schema.types.customer_input import CustomerRef, read_customer_ref


@strawberry.input(description="Where and through what the codes would be redeemed; rules may ask for it.")
class OccasionInput:
    channel: str = strawberry.field(
        default="api", description='Where the redemption would come from, such as "web".'
    )
    redemption_point: str | None = strawberry.field(
        default=None, description="The redemption point; a merchant key is bound to its own."
    )
    metadata: Metadata | None = strawberry.field(
        default=None, description="What the redemption would say of itself."
    )


def ask_occasion(given: OccasionInput | None, caller: Caller) -> Occasion:
    """The occasion of a query, which has no userErrors: raises BAD_USER_INPUT for what cannot be one."""
    asked = given or OccasionInput()
    channel, point = asked.channel, asked.redemption_point
    metadata: Mapping[str, JSONValue] = asked.metadata or {}
    _refuse_first(occasion_problems(caller, channel, point, metadata), "occasion")
    return occasion_of(caller, channel, point, metadata)


def ask_cart(given: CartInput) -> Cart:
    """The cart of a query: raises BAD_USER_INPUT for what cannot be one."""
    cart = read_cart(given)
    if isinstance(cart, Problems):
        _refuse_first(cart.all)
        raise AssertionError("problems are never none")
    _refuse_first(cart_problems(cart))
    return cart


def ask_customer(info: Info, given: CustomerRef | None) -> CustomerRefValue | None:
    """Who is buying: the token's customer, or one that is named by somebody who may see everything."""
    caller = info.context.caller
    own = None if caller.customer is None else CustomerRefValue(id=caller.customer)
    if given is None:
        return own
    faults: list[Problem] = []
    named = read_customer_ref(given, ("customer",), faults)
    _refuse_first(tuple(faults))
    if named != own:
        require(info, Permission.READ)
    return named


def _refuse_first(problems: tuple[Problem, ...], *under: str) -> None:
    if problems:
        raise Refusal("BAD_USER_INPUT", problems[0].message, argument=shown_path((*under, *problems[0].path)))
