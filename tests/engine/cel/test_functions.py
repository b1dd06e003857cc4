"""The functions that expressions may call."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.engine.cel.asking import failure_of, mistake_in, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("size('tea') + word.size() + size(numbers) + words.size() + size(data)", 3 + 3 + 3 + 2 + 6),
        ("word.startsWith('te') && word.endsWith('a') && word.contains('e') && !word.contains('x')", True),
        ("'Éa'.upperAscii() + 'ÉA'.lowerAscii() + ' x '.trim()", "ÉAÉax"),
        ("int(2.9)", 2),
        ("int(-2.9)", -2),
        ("int('12') + int(n)", 19),
        ("int(timestamp('1970-01-01T00:01:00Z'))", 60),
        ("double('1.50')", Decimal("1.50")),
        ("double(3) / 2", Decimal("1.5")),
        ("double(data.half)", Decimal("0.5")),
        ("string(1) + string(2.50) + string(1e3) + string(true) + string(word)", "12.51000truetea"),
        ("string(now)", "2026-07-22T15:30:20Z"),
        ("timestamp('2026-07-22T17:30:20+02:00') == now", True),
        ("duration('1h30m') == duration('90m') && duration('1.5s') == duration('1500ms')", True),
        ("duration('-2s')", timedelta(seconds=-2)),
        ("numbers.sum()", 6),
        ("[0.1, 0.2].sum()", Decimal("0.3")),
        ("[].sum()", 0),
        ("numbers.min() + numbers.max()", 4),
        ("math.least(3, 1, 2) + math.greatest(3, 1)", 4),
        ("math.least(n, d)", Decimal("2.5")),
        ("math.round(2.5) + math.round(-2.5) + math.floor(2.7) + math.ceil(2.1)", Decimal(5)),
        ("math.round(7)", Decimal(7)),
        ("math.abs(-n) + math.abs(n)", 14),
        ("math.abs(-d)", Decimal("2.5")),
        ("duration('90m').getHours() + duration('90m').getMinutes() + duration('90s').getSeconds()", 181),
    ],
)
def test_a_function_gives_the_exact_value(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("getFullYear", 2026),
        ("getMonth", 6),
        ("getDate", 22),
        ("getDayOfMonth", 21),
        ("getDayOfWeek", 3),
        ("getDayOfYear", 202),
        ("getHours", 15),
        ("getMinutes", 30),
        ("getSeconds", 20),
    ],
)
def test_moments_are_told_as_cel_counts_them_in_utc(name: str, value: int) -> None:
    assert value_of(f"now.{name}()") == value
    moment = datetime(2026, 7, 22, 15, 30, 20, tzinfo=UTC)
    assert value_of(f"timestamp('{moment.isoformat()}').{name}('UTC')") == value


def test_moments_are_told_on_the_clock_of_a_zone() -> None:
    assert value_of("now.getHours('Europe/Warsaw')") == 17
    sunday = "timestamp('2026-07-25T22:30:00Z')"
    assert value_of(f"{sunday}.getDayOfWeek()") == 6
    assert value_of(f"{sunday}.getDayOfWeek('Europe/Warsaw')") == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("int(data.yes) == 1", "This is no whole number."),
        ("double(data.none) == 1", "This is no number."),
        ("string(data.list) == ''", "string does not know a list."),
        ("double('t' + 'en') == 1", "This is no number."),
        ("int('1' + '.5') == 1", "This is no whole number."),
        ("timestamp('tomor' + 'row') == now", "This is no moment such as 2026-12-24T18:00:00Z."),
        ("duration(word) == now - now", "This is no duration such as 36h or 90s."),
        ("now.getHours('Ma' + 'rs') == 1", "There is no time zone Mars."),
        ("now.getHours('../' + 'etc') == 1", "There is no time zone ../etc."),
        ("timestamp('0001-01-01T00:00:00Z').getHours('America/New_York') == 1", "There is no such moment."),
        ("math.abs(-9223372036854775807 - 1) == 1", "A number is too large."),
        ("[].max() == 1", "An empty list has no max."),
        ("data.list.sum() == 1", "+ does not know a number and a text."),
        ("data.list.max() == 1", "math does not know a text."),
        ("size(data.n) == 1", "size does not know a number."),
        ("data.n.startsWith('x')", "startsWith does not know a number."),
        ("math.round(data.word) == 1", "math does not know a text."),
        ("math.abs(data.word) == 1", "math.abs does not know a text."),
        ("any.getHours() == 1", "getHours does not know a number."),
    ],
)
def test_what_has_no_value_says_why(text: str, why: str) -> None:
    assert failure_of(text) == why


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("now > timestamp('2026-12-24')", 6, "This is no moment such as 2026-12-24T18:00:00Z."),
        ("now > timestamp('tomorrow')", 6, "This is no moment such as 2026-12-24T18:00:00Z."),
        ("duration('2 weeks') == now - now", 0, "This is no duration such as 36h or 90s."),
        ("duration('999999999999h') == now - now", 0, "This duration is too long."),
        ("flag || now.getHours('Mars') == 1", 12, "There is no time zone Mars."),
        ("now.getHours('../etc') == 1", 4, "There is no time zone ../etc."),
        ("double('ten') == 1.0", 0, "This is no number."),
        ("int('1.5') == 1", 0, "This is no whole number."),
        ("int(1e30) == 1", 0, "A number is too large."),
    ],
)
def test_what_never_has_a_value_is_a_mistake_in_the_draft(text: str, at: int, message: str) -> None:
    assert mistake_in(text) == (at, message)


def test_absolutes_keep_all_their_figures() -> None:
    figures = "1234567890123456789012345678901.23456789"
    assert value_of(f"math.abs(-{figures})") == Decimal(figures)


def test_a_text_too_long_for_a_number_a_moment_or_a_duration_is_not_even_read() -> None:
    long = "['1s'].map(x, x + x)" + ".map(x, x + x)" * 8
    assert failure_of(f"{long}.exists(x, duration(x) > duration('1s'))") == (
        "This is no duration such as 36h or 90s."
    )
    assert failure_of("numbers.exists(x, now.getHours('UTC') == x)", steps=20) == (
        "There is too much to look at."
    )
