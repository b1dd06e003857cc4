"""What texts and metadata may hold: checked once at the door, so that nothing behind it has to wonder."""

from collections.abc import Mapping

import orjson

from app.engine.json_data import JSONValue
from app.problem import Problem
from graphql_schema.scalars import Metadata

LONGEST_TEXT = 200
MOST_METADATA_KEYS = 50
LARGEST_METADATA = 8192


def check_text(
    text: str | None, path: tuple[str, ...], faults: list[Problem], longest: int = LONGEST_TEXT
) -> None:
    """Note a text that is too long or holds what PostgreSQL cannot store (NUL, half a surrogate pair)."""
    if text is None:
        return
    if len(text) > longest:
        faults.append(Problem(path, "TOO_LONG", f"At most {longest} characters fit here."))
    elif not _storable(text):
        faults.append(Problem(path, "INVALID_TEXT", "The text holds characters that cannot be stored."))


def read_metadata(
    given: Metadata | None, path: tuple[str, ...], faults: list[Problem]
) -> Mapping[str, JSONValue]:
    """The metadata, or an empty object and a note of what is wrong with it."""
    if not given:
        return {}
    if len(given) > MOST_METADATA_KEYS:
        faults.append(Problem(path, "TOO_MANY_KEYS", f"Metadata has up to {MOST_METADATA_KEYS} keys."))
        return {}
    try:
        written = orjson.dumps(given)
    except (orjson.JSONEncodeError, RecursionError):
        faults.append(Problem(path, "INVALID_TEXT", "The metadata holds what cannot be stored."))
        return {}
    if len(written) > LARGEST_METADATA:
        faults.append(Problem(path, "TOO_LONG", f"Metadata has up to {LARGEST_METADATA} bytes of JSON."))
        return {}
    if b"\\u0000" in written:
        faults.append(Problem(path, "INVALID_TEXT", "The metadata holds characters that cannot be stored."))
        return {}
    return given


def _storable(text: str) -> bool:
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
