"""Writing rows: what any reader of CSV gets back, what spreadsheets must not compute, and the same in JSON."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from app.exports.values import Format
from app.exports.write import Row, body, head, own

COLUMNS = ("name", "amount", "at", "day", "count", "flag", "codes", "more")
ROW: Row = {
    "name": own('Ada, "the first"\r\nof many'),
    "amount": Decimal("10.50"),
    "at": datetime(2026, 6, 1, 14, 30, tzinfo=timezone(timedelta(hours=2))),
    "day": date(1990, 2, 28),
    "count": 3,
    "flag": True,
    "codes": ["A", "B,C"],
    "more": {"tier": "gold"},
}
NOTHING: Row = dict.fromkeys(COLUMNS)


def test_a_csv_file_is_what_rfc_4180_says() -> None:
    file = head(Format.CSV, COLUMNS) + body(Format.CSV, COLUMNS, [ROW, NOTHING])
    assert file.startswith(b"name,amount,at,day,count,flag,codes,more\r\n")
    assert file.endswith(b",,,,,,,\r\n")
    shown = ['Ada, "the first"\r\nof many', "10.50", "2026-06-01T12:30:00Z", "1990-02-28", "3", "true"]
    read = list(csv.reader(io.StringIO(file.decode(), newline=""), strict=True))
    assert read[1:] == [[*shown, '["A","B,C"]', '{"tier":"gold"}'], [""] * 8]


def test_jsonl_has_the_same_fields_with_their_types() -> None:
    file = head(Format.JSONL, COLUMNS) + body(Format.JSONL, COLUMNS, [ROW, NOTHING])
    first, second = map(json.loads, file.splitlines())
    assert first == {
        "name": 'Ada, "the first"\r\nof many',
        "amount": "10.50",
        "at": "2026-06-01T12:30:00Z",
        "day": "1990-02-28",
        "count": 3,
        "flag": True,
        "codes": ["A", "B,C"],
        "more": {"tier": "gold"},
    }
    assert (list(first), second) == (list(COLUMNS), dict.fromkeys(COLUMNS))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_text_of_anybody_s_is_a_formula_for_a_spreadsheet(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    row: Row = {"name": own(text)}
    [[_, *_], [cell]] = csv.reader(
        io.StringIO((head(Format.CSV, ["name"]) + body(Format.CSV, ["name"], [row])).decode(), newline="")
    )
    assert cell == f"'{text}"
    assert json.loads(body(Format.JSONL, ["name"], [row])) == {"name": text}


def test_an_instant_is_told_in_utc_and_a_small_amount_without_an_exponent() -> None:
    row: Row = {"at": datetime(2026, 1, 1, tzinfo=UTC), "amount": Decimal("0E-4")}
    assert body(Format.CSV, ["at", "amount"], [row]) == b"2026-01-01T00:00:00Z,0.0000\r\n"
