"""Faulty input as data: the `userErrors` of every mutation."""

import re
from collections.abc import Mapping, Sequence

import strawberry

from app.problem import Problem, Problems

# A cart of 500 lines with 50 categories each could be wrong in more ways than anybody wants to read.
MOST_TOLD = 100


@strawberry.type(description="One fault in a mutation's input. Nothing was changed.")
class UserError:
    path: list[str] = strawberry.field(
        description='The way to the faulty value from the arguments on, such as ["input", "cart", "currency"].'
    )
    code: str = strawberry.field(description="The kind of fault, for programs.")
    message: str = strawberry.field(description="What is wrong and what would be right, for people.")


def user_errors(problems: Problems, under: Sequence[str] = (), **said: str) -> list[UserError]:
    """The problems a deed found, the first hundred, with paths as the caller wrote them.

    `under` leads to the part of the input that the deed was given. `said` tells where the input has another word
    than the deed: `main_id="main_campaign"`.
    """
    return [_user_error(problem, under, said) for problem in problems.all[:MOST_TOLD]]


def _user_error(problem: Problem, under: Sequence[str], said: Mapping[str, str]) -> UserError:
    first, rest = problem.path[:1], problem.path[1:]
    path = ["input", *shown_path((*under, *(said.get(part, part) for part in first), *rest))]
    return UserError(path=path, code=problem.code, message=problem.message)


def shown_path(path: Sequence[str]) -> list[str]:
    """The way to a value as the schema writes it: `unit_price` is `unitPrice` there."""
    return [re.sub(r"_([a-z])", lambda letter: letter[1].upper(), part) for part in path]
