"""Scalars: exact decimals, currencies, instants, cursors and JSON, each with a sentence for what it refuses."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NewType  # a scalar's input may be any JSON value

import strawberry
from strawberry.types.scalar import ScalarDefinition

from app.engine.money import MoneyError, exponent
from graphql_schema.errors import Refusal

Currency = NewType("Currency", str)
Cursor = NewType("Cursor", str)
Metadata = NewType("Metadata", dict[str, Any])
NoParameters = NewType("NoParameters", dict[str, Any])

MAX_DECIMAL_LENGTH = 32
# A sorted list's cursor holds the sort value: a name of 200 characters, up to 4 bytes each, in base64.
MAX_CURSOR_LENGTH = 2_000
# Narrower than Python's, which also reads blanks, underscores and the digits of all scripts.
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Months and years are left out: nobody knows how long they are.
_DURATION = re.compile(r"P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?", re.ASCII)


def _refuse(sentence: str) -> Refusal:
    return Refusal("BAD_USER_INPUT", sentence)


def parse_decimal(value: object) -> Decimal:
    """An exact decimal from a string or a whole number; floats are refused, they have lost their exactness already."""
    if isinstance(value, str) and len(value) <= MAX_DECIMAL_LENGTH and _DECIMAL.fullmatch(value):
        return Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise _refuse('A decimal is written as a string such as "12.50".')


def parse_currency(value: object) -> Currency:
    """An ISO 4217 code in capital letters."""
    if isinstance(value, str):
        try:
            exponent(value)
        except MoneyError:
            pass
        else:
            return Currency(value)
    raise _refuse('A currency is an ISO 4217 code such as "EUR".')


def parse_instant(value: object) -> datetime:
    """An instant in ISO 8601 with its offset; without one nobody could tell which instant is meant."""
    if isinstance(value, str) and len(value) <= 40:
        try:
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is not None:
                return instant.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise _refuse('An instant is written with its offset, such as "2026-06-01T12:00:00+02:00".')


def parse_date(value: object) -> date:
    """A day in ISO 8601, of the calendar that everybody has on the wall."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _refuse('A date is written year, month, day, such as "1990-05-17".')


def parse_duration(value: object) -> timedelta:
    """A length of time in ISO 8601: days, hours, minutes and seconds."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise _refuse('A length of time is written in ISO 8601, such as "PT15M" or "P1DT12H".')
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def parse_cursor(value: object) -> Cursor:
    """A cursor that this API gave out; what it stands for is checked where it is used."""
    if isinstance(value, str) and 0 < len(value) <= MAX_CURSOR_LENGTH:
        return Cursor(value)
    raise _refuse("A cursor is a text that this API gave out.")


def parse_metadata(value: object) -> Metadata:
    """A JSON object; its size is checked where it is stored."""
    if isinstance(value, dict):
        return Metadata(value)
    raise _refuse("Metadata is a JSON object.")


def parse_no_parameters(value: object) -> NoParameters:
    """The empty object."""
    if value == {}:
        return NoParameters({})
    raise _refuse("There are no parameters here: write {}.")


def _show_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _show_duration(value: timedelta) -> str:
    hours, left = divmod(int(value.total_seconds()), 3600)
    minutes, seconds = divmod(left, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number]
    return f"PT{''.join(parts) or '0S'}"


# Keyed by the Python type that stands in annotations; `object` because a NewType is no class.
SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, written as a string such as "12.50".',
        serialize=str,
        parse_value=parse_decimal,
    ),
    Currency: strawberry.scalar(
        name="Currency",
        description='An ISO 4217 currency code such as "EUR".',
        serialize=str,
        parse_value=parse_currency,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in ISO 8601, always with an offset; shown in UTC.",
        serialize=_show_instant,
        parse_value=parse_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description='A day without a time, written year, month, day, such as "1990-05-17".',
        serialize=date.isoformat,
        parse_value=parse_date,
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description='A length of time in ISO 8601, of days, hours, minutes and seconds, such as "PT15M".',
        serialize=_show_duration,
        parse_value=parse_duration,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="An opaque place in a list or in the event log, given out by this API.",
        serialize=str,
        parse_value=parse_cursor,
    ),
    Metadata: strawberry.scalar(
        name="Metadata",
        description="The caller's own JSON object: up to 50 keys and 8 KiB, kept and given back unchanged.",
        serialize=lambda value: value,
        parse_value=parse_metadata,
    ),
    NoParameters: strawberry.scalar(
        name="NoParameters",
        description="The empty object {}, where a rule or reward has no parameters. It may get optional ones later.",
        serialize=lambda value: value,
        parse_value=parse_no_parameters,
    ),
}
