"""Values: what operators do with them. Numbers with a point are exact decimals of 40 figures; nothing is a float."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from math import isfinite

from app.engine.cel.kinds import ANY, BOOL, INT, MOMENT, NUMBER, SPAN, TEXT, Kind, list_of

EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN, Emin=-999, Emax=999)
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


class NotEvaluated(Exception):  # noqa: N818  # often no fault: a key of metadata may just not be there
    """An expression has no value here; the message says why."""


class Frame:
    """One evaluation: the variables by name, and how many steps are left."""

    __slots__ = ("left", "values")

    def __init__(self, values: dict[str, object], most_steps: int) -> None:
        self.values = values
        self.left = most_steps

    def charge(self, steps: int) -> None:
        """Take steps. Raises NotEvaluated when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise NotEvaluated("There is too much to look at.")


def plain(value: object) -> object:
    """A value out of metadata, its floats as the decimals that they were written as.

    Raises NotEvaluated for numbers that the language does not have.
    """
    if isinstance(value, float):
        if not isfinite(value):
            raise NotEvaluated("A number is too large.")
        return Decimal(repr(value))
    return whole(value) if isinstance(value, int) else value


def decimal(value: object) -> object:
    """A whole number as one with a point; anything else as it is."""
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def is_number(value: object) -> bool:
    """Whether it is a number; true and false are none."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def no_such(operator: str, *values: object) -> NotEvaluated:
    """The error for values that an operator or function does not know."""
    return NotEvaluated(f"{operator} does not know {' and '.join(map(_told, values))}.")


def _told(value: object) -> str:
    for sort, name in (
        (bool, "true or false"),
        (int | Decimal, "a number"),
        (str, "a text"),
        (list, "a list"),
    ):
        if isinstance(value, sort):
            return name
    return "nothing" if value is None else "such a value"


def whole(value: int) -> int:
    """The value, if it is one of 64 bits. Raises NotEvaluated."""
    if not _SMALLEST <= value <= _LARGEST:
        raise NotEvaluated("A number is too large.")
    return value


def _arithmetic(
    operator: str,
    of_ints: Callable[[int, int], int],
    of_decimals: Callable[[Decimal | int, Decimal | int], Decimal],
) -> Callable[[Frame, object, object], object]:
    def run(frame: Frame, left: object, right: object) -> object:
        if isinstance(left, bool) or isinstance(right, bool):
            raise no_such(operator, left, right)
        if isinstance(left, int) and isinstance(right, int):
            return whole(of_ints(left, right))
        if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
            try:
                return of_decimals(left, right)
            except DecimalException:
                raise NotEvaluated("A number is too large.") from None
        return _of_others(operator, frame, left, right)

    return run


def _of_others(operator: str, frame: Frame, left: object, right: object) -> object:
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        frame.charge((len(left) + len(right)) // 64)
        return left + right
    if operator == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        frame.charge(len(left) + len(right))
        return [*left, *right]
    try:
        if operator == "-" and isinstance(left, datetime) and isinstance(right, datetime):
            return left - right
        if operator == "-" and isinstance(left, datetime | timedelta) and isinstance(right, timedelta):
            return left - right
        if operator == "+" and isinstance(left, datetime | timedelta) and isinstance(right, timedelta):
            return left + right
        if operator == "+" and isinstance(left, timedelta) and isinstance(right, datetime):
            return right + left
    except OverflowError:
        raise NotEvaluated("There is no such moment.") from None
    raise no_such(operator, left, right)


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise NotEvaluated("Nothing can be divided by 0.")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _divided(left: Decimal | int, right: Decimal | int) -> Decimal:
    if right == 0:
        raise NotEvaluated("Nothing can be divided by 0.")
    return EXACT.divide(left, right)


def _rest(left: int, right: int) -> int:
    return left - right * _quotient(left, right)


def _no_rest(left: Decimal | int, right: Decimal | int) -> Decimal:
    raise no_such("%", left, right)


ARITHMETIC: dict[str, Callable[[Frame, object, object], object]] = {
    "+": _arithmetic("+", int.__add__, EXACT.add),
    "-": _arithmetic("-", int.__sub__, EXACT.subtract),
    "*": _arithmetic("*", int.__mul__, EXACT.multiply),
    "/": _arithmetic("/", _quotient, _divided),
    "%": _arithmetic("%", _rest, _no_rest),
}
_OF_NUMBERS = ((INT, INT, INT), (INT, NUMBER, NUMBER), (NUMBER, INT, NUMBER), (NUMBER, NUMBER, NUMBER))
# What kind comes of which two; lists beside these.
RESULTS: dict[str, tuple[tuple[Kind, Kind, Kind], ...]] = {
    "+": (
        *_OF_NUMBERS,
        (TEXT, TEXT, TEXT),
        (MOMENT, SPAN, MOMENT),
        (SPAN, MOMENT, MOMENT),
        (SPAN, SPAN, SPAN),
    ),
    "-": (*_OF_NUMBERS, (MOMENT, MOMENT, SPAN), (MOMENT, SPAN, MOMENT), (SPAN, SPAN, SPAN)),
    "*": _OF_NUMBERS,
    "/": _OF_NUMBERS,
    "%": ((INT, INT, INT),),
    **dict.fromkeys(
        ("<", "<=", ">", ">="),
        (
            *((left, right, BOOL) for left, right, _ in _OF_NUMBERS),
            *((kind, kind, BOOL) for kind in (TEXT, MOMENT, SPAN)),
        ),
    ),
}


def result_of(operator: str, left: Kind, right: Kind) -> Kind | None:
    """The kind of the result; None where the operator does not know such values."""
    if operator == "+" and left.name == right.name == "list":
        item = left.item if left.item == right.item else ANY
        return list_of(item or ANY)
    found = {
        result for one, other, result in RESULTS[operator] if left in (one, ANY) and right in (other, ANY)
    }
    if not found:
        return None
    return found.pop() if len(found) == 1 else ANY


def ordered(operator: str, frame: Frame, left: object, right: object) -> bool:
    """`<`, `<=`, `>` and `>=` of two numbers, texts, moments or durations."""
    both = (left, right)
    if isinstance(left, str) and isinstance(right, str):
        _charge_for_reading(frame, left, right)
    if not (is_number(left) and is_number(right)) and not any(
        all(isinstance(value, sort) for value in both) for sort in (str, datetime, timedelta)
    ):
        raise no_such(operator, left, right)
    # Both are of one sort, as was seen.
    less, equal = bool(left < right), left == right  # type: ignore[operator]
    return {"<": less, "<=": less or equal, ">": not less and not equal, ">=": not less}[operator]


def _charge_for_reading(frame: Frame, one: str, other: str) -> None:
    frame.charge(min(len(one), len(other)) // 64)


def same(frame: Frame, one: object, other: object) -> bool:
    """Whether two values are equal; numbers of both sorts are compared by their worth."""
    one, other = plain(one), plain(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        frame.charge(len(one))
        return one.keys() == other.keys() and all(same(frame, one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        frame.charge(len(one))
        return len(one) == len(other) and all(map(lambda a, b: same(frame, a, b), one, other))
    if is_number(one) and is_number(other):
        return one == other
    if isinstance(one, str) and isinstance(other, str):
        _charge_for_reading(frame, one, other)
    return type(one) is type(other) and bool(one == other)


def is_among(frame: Frame, one: object, others: object) -> bool:
    """`in`: whether it is an item of a list, or a key of a map."""
    if isinstance(others, Mapping):
        return isinstance(one, str) and one in others
    if not isinstance(others, Sequence) or isinstance(others, str):
        raise no_such("in", others)
    frame.charge(len(others))
    return any(same(frame, one, other) for other in others)
