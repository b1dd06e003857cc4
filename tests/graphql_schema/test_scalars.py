"""Scalars: what they read, what they refuse, and how they show it."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from graphql_schema.errors import Refusal
from graphql_schema.scalars import (
    SCALARS,
    parse_currency,
    parse_cursor,
    parse_date,
    parse_decimal,
    parse_duration,
    parse_instant,
    parse_metadata,
    parse_no_parameters,
)


def shown(type_: object, value: object) -> object:
    return SCALARS[type_].serialize(value)


@pytest.mark.parametrize(
    ("given", "read"), [("12.50", "12.50"), ("-0.001", "-0.001"), (3, "3"), ("1e2", "1E+2")]
)
def test_decimals_are_read_exactly(given, read):
    assert str(parse_decimal(given)) == read


def test_currencies_are_iso_codes():
    assert parse_currency("KWD") == "KWD"


def test_instants_are_read_with_their_offset_and_shown_in_utc():
    noon = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert parse_instant("2026-06-01T12:00:00+02:00") == noon
    assert parse_instant("2026-06-01T10:00:00Z").tzinfo is UTC
    assert shown(datetime, noon) == "2026-06-01T10:00:00Z"
    assert shown(datetime, noon.replace(microsecond=5)) == "2026-06-01T10:00:00.000005Z"


def test_days_are_read_and_shown_without_a_time():
    assert parse_date("1992-02-29") == date(1992, 2, 29)
    assert shown(date, date(1992, 2, 29)) == "1992-02-29"


@pytest.mark.parametrize(
    ("text", "length", "again"),
    [
        ("PT15M", timedelta(minutes=15), "PT15M"),
        ("PT90M", timedelta(minutes=90), "PT1H30M"),
        ("P1DT12H", timedelta(hours=36), "PT36H"),
        ("PT1H1S", timedelta(seconds=3601), "PT1H1S"),
        ("P0D", timedelta(0), "PT0S"),
    ],
)
def test_durations_are_read_and_shown_in_iso_8601(text, length, again):
    assert parse_duration(text) == length
    assert shown(timedelta, length) == again
    assert parse_duration(again) == length


def test_nothing_is_an_empty_object():
    assert parse_no_parameters({}) == {}


@pytest.mark.parametrize(
    ("parse", "values"),
    [
        (
            parse_decimal,
            ["", "ten", "NaN", "Infinity", "1" * 33, 1.5, True, None, "1,5", "1_0", " 1", "١", ".", "1e"],
        ),
        (parse_currency, ["eur", "EURO", "", 978, None, "XXX"]),
        (parse_instant, ["2026-06-01", "2026-06-01T12:00:00", "now", 0, None, "0001-01-01T00:00:00+14:00"]),
        (parse_date, ["1991-02-29", "19920229", "0000-01-01", "1992-2-29", "", None, 1992, "١٩٩٢-٠٢-٢٩"]),
        (parse_duration, ["", "P", "PT", "P1DT", "P1M", "P1Y", "PT1.5S", "-PT1S", "1h", 60, None, "PT٣S"]),
        (parse_cursor, ["", "x" * 2001, 7, None]),
        (parse_metadata, ["{}", [], 1, None]),
        (parse_no_parameters, [{"a": 1}, [], "", None, True]),
    ],
)
def test_everything_else_is_refused_with_a_sentence(parse, values):
    for value in values:
        with pytest.raises(Refusal) as refused:
            parse(value)
        assert refused.value.code == "BAD_USER_INPUT"
        assert refused.value.message.endswith(".")
