"""A code as it is typed at the till, and how much of the balance it holds."""

from dataclasses import replace

import strawberry

from app.problem import Problem
from app.redemptions.requests import Take
from app.redemptions.ticket import MOST_CODES, code_problems
from graphql_schema.types.money import MoneyInput, read_money


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
