"""What validating, redeeming and deciding about a redemption are asked with: cart, customer, id and key."""

from uuid import UUID

import strawberry

from app import ids
from app.customers.values import CustomerInput as CustomerProfile
from app.engine.cart import Cart
from app.idempotency import LONGEST_KEY
from app.problem import Problem, Problems
from app.projects.admit import Caller
from app.redemptions.requests import CustomerRef
from graphql_schema.texts import need_text
from graphql_schema.types.cart import CartInput, read_cart
from graphql_schema.types.customer_input import CustomerInput, read_customer
from graphql_schema.types.node import read_id


def read_deed(redemption: strawberry.ID, idempotency_key: str, faults: list[Problem]) -> UUID | None:
    """The redemption that something is done with under a key, or None and notes of what is wrong with either."""
    found = read_id(ids.REDEMPTION, redemption, ("redemption",))
    if isinstance(found, Problem):
        faults.append(found)
    need_text(idempotency_key, ("idempotency_key",), faults, LONGEST_KEY)
    return None if isinstance(found, Problem) else found


def read_cart_into(given: CartInput, faults: list[Problem]) -> Cart | None:
    """The cart, or None and notes of what is wrong with it."""
    cart = read_cart(given)
    if isinstance(cart, Problems):
        faults.extend(cart.all)
        return None
    return cart


def read_shopper(
    given: CustomerInput | None, caller: Caller, faults: list[Problem]
) -> CustomerRef | CustomerProfile | None:
    """The customer of the request. A customer token speaks for its customer; nobody else may be named beside it."""
    shopper = read_customer(given, ("customer",), faults)
    if caller.customer is None or shopper is None:
        return shopper
    if isinstance(shopper, CustomerRef) and shopper.id == caller.customer:
        return shopper
    faults.append(
        Problem(
            ("customer",),
            "CUSTOMER_COMES_FROM_TOKEN",
            "The customer token says who the customer is; leave the customer out.",
        )
    )
    return None
