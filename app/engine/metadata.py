"""Metadata as rules compare it: by its values as texts, for whoever fills in a form writes texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from app.engine.json_data import JSONValue
from app.engine.parameter import Compound
from app.engine.unit import LONGEST_TEXT, UnitError, check_texts, says

MOST_VALUES = 50
# A sentence that lists more than this is no longer read.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class MetadataMatch(Compound):
    """A key of metadata, and the values of which it must have one."""

    key: str = field(metadata=says("The key that must be there."))
    values: tuple[str, ...] = field(
        default=(),
        metadata=says(
            "The values of which one must be there, as texts: 5 is written 5, true is written true, of a list one "
            "item is enough. When none is named, any value will do."
        ),
    )

    words: ClassVar[tuple[str, str]] = ("metadata match", "metadata matches")

    def __post_init__(self) -> None:
        check_metadata(self.key, self.values)

    def __str__(self) -> str:
        return f"{self.key} {any_of_them(self.values) or 'given'}"

    def holds(self, metadata: Mapping[str, JSONValue]) -> bool:
        """Whether the metadata has the key, with one of the values if there are any."""
        return has_one_of(metadata, self.key, self.values)


def check_metadata(key: str, values: tuple[str, ...]) -> None:
    """Raise UnitError for a key or values (`key`, `values[2]`) that metadata cannot be compared with."""
    if not 0 < len(key) <= LONGEST_TEXT:
        raise UnitError("key", f"Must be 1 to {LONGEST_TEXT} characters long.")
    if len(values) > MOST_VALUES:
        raise UnitError("values", f"Must not have more than {MOST_VALUES} items.")
    check_texts("values", values)


def has_one_of(metadata: Mapping[str, JSONValue], key: str, values: tuple[str, ...]) -> bool:
    """Whether the key has one of the values; any value but null will do when there are none to choose from."""
    value = metadata.get(key)
    if not values:
        return value is not None
    return any(text in values for text in texts_of(value))


def texts_of(value: JSONValue) -> tuple[str, ...]:
    """The texts that a value is compared by: one of a text, number or boolean, those of all items of a list.

    Null and objects have none. 1 and 1.0 are the same number in JSON, so they are the same text; no number is written
    with an exponent.
    """
    if isinstance(value, list):
        return tuple(text for item in value for text in texts_of(item))
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, float):
        return (f"{number_of(value).normalize():f}" if value else "0",)
    return (str(value),) if isinstance(value, str | int) else ()


def number_of(value: int | float) -> Decimal:
    """A number of JSON, exactly as it is written there."""
    return Decimal(repr(value))


def any_of_them(values: tuple[str, ...]) -> str:
    """`summer or autumn`; of many the first, and how many more there are."""
    more = len(values) - MOST_NAMED
    return " or ".join((*values[:MOST_NAMED], f"{more} more") if more > 0 else values)
