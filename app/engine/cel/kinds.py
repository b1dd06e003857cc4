"""Kinds: what is known of a value before there is one; a draft with a mistake is refused by them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Kind:
    """`item` is the kind of a list's items; `fields` are those of an object. Kinds of one name are one kind."""

    name: str
    item: "Kind | None" = None
    fields: "Mapping[str, Field] | None" = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"list of {self.item}" if self.item is not None else self.name


class Field(NamedTuple):
    """What an object has: `read` it, and whether it `is_there`; what is not, is an empty text or cannot be read."""

    kind: Kind
    says: str
    # Any: the object that the field belongs to, and what is looked at besides
    read: Callable[[Any, Any], object]
    is_there: Callable[[Any, Any], bool] = lambda _object, _frame: True


BOOL, INT, NUMBER, TEXT = Kind("bool"), Kind("int"), Kind("double"), Kind("string")
MOMENT, SPAN = Kind("timestamp"), Kind("duration")
NULL, ANY, MAP = Kind("null"), Kind("dyn"), Kind("map")
LIST = Kind("list", ANY)
NUMBERS = (INT, NUMBER)


def list_of(item: Kind) -> Kind:
    """A list of such items."""
    return Kind("list", item)


def fits(kind: Kind, wanted: Kind) -> bool:
    """Whether a value of that kind may be, or turn out to be, of the wanted one."""
    if ANY in (kind, wanted):
        return True
    if kind.name == wanted.name == "list":
        return fits(kind.item or ANY, wanted.item or ANY)
    return kind == wanted


def common(one: Kind, other: Kind) -> Kind | None:
    """The kind that values of both are; None if there is none."""
    if one == other:
        return one
    if one in NUMBERS and other in NUMBERS:
        return NUMBER
    return ANY if ANY in (one, other) else None


def comparable(one: Kind, other: Kind) -> bool:
    """Whether it makes sense to ask if values of both are equal."""
    if one.fields is not None or other.fields is not None:
        return False
    if one.name == other.name == "list":
        return comparable(one.item or ANY, other.item or ANY)
    return common(one, other) is not None
