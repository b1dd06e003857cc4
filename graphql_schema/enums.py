"""Enums of the engine and the rooms as GraphQL enums, each member with its own sentence."""

from enum import Enum

import strawberry
from strawberry.types.enum import has_enum_definition


def describe_enum(enum: type[Enum], description: str, /, name: str | None = None, **members: str) -> None:
    """Make an enum part of the schema without a second enum beside it that would have to be kept equal.

    `name` is what the schema calls it, where the enum's own name says too little outside its room. Raises TypeError
    unless every member has its sentence, so a new member cannot be forgotten here.
    """
    if set(members) != set(enum.__members__):
        raise TypeError(
            f"{enum.__name__} has {', '.join(enum.__members__)}; described are {', '.join(members)}"
        )
    strawberry.enum(enum, name=name, description=description)
    if has_enum_definition(enum):
        for value in enum.__strawberry_definition__.values:
            value.description = members[value.name]
