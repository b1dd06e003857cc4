"""The door: what may pass into a room, and what each refusal is called."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app import door
from app.problem import Problem

HERE = ("here",)


def _codes(problems: tuple[Problem, ...]) -> list[str]:
    assert all(problem.path == HERE for problem in problems)
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (None, []),
        ("a", []),
        ("é" * 200, []),
        ("🍵 \U0010ffff", []),
        ("", ["REQUIRED"]),
        (" \n", ["REQUIRED"]),
        ("a" * 201, ["TOO_LONG"]),
        ("a\0", ["INVALID_TEXT"]),
        ("\ud800", ["INVALID_TEXT"]),
        ("a\udfff", ["INVALID_TEXT"]),
        ("\ud7ff\ue000", []),
        ("\0" * 201, ["TOO_LONG"]),
    ],
)
def test_a_needed_text_is_told_what_it_lacks(value: str | None, codes: list[str]) -> None:
    assert _codes(door.text(HERE, value, shortest=1)) == codes


def test_a_text_that_is_not_needed_may_be_empty() -> None:
    assert door.text(HERE, "") == ()


def _levels(count: int) -> dict[str, object]:
    """An object of so many levels."""
    inner: object = 1
    for _ in range(count - 1):
        inner = [inner]
    return {"a": inner}


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        ({}, []),
        ({"a": [1, 2.5, None, True, {"b": "c"}]}, []),
        ({"back\\u0000slash": 1}, []),
        ({str(n): n for n in range(50)}, []),
        ({str(n): n for n in range(51)}, ["TOO_LONG"]),
        ({"a": "x" * 8_184}, []),  # {"a":"…"} is 8 bytes more
        ({"a": "x" * 8_185}, ["TOO_LONG"]),
        ({"a\0": 1}, ["INVALID_TEXT"]),
        ({"a": [{"b": "\0"}]}, ["INVALID_TEXT"]),
        ({"a": "\ud800"}, ["INVALID_JSON"]),
        ({"a": 2**64}, ["INVALID_JSON"]),
        ({"a": {1, 2}}, ["INVALID_JSON"]),
        ({"a": [None, 1e308]}, []),
        ({"a": [{"b": float("inf")}]}, ["INVALID_JSON"]),
        ({"a": float("nan")}, ["INVALID_JSON"]),
        (_levels(32), []),
        (_levels(33), ["NESTED_TOO_DEEP"]),
        (_levels(250), ["NESTED_TOO_DEEP"]),
        (_levels(300), ["INVALID_JSON"]),
        ({"a": "[" * 100, "b": [{}] * 100}, []),
    ],
)
def test_metadata_is_small_plain_json(value: dict[str, object], codes: list[str]) -> None:
    assert _codes(door.metadata(HERE, value)) == codes


def test_metadata_nested_without_end_is_refused() -> None:
    nested: dict[str, object] = {}
    for _ in range(1_000):
        nested = {"a": nested}
    assert _codes(door.metadata(HERE, nested)) == ["INVALID_JSON"]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (None, []),
        (datetime(2026, 6, 1, tzinfo=UTC), []),
        (datetime(2026, 6, 1), ["INVALID_TIME"]),  # noqa: DTZ001 - the fault under test
        (datetime.max.replace(tzinfo=UTC), []),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))), ["INVALID_TIME"]),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=5))), ["INVALID_TIME"]),
    ],
)
def test_an_instant_has_an_offset_and_can_be_kept(value: datetime | None, codes: list[str]) -> None:
    assert _codes(door.instant(HERE, value)) == codes


@pytest.mark.parametrize("zone", ["UTC", "Europe/Warsaw", "America/Argentina/Buenos_Aires", "Etc/GMT+5"])
def test_iana_zones_pass(zone: str) -> None:
    assert door.time_zone(HERE, zone) == ()


@pytest.mark.parametrize(
    "zone", ["", "Warsaw", "europe/warsaw", "localtime", "../etc/passwd", "/etc/localtime", "a\0b", "Mars/X"]
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    assert _codes(door.time_zone(HERE, zone)) == ["UNKNOWN_TIME_ZONE"]


@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (None, []),
        (1, []),
        (2**31 - 1, []),
        (0, ["OUT_OF_RANGE"]),
        (-1, ["OUT_OF_RANGE"]),
        (2**31, ["OUT_OF_RANGE"]),
    ],
)
def test_a_limit_is_none_or_positive_and_fits_the_api(value: int | None, codes: list[str]) -> None:
    assert _codes(door.limit(HERE, value)) == codes


@pytest.mark.parametrize(
    ("unit", "value", "codes"),
    [
        ("EUR", 1, []),
        ("EUR", 2**53 - 1, []),
        ("points", 2**31 - 1, []),
        ("EUR", 0, ["OUT_OF_RANGE"]),
        ("EUR", 2**53, ["OUT_OF_RANGE"]),
        ("points", 2**31, ["OUT_OF_RANGE"]),
        ("stars", 1, ["UNKNOWN_CURRENCY"]),
    ],
)
def test_an_amount_is_above_zero_and_fits_the_api(unit: str, value: int, codes: list[str]) -> None:
    assert _codes(door.amount(HERE, unit, value)) == codes


@pytest.mark.parametrize(
    ("unit", "range_in_words"),
    [("EUR", "0.01 EUR to 90071992547409.91 EUR"), ("points", "1 point to 2147483647 points")],
)
def test_the_range_of_an_amount_is_told_as_callers_write_amounts(unit: str, range_in_words: str) -> None:
    [refused] = door.amount(HERE, unit, 0)
    assert refused.message == f"The amount must be from {range_in_words}."


def test_a_very_long_text_costs_no_more_than_a_look_at_its_length() -> None:
    class Unread(str):
        def __contains__(self, part: object) -> bool:
            raise AssertionError("the text was looked through")

    assert _codes(door.text(HERE, Unread("é" * 1_000_000))) == ["TOO_LONG"]
