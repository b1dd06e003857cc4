"""What validating, redeeming and deciding about a redemption are asked with: codes, cart, customer, id and key."""

from dataclasses import replace
from uuid import UUID

import strawberry

from app import ids
from app.customers.values import CustomerInput as CustomerProfile
from app.engine.cart import Cart
from app.idempotency import LONGEST_KEY
from app.problem import Problem, Problems
from app.projects.admit import Caller
from app.redemptions.requests import CustomerRef, Take
from app.redemptions.ticket import MOST_CODES, code_problems
from graphql_schema.texts import need_text
from graphql_schema.types.cart import CartInput, read_cart
from graphql_schema.types.customer_input import CustomerInput, read_customer
from graphql_schema.types.money import MoneyInput, read_money
from graphql_schema.types.node import read_id


@strawberry.input(description="A code to be used, and how much of the balance it holds.")
class CodeInput:
    code: str = strawberry.field(description="The code; case and separators do not matter.")
    credits: MoneyInput | None = strawberry.field(
        default=None,
        description="For a gift voucher: the most to pay with it. Without it, as much as it holds and the lines cost.",
    )
    points: int | None = strawberry.field(
        default=None,
        description="For a loyalty card: the most points to pay with. Without it, as many as it holds and fit.",
    )


def read_codes(given: list[CodeInput], faults: list[Problem], *, promotions: bool) -> tuple[str, ...]:
    """The codes, in the order given; faults are noted. With `promotions` there need be none."""
    codes = tuple([each.code for each in given])
    for found in code_problems(codes, may_be_none=promotions):
        # In this input a code is a field of its place in the list.
        is_of_one = len(found.path) > 1
        faults.append(replace(found, path=(*found.path, "code")) if is_of_one else found)
    return codes


def read_takes(given: list[CodeInput], faults: list[Problem]) -> tuple[Take, ...]:
    """The most to take of each code's balance; none at all where nothing is said. Codes: AT_MOST_ONE, INVALID_MONEY."""
    takes = [_read_take(each, ("codes", str(place)), faults) for place, each in enumerate(given[:MOST_CODES])]
    return tuple(takes) if any(take is not None for take in takes) else ()


def _read_take(given: CodeInput, path: tuple[str, ...], faults: list[Problem]) -> Take:
    if given.credits is None:
        return given.points
    if given.points is not None:
        message = "A code holds money or points: give credits or points, not both."
        faults.append(Problem((*path, "points"), "AT_MOST_ONE", message))
    found = read_money(given.credits, (*path, "credits"))
    if isinstance(found, Problem):
        faults.append(found)
        return None
    return found


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
