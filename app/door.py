"""The door of the rooms: what texts, metadata, instants, zones, limits and amounts must be before a deed takes them.

Each check gives the problems it found (none: the value may pass), so a deed can tell them all at once.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from math import isfinite
from zoneinfo import ZoneInfo, available_timezones

import orjson

from app.engine.facts import POINTS
from app.engine.money import CURRENCIES, LARGEST
from app.engine.payment import amount_in_words
from app.problem import Problem

LONGEST_NAME = 200
LONGEST_TEXT = 10_000
MOST_METADATA_KEYS = 50
MOST_METADATA_BYTES = 8 * 1024
# JSON writers stop at some 250 levels: an answer around the document, or an event, has to have room for it.
DEEPEST_DOCUMENT = 32
LONGEST_CHANNEL = 100
LARGEST_LIMIT = 2**31 - 1  # the largest whole number that GraphQL's Int carries

_SURROGATE = re.compile("[\ud800-\udfff]")

Checked = tuple[Problem, ...]
Path = tuple[str, ...]


def text(path: Path, value: str | None, longest: int = LONGEST_NAME, shortest: int = 0) -> Checked:
    """A text of at most `longest` characters that PostgreSQL can keep; a needed one (`shortest` 1) is not all blanks.

    Codes: INVALID_TEXT (NUL or half a surrogate pair), REQUIRED (empty or blank), TOO_LONG.
    """
    if value is None:
        return ()
    # The length first: no time is spent on looking through what is refused anyhow.
    if len(value) > longest:
        return (Problem(path, "TOO_LONG", f"The text may have at most {longest} characters."),)
    if not can_be_kept(value):
        return (Problem(path, "INVALID_TEXT", "The text holds a character that cannot be kept."),)
    if shortest and not value.strip():
        return (Problem(path, "REQUIRED", "The text may not be empty."),)
    return ()


def metadata(path: Path, value: Mapping[str, object]) -> Checked:
    """The caller's own JSON: at most 50 keys and 8 KiB. Codes: TOO_LONG and those of `document`."""
    if len(value) > MOST_METADATA_KEYS:
        return (Problem(path, "TOO_LONG", f"At most {MOST_METADATA_KEYS} keys fit here."),)
    return document(path, value, MOST_METADATA_BYTES)


def document(path: Path, value: Mapping[str, object], most_bytes: int) -> Checked:
    """A JSON object of at most `most_bytes` when written, and 32 levels.

    Codes: INVALID_JSON, INVALID_TEXT, NESTED_TOO_DEEP, TOO_LONG.
    """
    try:
        written = orjson.dumps(dict(value))
    except (TypeError, ValueError, RecursionError):
        return (Problem(path, "INVALID_JSON", "This is not plain JSON."),)
    if len(written) > most_bytes:
        return (Problem(path, "TOO_LONG", f"At most {most_bytes} bytes of JSON fit here."),)
    # The cheap looks first: no more levels than brackets, no infinity that is not written as null, and an escaped
    # NUL is the only way one can hide in JSON.
    if written.count(b"[") + written.count(b"{") > DEEPEST_DOCUMENT and _depth(value) > DEEPEST_DOCUMENT:
        return (Problem(path, "NESTED_TOO_DEEP", f"At most {DEEPEST_DOCUMENT} levels fit here."),)
    if b"null" in written and not _numbers_are_finite(value):
        return (Problem(path, "INVALID_JSON", "A number is too large for JSON."),)
    if rb"\u0000" in written and not _texts_can_be_kept(value):
        return (Problem(path, "INVALID_TEXT", "The JSON holds a character that cannot be kept."),)
    return ()


def instant(path: Path, value: datetime | None) -> Checked:
    """A moment with its offset, within the years PostgreSQL and Python share. Code: INVALID_TIME."""
    if value is None:
        return ()
    try:
        fine = value.tzinfo is not None and value.astimezone(UTC).year > 0
    except OverflowError:
        fine = False
    return () if fine else (Problem(path, "INVALID_TIME", "The moment is out of range or has no offset."),)


def time_zone(path: Path, value: str) -> Checked:
    """An IANA time zone such as `Europe/Warsaw`. Code: UNKNOWN_TIME_ZONE."""
    if value in _zones() and ZoneInfo(value).key == value:
        return ()
    return (Problem(path, "UNKNOWN_TIME_ZONE", f"{value[:60]!r} is not an IANA time zone."),)


def limit(path: Path, value: int | None) -> Checked:
    """A number of uses: at least 1, or None for no limit. Code: OUT_OF_RANGE."""
    if value is None or 1 <= value <= LARGEST_LIMIT:
        return ()
    return (Problem(path, "OUT_OF_RANGE", f"The limit must be from 1 to {LARGEST_LIMIT}."),)


def amount(path: Path, unit: str, value: int) -> Checked:
    """Something of a balance: minor units of a currency, or points. Codes: UNKNOWN_CURRENCY, OUT_OF_RANGE."""
    if unit != POINTS and unit not in CURRENCIES:
        return (Problem(path, "UNKNOWN_CURRENCY", f"{unit[:60]!r} is not an ISO 4217 currency."),)
    if 1 <= value <= largest_amount(unit):
        return ()
    least, most = amount_in_words(1, unit), amount_in_words(largest_amount(unit), unit)
    return (Problem(path, "OUT_OF_RANGE", f"The amount must be from {least} to {most}."),)


def largest_amount(unit: str) -> int:
    """The most that a balance can be: as much as any amount of money, or as many points as GraphQL's Int carries."""
    return LARGEST_LIMIT if unit == POINTS else LARGEST


def can_be_kept(value: str) -> bool:
    """Whether PostgreSQL can hold the text, and so whether it can be equal to anything that is held."""
    return "\0" not in value and (value.isascii() or _SURROGATE.search(value) is None)


@cache
def _zones() -> frozenset[str]:
    """Names such as `localtime` or `posixrules` describe this machine, not a place."""
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def _depth(value: object) -> int:
    if isinstance(value, Mapping):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list | tuple):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _numbers_are_finite(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(map(_numbers_are_finite, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_numbers_are_finite, value))
    return not isinstance(value, float) or isfinite(value)


def _texts_can_be_kept(value: object) -> bool:
    if isinstance(value, str):
        return can_be_kept(value)
    if isinstance(value, Mapping):
        return all(_texts_can_be_kept(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return all(_texts_can_be_kept(part) for part in value)
    return True
