"""What operators do with values: exactly, and never silently."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.cel.values import ARITHMETIC, Frame, NotEvaluated
from tests.engine.cel.asking import compiled, failure_of, value_of

SMALL = st.integers(-1000, 1000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2 == 0.3", True),
        ("1.0 / 3 * 3 < 1", True),
        ("2 * 0.05", Decimal("0.10")),
        ("7 / 2", 3),
        ("-7 / 2", -3),
        ("7 / -2", -3),
        ("7 % 3", 1),
        ("-7 % 3", -1),
        ("7 / 2.0", Decimal("3.5")),
        ("'a' + word", "atea"),
        ("[1] + [2]", [1, 2]),
        ("now - duration('30m20s')", datetime(2026, 7, 22, 15, tzinfo=UTC)),
        ("duration('1h') + now == now + duration('60m')", True),
        ("now - timestamp('2026-07-22T15:30:00Z')", timedelta(seconds=20)),
        ("duration('1h') - duration('90m') + duration('1h')", timedelta(minutes=30)),
        ("1 < 1.5 && 2.0 <= 2 && 'a' < 'b' && now >= now && duration('2s') > duration('1s')", True),
        ("1 == 1.0 && 1 != 2 && [1, 2] == [1.0, 2.0] && word == 'tea'", True),
        ("data.half + 0.5", Decimal("1.0")),
        ("data.yes == 1", False),
        ("data.none == null", True),
        ("data == data", True),
        ("data.list == [1, 2.5, 'x', null]", True),
        ("2.5 in data.list && null in data.list && !(true in data.list)", True),
        ("'n' in data && !('m' in data)", True),
        ("data.list in data", False),
        ("(flag ? 7 : d) / 2", Decimal("3.5")),
        ("[7, d].map(x, x / 2)", [Decimal("3.5"), Decimal("1.25")]),
        ("(math.least(7, 7.5) + [d].filter(x, x > 9).sum()) / 2", Decimal("3.5")),
        ("([d].filter(x, x > 9).sum() + 7) / 2", Decimal("3.5")),
        ("-(-n)", 7),
        ("-d", Decimal("-2.5")),
        ("-duration('1s')", timedelta(seconds=-1)),
    ],
)
def test_an_operator_gives_the_exact_value(text: str, value: object) -> None:
    assert value_of(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 / 0", "Nothing can be divided by 0."),
        ("n % 0", "Nothing can be divided by 0."),
        ("1.5 / 0", "Nothing can be divided by 0."),
        ("9223372036854775807 + 1", "A number is too large."),
        ("-9223372036854775807 - 2", "A number is too large."),
        ("4294967296 * 4294967296", "A number is too large."),
        ("data.n + data.word", "+ does not know a number and a text."),
        ("data.yes + 1", "+ does not know true or false and a number."),
        ("data.none * 2", "* does not know nothing and a number."),
        ("data.half % 2", "% does not know a number and a number."),
        ("data.word < 5", "< does not know a text and a number."),
        ("data.list > 1", "> does not know a list and a number."),
        ("1 in data.n", "in does not know a number."),
        ("-data.word", "- does not know a text."),
        ("now + duration('999999999h')", "There is no such moment."),
        ("-duration('23999999977h')", "There is no such duration."),
        ("data[data.list] == 1", "[] does not know such a value."),
    ],
)
def test_what_has_no_value_says_why(text: str, why: str) -> None:
    assert failure_of(text) == why


def test_a_number_beyond_all_measure_is_refused_and_not_rounded() -> None:
    huge = " * ".join(["1e30"] * 35)
    assert failure_of(huge) == "A number is too large."


@given(SMALL, SMALL)
def test_division_and_rest_make_up_the_whole(left: int, right: int) -> None:
    frame = Frame({}, 100)
    if right == 0:
        with pytest.raises(NotEvaluated):
            ARITHMETIC["/"](frame, left, right)
        return
    quotient, rest = ARITHMETIC["/"](frame, left, right), ARITHMETIC["%"](frame, left, right)
    assert isinstance(quotient, int)
    assert isinstance(rest, int)
    assert quotient * right + rest == left
    assert abs(rest) < abs(right)
    assert rest == 0 or (rest < 0) == (left < 0)


def test_long_texts_and_lists_cost_steps() -> None:
    too_much = "There is too much to look at."
    assert failure_of("numbers + numbers + numbers == []", steps=10) == too_much
    assert failure_of(f"'{'a' * 900}' + word == ''", steps=10) == too_much
    assert failure_of("4 in [1, 2, 3]", steps=2) == too_much
    assert failure_of("data.list == [1, 2]", steps=3) == too_much
    long = "".join(("['", "a" * 700, "'].map(x, [x + 'b', x + 'c'])"))
    for compare in ("==", "<"):
        assert value_of(f"{long}.exists(x, x[0] {compare} x[1])", steps=100) is (compare == "<")
        assert failure_of(f"{long}.exists(x, x[0] {compare} x[1])", steps=45) == too_much


@pytest.mark.parametrize("beyond", [2**63, -(2**200), float("inf"), float("nan")])
def test_numbers_of_metadata_that_the_language_does_not_have_are_refused(beyond: object) -> None:
    for text in ("string(data.n)", "data.n + 1", "math.least(data.n, 1.5)", "data.n == 1", "[data][0].n > 1"):
        run = compiled(text).run
        with pytest.raises(NotEvaluated, match=r"^A number is too large\.$"):
            run(Frame({"data": {"n": beyond}}, 1000))
