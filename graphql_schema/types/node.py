"""Node: everything that has an id and can be fetched again by it."""

from uuid import UUID

import strawberry

from app import ids
from app.problem import Problem
from graphql_schema.errors import Refusal


@strawberry.interface(description="Something with an opaque, prefixed id that can be fetched again by it.")
class Node:
    id: strawberry.ID = strawberry.field(
        description='An opaque id such as "camp_01jd…"; the prefix tells the kind.'
    )


def shown(prefix: str, id_: UUID) -> strawberry.ID:
    """The id as callers see it."""
    return strawberry.ID(ids.show(prefix, id_))


def read_id(prefix: str, text: str, path: tuple[str, ...]) -> UUID | Problem:
    """The UUID in an id that a caller passed, or what is wrong with it."""
    try:
        return ids.read_as(prefix, text)
    except ids.IdError:
        return Problem(path, "INVALID_ID", f"An id that starts with {prefix}_ is expected here.")


def needed_id(prefix: str, given: strawberry.ID | None) -> UUID | None:
    """The UUID of an id in a query; raises a BAD_USER_INPUT refusal for what is not an id of that kind."""
    if given is None:
        return None
    found = read_id(prefix, given, ())
    if isinstance(found, Problem):
        raise Refusal("BAD_USER_INPUT", found.message)
    return found
