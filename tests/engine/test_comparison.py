"""Comparisons: by texts, by numbers, by moments; exactly as the room says, for its SQL twin says the same."""

from datetime import UTC, datetime

import pytest

from app.engine.comparison import Comparison, Operator, instant_of
from app.engine.json_data import JSONValue
from app.engine.unit import UnitError

NOTHING: tuple[JSONValue, ...] = (None, {}, {"a": "gold"}, [])
LISTED: tuple[JSONValue, ...] = ("gold", ["iron", "gold"])


def holds(operator: Operator, values: str, value: JSONValue) -> bool:
    return Comparison(operator, tuple(values.split())).holds(value)


@pytest.mark.parametrize(
    ("operator", "values", "yes", "no"),
    [
        (
            Operator.IS,
            "gold 5 true",
            ["gold", 5, 5.0, "5", True, ["iron", ["gold"]]],
            ["Gold", "", 50, 1, False],
        ),
        (Operator.CONTAINS, "ol", ["gold", ["x", "old"]], ["GOLD", "o l"]),
        (Operator.CONTAINS, "5", [15, 0.25, "v5"], [1, True]),
        (Operator.STARTS_WITH, "go si", ["gold", "silver", "go"], ["a gold", "Gold"]),
        (Operator.ENDS_WITH, "@shop.pl", ["ada@shop.pl"], ["ada@shop.pl ", "ada@SHOP.PL"]),
        (Operator.AT_LEAST, "0.3", [0.3, 1, [0, 0.30], 1e300], [0.2999999, "5", True, -1]),
        (Operator.AT_MOST, "5", [5, 5.0, -7, [6, 4]], [5.0000001, "5", False]),
        (Operator.MORE_THAN, "9007199254740992", [9007199254740993], [9007199254740992, 9007199254740992.0]),
        (Operator.LESS_THAN, "-0.5", [-0.6, -1], [-0.5, 0, "-1"]),
        (
            Operator.BEFORE,
            "2026-05-17",
            ["2026-05-16", "2026-05-16T23:59:59.999999Z", "2026-05-17T00:30+01:00", ["x", "0001-01-01"]],
            ["2026-05-17", "2026-05-17T00:00Z", "2026-02-30", "yesterday", 2020, "2026-05-16T10:00"],
        ),
        (
            Operator.AFTER,
            "2026-05-17T12:00:00+02:00",
            ["2026-05-18", "2026-05-17T10:00:01Z", "9999-12-31T23:59-14:00"],
            ["2026-05-17", "2026-05-17T10:00:00Z", "2026-05-17T24:00Z", "20260518", ""],
        ),
    ],
)
def test_a_value_is_like_that_or_not(
    operator: Operator, values: str, yes: list[JSONValue], no: list[JSONValue]
) -> None:
    assert [value for value in yes if not holds(operator, values, value)] == []
    assert [value for value in (*no, *NOTHING) if holds(operator, values, value)] == []


def test_is_not_is_the_opposite_of_is() -> None:
    assert [holds(Operator.IS_NOT, "gold", value) for value in LISTED] == [False, False]
    assert [holds(Operator.IS_NOT, "gold", value) for value in ("iron", *NOTHING)] == [True] * 5


def test_null_is_absent_and_all_else_exists() -> None:
    there: list[JSONValue] = ["", 0, False, [], {}, "x"]
    assert [holds(Operator.EXISTS, "", value) for value in (*there, None)] == [True] * 6 + [False]
    assert [holds(Operator.ABSENT, "", value) for value in (*there, None)] == [False] * 6 + [True]


@pytest.mark.parametrize(
    ("operator", "values", "error"),
    [
        (Operator.IS, (), "values: Must have at least one item."),
        (Operator.ENDS_WITH, ("a", ""), "values[1]: Must be 1 to 255 characters long."),
        (Operator.IS, ("a",) * 51, "values: Must not have more than 50 items."),
        (Operator.AT_LEAST, (), 'values: Must be one number such as "12.5".'),
        (Operator.AT_LEAST, ("1", "2"), 'values: Must be one number such as "12.5".'),
        (Operator.LESS_THAN, ("1e5",), 'values: Must be one number such as "12.5".'),
        (Operator.MORE_THAN, ("NaN",), 'values: Must be one number such as "12.5".'),
        (
            Operator.BEFORE,
            ("2026-02-30",),
            'values: Must be one date such as "2026-05-17", or an instant such as "2026-05-17T09:30:00Z".',
        ),
        (
            Operator.AFTER,
            ("2026-05-17T09:30:00",),
            'values: Must be one date such as "2026-05-17", or an instant such as "2026-05-17T09:30:00Z".',
        ),
        (Operator.EXISTS, ("a",), "values: Must be empty."),
        (Operator.ABSENT, ("a",), "values: Must be empty."),
    ],
)
def test_what_cannot_be_compared_is_refused(operator: Operator, values: tuple[str, ...], error: str) -> None:
    with pytest.raises(UnitError) as caught:
        Comparison(operator, values)
    assert str(caught.value) == error


def test_a_comparison_can_be_told_in_words() -> None:
    assert str(Comparison(Operator.IS, ("gold", "silver"))) == "is gold or silver"
    assert str(Comparison(Operator.AT_LEAST, ("5",))) == "is at least 5"
    assert str(Comparison(Operator.ABSENT)) == "is not given"


def test_it_survives_json() -> None:
    one = Comparison(Operator.STARTS_WITH, ("a", "b"))
    assert Comparison.from_json(one.to_json()) == one
    assert one.to_json() == {"operator": "STARTS_WITH", "values": ["a", "b"]}


def test_a_date_is_its_first_moment_in_utc() -> None:
    assert instant_of("2026-05-17") == datetime(2026, 5, 17, tzinfo=UTC)
    assert instant_of("2026-05-17T02:00+02:00") == datetime(2026, 5, 17, tzinfo=UTC)
