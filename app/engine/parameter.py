"""Parameter: one field of a unit: its type, its default, and its way to JSON and back."""

import dataclasses
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Self, TypeGuard, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from app.engine.json_data import MISSING, JSONValue, Reader, join
from app.engine.money import Money
from app.engine.unit import MOST_ITEMS, Reward, Rule, UnitError

# The only types a parameter may have, beside choices and compounds: alone, as `tuple[X, ...]` or as `X | None`. Each
# has one meaning in JSON, in GraphQL and in a form.
_WORDS: dict[object, tuple[str, str]] = {
    Money: ("money", "money"),
    Decimal: ("decimal", "decimals"),
    int: ("whole number", "whole numbers"),
    str: ("text", "texts"),
    Rule: ("rule", "rules"),
    Reward: ("reward", "rewards"),
    UUID: ("id", "ids"),
}

# A unit inside a unit; the shelf knows how to write and read one.
WriteUnit = Callable[[Any], JSONValue]  # Any: a unit of whichever shelf the parameter stands on
ReadUnit = Callable[[object, str], object]


class Choice(StrEnum):
    """The base of parameters that are one of a few words: `ANY = "ANY", "One is enough."`; each has its sentence."""

    sentence: str

    def __new__(cls, word: str, sentence: str) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.sentence = sentence
        return member


class Compound:
    """The base of values made of several parameters: frozen dataclasses, described as units are, but of no kind.

    `words` are what the catalogue calls one of them, and several. `__post_init__` raises UnitError.
    """

    __slots__ = ()
    words: ClassVar[tuple[str, str]]

    @classmethod
    def parameters(cls) -> "tuple[Parameter, ...]":
        """What it is made of, in order."""
        return parameters_of(cast(type, cls))  # cast: mypy does not take every class for hashable

    def to_json(self) -> dict[str, JSONValue]:
        """The value as data with every parameter, defaults too, for defaults may change one day."""
        return {part.name: part.write(getattr(self, part.name), _no_unit) for part in self.parameters()}

    @classmethod
    def from_json(cls, data: object, path: str = "") -> Self:
        """The value that `to_json` wrote, or a person. Raises UnitError with the path of what is wrong."""
        reader = Reader(data, path, UnitError)
        values = read_values(cls.parameters(), reader, _no_unit)
        try:
            return cls(**values)
        except UnitError as wrong:
            raise wrong.under(path) from None


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One field of a unit or a compound; `many` says that it is a tuple.

    `type` is Money, Decimal, int, str, Rule, Reward, a Choice, a Compound or UUID: the id of a segment, a campaign or
    whatever `of` says.
    """

    name: str
    type: object
    many: bool
    optional: bool
    default: object
    description: str
    unit: str | None
    of: str | None = None

    @property
    def required(self) -> bool:
        """Whether there is no default."""
        return self.default is MISSING

    @property
    def type_in_words(self) -> str:
        """`money`, `whole number`, `list of texts`, …"""
        one, several = _words(self.type) or ("", "")
        if self.of is not None:
            one, several = f"{self.of} {one}", f"{self.of} {several}"
        return f"list of {several}" if self.many else one

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The words it may be, if it is a choice."""
        return tuple(self.type) if isinstance(self.type, type) and issubclass(self.type, Choice) else ()

    @property
    def parts(self) -> "tuple[Parameter, ...]":
        """What its value is made of, if it is a compound."""
        return self.type.parameters() if is_compound(self.type) else ()

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
        if self.type in (Decimal, UUID):
            return str(value)
        if self.type in (int, str):
            return value  # type: ignore[no-any-return]  # an int or a str, by the field's own type
        if self.choices:
            return str(value)
        if isinstance(value, Compound):
            return value.to_json()
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
        if self.type is UUID:
            return _id(data, path)
        if self.choices:
            return _chosen(data, path, self.choices)
        return self.type.from_json(data, path) if is_compound(self.type) else read_unit(data, path)


def is_compound(kind: object) -> TypeGuard[type[Compound]]:
    """Whether a parameter's type is a value made of parameters."""
    return isinstance(kind, type) and issubclass(kind, Compound)


@cache
def parameters_of(cls: type) -> tuple[Parameter, ...]:
    """The parameters of a unit or a compound, in order: the fields that it is made with.

    Raises TypeError for a type that no parameter may have.
    """
    hints = get_type_hints(cls)
    return tuple(_parameter(cls, field, hints[field.name]) for field in dataclasses.fields(cls) if field.init)


def read_values(parameters: tuple[Parameter, ...], reader: Reader, read_unit: ReadUnit) -> dict[str, object]:
    """The values by name that a JSON object holds; those that are left to their defaults are not among them.

    Raises UnitError for a parameter that is required and missing, unknown, or wrong.
    """
    values: dict[str, object] = {}
    for parameter in parameters:
        value = reader.take(parameter.name)
        if value is not MISSING:
            values[parameter.name] = parameter.read(value, join(reader.path, parameter.name), read_unit)
        elif parameter.required:
            raise reader.wrong(parameter.name, "Is required.")
    reader.done()
    return values


def _parameter(cls: type, field: "dataclasses.Field[object]", hint: object) -> Parameter:
    kind, optional, many = hint, False, False
    if get_origin(kind) in (UnionType, Union) and type(None) in get_args(kind):
        optional = True
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple and get_args(kind)[1:] == (...,):
        kind, many = get_args(kind)[0], True
    if _words(kind) is None or field.name == "kind":
        raise TypeError(f"{cls.__name__}.{field.name}: {hint!r} cannot be a parameter of a unit")
    default = MISSING if field.default is dataclasses.MISSING else field.default
    description = field.metadata.get("description", "")
    unit, of = field.metadata.get("unit"), field.metadata.get("of")
    if (kind is UUID) != (of is not None):
        raise TypeError(f"{cls.__name__}.{field.name}: an id, and only an id, says what it is the id of")
    return Parameter(field.name, kind, many, optional, default, description, unit, of)


def _words(kind: object) -> tuple[str, str] | None:
    """What one value of the type is called, and several; None for a type that no parameter may have."""
    if is_compound(kind):
        return kind.words
    if isinstance(kind, type) and issubclass(kind, Choice):
        return ("choice", "choices")
    return _WORDS.get(kind)


def _no_unit(*_: object) -> JSONValue:
    raise TypeError("a compound holds no units")


def _chosen(data: object, path: str, choices: tuple[Choice, ...]) -> Choice:
    for choice in choices:
        if choice == data:
            return choice
    raise UnitError(path, f"Must be one of {', '.join(choices)}.")


def _id(data: object, path: str) -> UUID:
    try:
        return UUID(data if isinstance(data, str) else "")
    except ValueError:
        raise UnitError(path, "Must be a UUID written as text.") from None


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
