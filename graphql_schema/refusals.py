"""Faulty input as data: the `userErrors` of every mutation."""

import re

import strawberry

from app.problem import Problem, Problems


@strawberry.type(description="One fault in a mutation's input. Nothing was changed.")
class UserError:
    path: list[str] = strawberry.field(
        description='The way to the faulty value from the arguments on, such as ["input", "cart", "currency"].'
    )
    code: str = strawberry.field(description="The kind of fault, for programs.")
    message: str = strawberry.field(description="What is wrong and what would be right, for people.")


def user_errors(problems: Problems) -> list[UserError]:
    """The problems a deed found, with paths as the caller wrote them."""
    return [_user_error(problem) for problem in problems.all]


def _user_error(problem: Problem) -> UserError:
    path = ["input", *(_camel(part) for part in problem.path)]
    return UserError(path=path, code=problem.code, message=problem.message)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name)
