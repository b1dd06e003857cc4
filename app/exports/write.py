"""Writing rows: CSV as RFC 4180 says and spreadsheets can be trusted with, or a JSON object per line."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import orjson

from app.exports.values import Format

Cell = str | int | bool | Decimal | datetime | date | Sequence[str] | Mapping[str, object] | None
Row = Mapping[str, Cell]


class OwnWords(str):
    """A text that somebody chose freely, so that it may begin as a formula does."""

    __slots__ = ()


# A spreadsheet takes a cell that begins so for a formula, and computes it; an apostrophe before it says text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def own(text: str | None) -> OwnWords | None:
    """A text that somebody chose freely."""
    return None if text is None else OwnWords(text)


def head(form: Format, columns: Sequence[str]) -> bytes:
    """What stands before the first row."""
    return _csv([columns]) if form is Format.CSV else b""


def body(form: Format, columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The rows, each with all the columns."""
    if form is Format.CSV:
        return _csv([_cell(row[name]) for name in columns] for row in rows)
    return b"".join(orjson.dumps({name: _json(row[name]) for name in columns}) + b"\n" for row in rows)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _cell(value: Cell) -> str:
    """Nothing is an empty cell; lists and objects are JSON."""
    if value is None:
        return ""
    if isinstance(value, OwnWords):
        return f"'{value}" if value.startswith(_FORMULA) else value
    shown = _json(value)
    if isinstance(shown, str):
        return shown
    return orjson.dumps(shown).decode()


def _json(value: Cell) -> object:
    """Amounts are texts with exactly the currency's decimals, instants are in UTC."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, OwnWords):
        return str(value)
    return value
