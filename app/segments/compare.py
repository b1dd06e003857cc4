"""Comparisons in SQL: what engine/comparison.py says of a JSON value, of an expression of type jsonb."""

from collections.abc import Callable
from decimal import Decimal

from app.engine.comparison import NUMBERS, TIMES, Comparison, Operator
from app.segments.asking import Asking

# What is true of one value that is no list, given as an expression; false or null where it is not.
_Test = Callable[[str], str]

_SIGNS = {
    Operator.AT_LEAST: ">=",
    Operator.AT_MOST: "<=",
    Operator.MORE_THAN: ">",
    Operator.LESS_THAN: "<",
    Operator.BEFORE: "<",
    Operator.AFTER: ">",
}

# A text that is no date would end the statement, and PostgreSQL 15 cannot ask beforehand: so this lets pass what Python
# reads, the calendar with its leap years included.
_DAY = (
    "(?!0000)(?:"
    "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
)
_CLOCK = r"T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?"
_OFFSET = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_INSTANT = f"^{_DAY}(?:{_CLOCK}{_OFFSET})?$"


def compares(comparison: Comparison, value: str, asking: Asking) -> str:
    """Whether the JSON value, null if it is not there, is like that; never null."""
    if comparison.operator is Operator.EXISTS:
        answer = "coalesce(jsonb_typeof(told.value), 'null') <> 'null'"
    elif comparison.operator is Operator.ABSENT:
        answer = "coalesce(jsonb_typeof(told.value), 'null') = 'null'"
    else:
        found = _any_part("told.value", _test_of(comparison, asking))
        answer = f"NOT {found}" if comparison.operator is Operator.IS_NOT else found
    # OFFSET 0 keeps the value from being taken out of its document once more for each time it is looked at.
    return f"(SELECT {answer} FROM (SELECT {value} AS value OFFSET 0) AS told)"  # noqa: S608


def _any_part(value: str, test: _Test) -> str:
    """Whether the test holds for the value or, of a list, for one item at any depth."""
    items = "jsonb_array_elements(CASE jsonb_typeof(part) WHEN 'array' THEN part ELSE '[]' END)"
    parts = f"SELECT {value} UNION ALL SELECT item FROM parts CROSS JOIN LATERAL {items} AS item"  # noqa: S608
    in_list = f"EXISTS (WITH RECURSIVE parts (part) AS ({parts}) SELECT FROM parts WHERE {test('part')})"
    return f"coalesce(CASE jsonb_typeof({value}) WHEN 'array' THEN {in_list} ELSE {test(value)} END, false)"


def _test_of(comparison: Comparison, asking: Asking) -> _Test:
    operator, values = comparison.operator, comparison.values
    if operator in NUMBERS:
        return _numbers(_SIGNS[operator], asking.place(Decimal(values[0]), "numeric"))
    if operator in TIMES:
        return _times(_SIGNS[operator], values[0], asking)
    return _texts(operator, asking.place(list(values), "text[]"))


def _numbers(sign: str, bound: str) -> _Test:
    return lambda value: f"CASE jsonb_typeof({value}) WHEN 'number' THEN {value}::numeric {sign} {bound} END"


def _times(sign: str, bound: str, asking: Asking) -> _Test:
    # Both as texts: the driver takes the first and the last moment of Python's calendar for infinities.
    wanted, shape = _moment(asking.place(bound, "text")), asking.place(_INSTANT, "text")

    def test(value: str) -> str:
        text = f"({value} #>> '{{}}')"
        is_time = f"jsonb_typeof({value}) = 'string' AND {text} ~ {shape}"
        return f"CASE WHEN {is_time} THEN {_moment(text)} {sign} {wanted} END"

    return test


def _moment(text: str) -> str:
    """A date alone is its first moment in UTC."""
    return f"({text} || CASE length({text}) WHEN 10 THEN 'T00:00Z' ELSE '' END)::timestamptz"


def _texts(operator: Operator, wanted: str) -> _Test:
    def test(value: str) -> str:
        # Numbers are written without exponents and without zeros that say nothing: 1.0 is 1.
        text = (
            f"(CASE jsonb_typeof({value}) WHEN 'number' THEN trim_scale({value}::numeric)::text"
            f" WHEN 'string' THEN {value} #>> '{{}}' WHEN 'boolean' THEN {value} #>> '{{}}' END)"
        )
        if operator in (Operator.IS, Operator.IS_NOT):
            return f"{text} = ANY ({wanted})"
        return f"EXISTS (SELECT FROM unnest({wanted}) AS wanted (text) WHERE {_FITS[operator].format(text)})"

    return test


_FITS = {
    Operator.CONTAINS: "strpos({0}, wanted.text) > 0",
    Operator.STARTS_WITH: "starts_with({0}, wanted.text)",
    Operator.ENDS_WITH: "right({0}, length(wanted.text)) = wanted.text",
}
