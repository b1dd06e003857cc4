"""Texts and metadata of inputs, checked by the rooms' door; what is wrong is noted for `userErrors`."""

from collections.abc import Mapping

from app import door
from app.engine.json_data import JSONValue
from app.problem import Problem
from graphql_schema.scalars import Metadata


def check_text(
    text: str | None, path: tuple[str, ...], faults: list[Problem], longest: int = door.LONGEST_NAME
) -> None:
    """Note a text that is too long or holds what PostgreSQL cannot keep."""
    if text is not None:
        faults.extend(door.text(path, text, longest))


def need_text(
    text: str, path: tuple[str, ...], faults: list[Problem], longest: int = door.LONGEST_NAME
) -> None:
    """The same for a text that may not be empty."""
    faults.extend(door.text(path, text, longest, shortest=1))


def read_metadata(
    given: Metadata | None, path: tuple[str, ...], faults: list[Problem]
) -> Mapping[str, JSONValue]:
    """The metadata, or an empty object and a note of what is wrong with it."""
    if not given:
        return {}
    found = door.metadata(path, given)
    faults.extend(found)
    return {} if found else given
