"""The shelves: which rules and rewards there are. Standing in the folder is all it takes to be on one."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from app.engine.json_data import JSONValue, Reader
from app.engine.money import Money
from app.engine.nesting import DEEPEST
from app.engine.parameter import Choice, Parameter, parameters_of, read_values
from app.engine.reason import Value
from app.engine.unit import Family, Reward, Rule, Unit, UnitError

_LONGEST_PHRASE = 200

U = TypeVar("U", bound=Unit)
C = TypeVar("C", bound=type[Any])  # Any: a class keeps its own type when it is put on the shelf


@dataclasses.dataclass(frozen=True, slots=True)
class ParameterDescription:
    """One parameter as the catalogue shows it. `unit` is what a number counts ("percent"), if anything.

    `choices` are the words that a choice may be, `parts` the parameters that a compound is made of.
    """

    name: str
    type: str
    required: bool
    default: JSONValue
    description: str
    unit: str | None
    choices: tuple[Choice, ...] = ()
    parts: "tuple[ParameterDescription, ...]" = ()


@dataclasses.dataclass(frozen=True, slots=True)
class UnitDescription:
    """One rule or reward as the catalogue shows it; `example` is JSON that the shelf reads, `family` a rule's own."""

    kind: str
    sentence: str
    parameters: tuple[ParameterDescription, ...]
    example: dict[str, JSONValue]
    family: Family | None = None


class Reference(NamedTuple):
    """An id that a unit names: the way to it (`all_of`, `rules`, `1`, `in_segment`, `segment`) and what it is of."""

    path: tuple[str, ...]
    of: str
    id: UUID


class Shelf(Generic[U]):
    """All units of one sort by their kind, which is the name of their file and is stored with every offer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.by_kind: dict[str, type[U]] = {}
        self._parameters: dict[type, tuple[Parameter, ...]] = {}

    def add(self, cls: C) -> C:
        """Put a unit on the shelf; used as a decorator. Raises TypeError for what can be no unit."""
        kind = _kind(cls)
        if kind in self.by_kind:
            raise TypeError(f"{cls.__module__} puts two things on the {self.name} shelf")
        if not dataclasses.is_dataclass(cls) or not _frozen(cls):
            raise TypeError(f"{cls.__name__} must be a frozen dataclass to stand on the {self.name} shelf")
        self._parameters[cls] = parameters_of(cls)
        self.by_kind[kind] = cast(type[U], cls)
        return cls

    def fill(self, package: str, folder: Iterable[str]) -> None:
        """Import every file of the folder; each must put its unit on the shelf."""
        for kind in sorted(module.name for module in pkgutil.iter_modules(folder)):
            importlib.import_module(f"{package}.{kind}")
            if kind not in self.by_kind:
                raise TypeError(f"{package}.{kind} puts nothing on the {self.name} shelf")

    def kind_of(self, unit: U) -> str:
        """The kind of a unit: the name of its file."""
        return _kind(type(unit))

    def parameters(self, kind: str) -> tuple[Parameter, ...]:
        """The parameters of a kind, in order."""
        return self._parameters[self.by_kind[kind]]

    def to_json(self, unit: U) -> dict[str, JSONValue]:
        """The unit as data: its kind and every parameter, defaults too, for defaults may change one day."""
        data: dict[str, JSONValue] = {"kind": self.kind_of(unit)}
        for parameter in self._parameters[type(unit)]:
            data[parameter.name] = parameter.write(getattr(unit, parameter.name), self.to_json)
        return data

    def from_json(self, data: object, path: str = "") -> U:
        """The unit that `to_json` wrote, or a person.

        Raises UnitError with the path of what is wrong: an unknown kind, an unknown or missing parameter, a wrong
        type, a value that the unit refuses.
        """
        return self._read(data, path, 1)

    def _read(self, data: object, path: str, depth: int) -> U:
        if depth > DEEPEST:
            raise UnitError(path, f"May be nested {DEEPEST} deep at most.")
        reader = Reader(data, path, UnitError)
        kind = reader.text("kind")
        cls = self.by_kind.get(kind)
        if cls is None:
            raise reader.wrong("kind", f"Must be one of {', '.join(sorted(self.by_kind))}.")
        values = read_values(
            self._parameters[cls], reader, lambda inner, place: self._read(inner, place, depth + 1)
        )
        try:
            return cls(**values)
        except UnitError as wrong:
            raise wrong.under(path) from None

    def references(self, unit: U) -> tuple[Reference, ...]:
        """Every id that the unit names, and those inside it, in the order of the parameters."""
        kind = self.kind_of(unit)
        return tuple(self._references(self._parameters[type(unit)], unit, (kind,)))

    def _references(
        self, parameters: tuple[Parameter, ...], value: object, path: tuple[str, ...]
    ) -> Iterator[Reference]:
        for parameter in parameters:
            found = getattr(value, parameter.name)
            place = (*path, parameter.name)
            if parameter.many:
                for index, item in enumerate(found):
                    yield from self._references_in(parameter, item, (*place, str(index)))
            elif found is not None:
                yield from self._references_in(parameter, found, place)

    def _references_in(self, parameter: Parameter, item: Any, path: tuple[str, ...]) -> Iterator[Reference]:
        # Any: the item comes from the very field that the parameter describes.
        if parameter.type is UUID and parameter.of is not None:
            yield Reference(path, parameter.of, item)
        elif parameter.type in (Rule, Reward):
            yield from (Reference((*path, *one.path), one.of, one.id) for one in self.references(item))
        else:
            yield from self._references(parameter.parts, item, path)

    def phrase(self, unit: U) -> str:
        """The unit in a few words, for sentences about it: `minimum spend (amount 25.00 EUR)`.

        Ids and expressions are left out: shoppers read these sentences.
        """
        kind, told = self.kind_of(unit).replace("_", " "), self._told(unit)
        return f"{kind} ({told})" if told else kind

    def sentence(self, unit: U) -> str:
        """The unit as a sentence: `The cart's subtotal must reach an amount: amount 25.00 EUR.`"""
        sentence, told = (type(unit).__doc__ or "").strip(), self._told(unit)
        return f"{sentence.removesuffix('.')}: {told}." if told else sentence

    def wanted(self, unit: U) -> Value | None:
        """What the unit wants, as a value: its one parameter, or all of them in words; None where there is none."""
        values = [value for _, value in self._telling(unit)]
        if len(values) == 1 and (isinstance(values[0], Money | int | str) or _are_texts(values[0])):
            one: Value = values[0]
            return one
        return self._told(unit) or None

    def _told(self, unit: U) -> str:
        return ", ".join(
            f"{name.replace('_', ' ')} {_in_words(value)}" for name, value in self._telling(unit)
        )

    def _telling(self, unit: U) -> list[tuple[str, Any]]:
        """The parameters that say something, by name. (Any: each is of its parameter's own type.)"""
        return [
            (parameter.name, getattr(unit, parameter.name))
            for parameter in self._parameters[type(unit)]
            if getattr(unit, parameter.name) not in (None, ())
            and parameter.type not in (Rule, Reward, UUID)
            and parameter.unit != "CEL"
        ]

    def describe(self) -> tuple[UnitDescription, ...]:
        """The catalogue: every unit with its sentence, parameters and example, by kind."""
        return tuple(self._describe(kind) for kind in sorted(self.by_kind))

    def _describe(self, kind: str) -> UnitDescription:
        cls = self.by_kind[kind]
        parameters = tuple(self._describe_parameter(parameter) for parameter in self._parameters[cls])
        family: Family | None = getattr(cls, "family", None)
        return UnitDescription(kind, (cls.__doc__ or "").strip(), parameters, dict(cls.example), family)

    def _describe_parameter(self, parameter: Parameter) -> ParameterDescription:
        return ParameterDescription(
            name=parameter.name,
            type=parameter.type_in_words,
            required=parameter.required,
            default=None if parameter.required else parameter.write(parameter.default, self.to_json),
            description=parameter.description,
            unit=parameter.unit,
            choices=parameter.choices,
            parts=tuple(self._describe_parameter(part) for part in parameter.parts),
        )


def _kind(cls: type) -> str:
    return cls.__module__.rpartition(".")[2]


def _frozen(cls: Any) -> bool:
    # Any: dataclasses keep what they were told in an attribute that no type stub knows.
    return bool(cls.__dataclass_params__.frozen)


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def _in_words(value: object) -> str:
    words = " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return words if len(words) <= _LONGEST_PHRASE else f"{words[:_LONGEST_PHRASE]}…"


rules: Shelf[Rule] = Shelf("rules")
rewards: Shelf[Reward] = Shelf("rewards")
