"""Parameter: one field of a unit: its type, its default, and its way to JSON and back."""

import dataclasses
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from app.engine.json_data import MISSING, JSONValue, Reader
from app.engine.money import Money
from app.engine.unit import MOST_ITEMS, Reward, Rule, UnitError

# The only types a parameter may have, alone, as `tuple[X, ...]` or as `X | None`: each has one meaning in JSON, in
# GraphQL and in a form.
_WORDS: dict[object, tuple[str, str]] = {
    Money: ("money", "money"),
    Decimal: ("decimal", "decimals"),
    int: ("whole number", "whole numbers"),
    str: ("text", "texts"),
    Rule: ("rule", "rules"),
    Reward: ("reward", "rewards"),
}

# A unit inside a unit; the shelf knows how to write and read one.
WriteUnit = Callable[[Any], JSONValue]  # Any: a unit of whichever shelf the parameter stands on
ReadUnit = Callable[[object, str], object]


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One field of a unit. `type` is Money, Decimal, int, str, Rule or Reward; `many` says that it is a tuple."""

    name: str
    type: object
    many: bool
    optional: bool
    default: object
    description: str
    unit: str | None

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is MISSING

    @property
    def type_in_words(self) -> str:
        """`money`, `whole number`, `list of texts`, …"""
        one, several = _WORDS[self.type]
        return f"list of {several}" if self.many else one

    def write(self, value: Any, write_unit: WriteUnit) -> JSONValue:
        """The value as JSON. (Any: the caller takes it from the very field this parameter describes.)"""
        if value is None:
            return None
        if self.many:
            return [self._write_one(item, write_unit) for item in value]
        return self._write_one(value, write_unit)

    def _write_one(self, value: Any, write_unit: WriteUnit) -> JSONValue:
        if self.type is Money:
            return {"minor": value.minor, "currency": value.currency}
        if self.type is Decimal:
            return str(value)
        if self.type in (int, str):
            return value  # type: ignore[no-any-return]  # an int or a str, by the field's own type
        return write_unit(value)

    def read(self, data: object, path: str, read_unit: ReadUnit) -> object:
        """The value that JSON holds. Raises UnitError with the path of what is wrong."""
        if data is None:
            if self.optional:
                return None
            raise UnitError(path, "Must not be null.")
        if not self.many:
            return self._read_one(data, path, read_unit)
        if not isinstance(data, list):
            raise UnitError(path, "Must be a list.")
        if len(data) > MOST_ITEMS:
            raise UnitError(path, f"Must not have more than {MOST_ITEMS} items.")
        return tuple(self._read_one(item, f"{path}[{index}]", read_unit) for index, item in enumerate(data))

    def _read_one(self, data: object, path: str, read_unit: ReadUnit) -> object:
        if self.type is Money:
            return Money.read(Reader(data, path, UnitError))
        if self.type is Decimal:
            return _decimal(data, path)
        if self.type is int:
            if not isinstance(data, int) or isinstance(data, bool):
                raise UnitError(path, "Must be a whole number.")
            return data
        if self.type is str:
            if not isinstance(data, str):
                raise UnitError(path, "Must be text.")
            return data
        return read_unit(data, path)


def parameters_of(cls: type) -> tuple[Parameter, ...]:
    """The parameters of a unit, in order. Raises TypeError for a type that no parameter may have."""
    hints = get_type_hints(cls)
    return tuple(_parameter(cls, field, hints[field.name]) for field in dataclasses.fields(cls))


def _parameter(cls: type, field: "dataclasses.Field[object]", hint: object) -> Parameter:
    kind, optional, many = hint, False, False
    if get_origin(kind) in (UnionType, Union) and type(None) in get_args(kind):
        optional = True
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple and get_args(kind)[1:] == (...,):
        kind, many = get_args(kind)[0], True
    if kind not in _WORDS or field.name == "kind":
        raise TypeError(f"{cls.__name__}.{field.name}: {hint!r} cannot be a parameter of a unit")
    default = MISSING if field.default is dataclasses.MISSING else field.default
    description = field.metadata.get("description", "")
    return Parameter(field.name, kind, many, optional, default, description, field.metadata.get("unit"))


def _decimal(data: object, path: str) -> Decimal:
    if not isinstance(data, str):
        raise UnitError(path, "Must be a decimal number written as text.")
    try:
        value = Decimal(data)
    except InvalidOperation:
        raise UnitError(path, "Must be a decimal number written as text.") from None
    if not value.is_finite():
        raise UnitError(path, "Must be a finite number.")
    return value
