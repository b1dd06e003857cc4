"""Comparison: how a rule looks at a value that the company made up itself: an attribute, or one of metadata.

A value is compared by its texts (app/engine/metadata.py): one of a text, number or boolean, those of all items of a
list at any depth, none of null and of objects. What holds for one of its texts holds for the value. Case counts.

- IS, CONTAINS, STARTS_WITH, ENDS_WITH: one of its texts is, has in it, begins or ends with one of `values`.
- IS_NOT: IS does not hold; so it does hold where there is nothing.
- AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN: it is a JSON number, or a list with one, that compares so with the one value,
  exactly and in decimals. A text is no number, whatever is written in it.
- BEFORE, AFTER: it is a text, or a list with one, that is a date or an instant (INSTANT below) before or after the one
  value. A date stands for its first moment in UTC.
- EXISTS: it is there, and not null. ABSENT: it is not there, or null.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from app.engine.json_data import JSONValue
from app.engine.metadata import MOST_VALUES, any_of_them, number_of, texts_of
from app.engine.parameter import Choice, Compound
from app.engine.unit import UnitError, check_texts, says

NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)
# `2026-05-17`, `2026-05-17T09:30Z`, `2026-05-17T09:30:15.123456+02:00`; the calendar has its say besides.
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?", re.ASCII
)


class Operator(Choice):
    """How a value is compared."""

    IS = "IS", "Is one of the values."
    IS_NOT = "IS_NOT", "Is none of the values, or is not there."
    CONTAINS = "CONTAINS", "Has one of the values in it."
    STARTS_WITH = "STARTS_WITH", "Begins with one of the values."
    ENDS_WITH = "ENDS_WITH", "Ends with one of the values."
    AT_LEAST = "AT_LEAST", "Is the number, or a greater one."
    AT_MOST = "AT_MOST", "Is the number, or a smaller one."
    MORE_THAN = "MORE_THAN", "Is greater than the number."
    LESS_THAN = "LESS_THAN", "Is smaller than the number."
    BEFORE = "BEFORE", "Is before the date or instant."
    AFTER = "AFTER", "Is after the date or instant."
    EXISTS = "EXISTS", "Is there."
    ABSENT = "ABSENT", "Is not there."


TEXTS = frozenset({Operator.IS, Operator.IS_NOT, Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH})
NUMBERS = frozenset({Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE_THAN, Operator.LESS_THAN})
TIMES = frozenset({Operator.BEFORE, Operator.AFTER})

_WORDS = {
    Operator.IS: "is",
    Operator.IS_NOT: "is not",
    Operator.CONTAINS: "contains",
    Operator.STARTS_WITH: "starts with",
    Operator.ENDS_WITH: "ends with",
    Operator.AT_LEAST: "is at least",
    Operator.AT_MOST: "is at most",
    Operator.MORE_THAN: "is more than",
    Operator.LESS_THAN: "is less than",
    Operator.BEFORE: "is before",
    Operator.AFTER: "is after",
    Operator.EXISTS: "is given",
    Operator.ABSENT: "is not given",
}


@dataclass(frozen=True, slots=True)
class Comparison(Compound):
    """What a value must be like."""

    operator: Operator = field(metadata=says("How it is compared."))
    values: tuple[str, ...] = field(
        default=(),
        metadata=says(
            "What it is compared with, as texts. For AT_LEAST, AT_MOST, MORE_THAN and LESS_THAN one number, written "
            "12.5; for BEFORE and AFTER one date or instant in ISO 8601; for EXISTS and ABSENT none; else one fits."
        ),
    )

    words: ClassVar[tuple[str, str]] = ("comparison", "comparisons")

    def __post_init__(self) -> None:
        if len(self.values) > MOST_VALUES:
            raise UnitError("values", f"Must not have more than {MOST_VALUES} items.")
        check_texts("values", self.values)
        if self.operator in TEXTS:
            if not self.values:
                raise UnitError("values", "Must have at least one item.")
        elif self.operator in NUMBERS:
            if len(self.values) != 1 or not NUMBER.fullmatch(self.values[0]):
                raise UnitError("values", 'Must be one number such as "12.5".')
        elif self.operator in TIMES:
            if len(self.values) != 1 or instant_of(self.values[0]) is None:
                message = (
                    'Must be one date such as "2026-05-17", or an instant such as "2026-05-17T09:30:00Z".'
                )
                raise UnitError("values", message)
        elif self.values:
            raise UnitError("values", "Must be empty.")

    def __str__(self) -> str:
        """`is gold or silver`, `is at least 5`, `is given`."""
        return f"{_WORDS[self.operator]} {any_of_them(self.values)}".strip()

    def holds(self, value: JSONValue) -> bool:
        """Whether the value, null if it is not there, is like that."""
        operator, values = self.operator, self.values
        if operator is Operator.EXISTS:
            return value is not None
        if operator is Operator.ABSENT:
            return value is None
        if operator in NUMBERS:
            bound = Decimal(values[0])
            return any(_compares(operator, number, bound) for number in numbers_in(value))
        if operator in TIMES:
            return self._holds_for_times(value)
        texts = texts_of(value)
        if operator is Operator.IS:
            return any(text in values for text in texts)
        if operator is Operator.IS_NOT:
            return not any(text in values for text in texts)
        if operator is Operator.CONTAINS:
            return any(wanted in text for text in texts for wanted in values)
        if operator is Operator.STARTS_WITH:
            return any(text.startswith(values) for text in texts)
        return any(text.endswith(values) for text in texts)

    def _holds_for_times(self, value: JSONValue) -> bool:
        bound = instant_of(self.values[0])
        times = [time for time in map(instant_of, _strings_in(value)) if time is not None]
        if bound is None:  # never: __post_init__ has seen to it
            return False
        return any(time < bound if self.operator is Operator.BEFORE else time > bound for time in times)


def numbers_in(value: JSONValue) -> Iterator[Decimal]:
    """The number that the value is, or those in the list that it is, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield number_of(value)


def instant_of(text: str) -> datetime | None:
    """The moment that a text in ISO 8601 names; None where it names none. A date is its first moment in UTC."""
    if INSTANT.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _strings_in(value: JSONValue) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _strings_in(item)
    elif isinstance(value, str):
        yield value


def _compares(operator: Operator, number: Decimal, bound: Decimal) -> bool:
    if operator is Operator.AT_LEAST:
        return number >= bound
    if operator is Operator.AT_MOST:
        return number <= bound
    return number > bound if operator is Operator.MORE_THAN else number < bound
