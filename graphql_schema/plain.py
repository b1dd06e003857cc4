"""Parts of an answer that are nothing but attributes, compiled once per selection into functions that make them.

Such a part needs no resolver, no path and no second look: values become what stands in the answer while everything is
as its type says. Whatever is not (null where it must not be, an exception, something to be awaited, an object of
another class, a scalar that refuses) raises, and the executor does the part again as graphql-core does, which finds
out what is wrong and says so. Attributes of objects that misbehave are therefore read twice.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from types import CoroutineType, GeneratorType
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLID,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    Undefined,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList
from strawberry.execution import optimized_is_awaitable
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import get_strawberry_type_cast
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion

# Any, in this file: values are whatever the attributes of objects hold.
Completer = Callable[[Any], Any]
"""Makes what stands in the answer; raises, Surprise or anything else, where graphql-core has to be asked."""
Collect = Callable[[GraphQLObjectType, FieldDetailsList], CollectedFields]

_ATTRIBUTES = "tearoff.attributes"
_BACK_REFERENCE = "strawberry-definition"
_WILD = (Exception, CoroutineType, GeneratorType, type(Undefined))
_TAME: dict[type[object], bool] = {}  # classes of attributes' values: there are not many


class Surprise(Exception):  # noqa: N818  # not a fault: somebody else is asked
    """The value is not as its type says; graphql-core may still find it right, or say what is wrong."""


class Attribute(NamedTuple):
    """A field that is an attribute of its object."""

    name: str
    field: GraphQLField


class Part(NamedTuple):
    """How values of one type become a part of the answer; a value of type `as_it_is` is that already."""

    complete: Completer
    as_it_is: type | None


# By type (any of graphql-core's) and the identity of what is selected of it.
KnownParts = dict[tuple[Any, int], tuple[FieldDetailsList, Part | None]]


def attribute_of(schema: GraphQLSchema, parent: GraphQLObjectType, name: str) -> Attribute | None:
    """The attribute behind a field, if it has neither arguments nor a resolver, an extension or a permission."""
    known: dict[tuple[str, str], Attribute | None] = schema.extensions.setdefault(_ATTRIBUTES, {})
    key = (parent.name, name)
    if key not in known:
        known[key] = _attribute(schema.get_field(parent, name))
    return known[key]


def _attribute(field: GraphQLField | None) -> Attribute | None:
    if field is None or field.args or not getattr(field.resolve, "_is_default", False):
        return None
    definition = field.extensions.get(_BACK_REFERENCE)
    if not isinstance(definition, StrawberryField) or not definition.is_basic_field:
        return None
    return Attribute(definition.python_name, field) if definition.default_resolver is getattr else None


class Compiler:
    """Compiles the parts of one operation's answers. `collect` gives the fields selected of an object type.

    `known` is what was compiled before, by type and the identity of the selections, which are kept beside the part.
    """

    def __init__(self, schema: GraphQLSchema, collect: Collect, known: KnownParts) -> None:
        self._schema = schema
        self._collect = collect
        self._known = known

    def part(self, type_: Any, details: FieldDetailsList) -> Part | None:
        """The part that the selections make of a type's values, or None if it is more than attributes."""
        key = (type_, id(details))
        if key not in self._known:
            try:
                part = self._part(type_, details)
            except (
                GraphQLError,
                RecursionError,
            ):  # graphql-core meets it again, if the part is needed at all
                part = None
            self._known[key] = (details, part)
        return self._known[key][1]

    def _part(self, type_: Any, details: FieldDetailsList) -> Part | None:
        if isinstance(type_, GraphQLNonNull):
            return self._present(type_.of_type, details)
        present = self._present(type_, details)
        if present is None:
            return None
        complete = present.complete
        return Part(lambda value: None if value is None else complete(value), present.as_it_is)

    def _present(self, type_: Any, details: FieldDetailsList) -> Part | None:
        """The part of a type without its `!`; null surprises it."""
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
            return _leaf(type_)
        if isinstance(type_, GraphQLList):
            item = self.part(type_.of_type, details)
            return None if item is None else Part(_list(item), None)
        complete: Completer | None = None
        if isinstance(type_, GraphQLObjectType):
            complete = self._object(type_, details)
        elif isinstance(type_, GraphQLUnionType):
            complete = self._union(type_, details)
        return None if complete is None else Part(complete, None)

    def _object(self, type_: GraphQLObjectType, details: FieldDetailsList) -> Completer | None:
        definition = type_.extensions.get(_BACK_REFERENCE)
        if not isinstance(definition, StrawberryObjectDefinition):
            return None
        origin: type[object] = definition.origin
        if not _is_tame(origin):
            return None
        # Strawberry's own check, made for types with interfaces, is passed by instances of the class itself.
        checked = type_.is_type_of is not None
        if checked and (definition.is_type_of is not None or definition.concrete_of is not None):
            return None
        answer: dict[str, Any] = {}  # in the right order, with what is the same for all objects
        steps: list[tuple[str, str, type | None, Completer]] = []
        for name, below in self._collect(type_, details).grouped_field_set.items():
            answer[name] = None
            field_name = below[0].node.name.value
            if field_name == "__typename":
                answer[name] = type_.name
                continue
            attribute = attribute_of(self._schema, type_, field_name)
            part = None if attribute is None else self.part(attribute.field.type, below)
            if attribute is None or part is None:
                return None
            steps.append((name, attribute.name, part.as_it_is, part.complete))
        return _object(origin, checked, answer, steps)

    def _union(self, type_: GraphQLUnionType, details: FieldDetailsList) -> Completer | None:
        if type(type_.extensions.get(_BACK_REFERENCE)) is not StrawberryUnion:
            return None
        members: dict[type, Completer] = {}
        for member in type_.types:
            complete = self._object(member, details)
            definition = member.extensions.get(_BACK_REFERENCE)
            if complete is None or definition.concrete_of is not None:
                return None
            members[definition.origin] = complete

        def complete_member(value: Any) -> Any:
            if get_strawberry_type_cast(value) is not None:
                raise Surprise
            return members[type(value)](value)

        return complete_member


def _object(
    origin: type, checked: bool, answer: dict[str, Any], steps: list[tuple[str, str, type | None, Completer]]
) -> Completer:
    def complete(value: Any) -> dict[str, Any]:
        if checked:
            if type(value) is not origin or get_strawberry_type_cast(value) is not None:
                raise Surprise
        elif type(value) is not origin:  # any object with the attributes will do
            _look_at(value)
        made = answer.copy()
        for name, attribute, as_it_is, complete_field in steps:
            found = getattr(value, attribute)
            made[name] = found if type(found) is as_it_is else complete_field(found)
        return made

    return complete


def _list(item: Part) -> Completer:
    complete, as_it_is = item

    def complete_list(value: Any) -> list[Any]:
        if type(value) is not list and type(value) is not tuple:
            raise Surprise
        return [each if type(each) is as_it_is else complete(each) for each in value]

    return complete_list


def _leaf(type_: GraphQLScalarType | GraphQLEnumType) -> Part:
    coerce: Completer = type_.coerce_output_value
    if isinstance(type_, GraphQLEnumType):
        coerce = _named_members(coerce)

    def complete(value: Any) -> Any:
        _look_at(value)
        coerced = coerce(value)
        if coerced is None or coerced is Undefined:
            raise Surprise
        return coerced

    return Part(complete, _as_it_is(type_, coerce))


def _as_it_is(type_: GraphQLScalarType | GraphQLEnumType, coerce: Completer) -> type | None:
    """The type of values that a scalar gives back as they are: those of built-in ones, and texts that are texts."""
    if type_ is GraphQLBoolean:
        return bool
    return str if type_ is GraphQLString or type_ is GraphQLID or coerce is str else None


def _named_members(coerce: Completer) -> Completer:
    """An enum's names, looked up once per member: Strawberry searches all members for each value (8 µs)."""
    names: dict[
        int, tuple[Enum, Any]
    ] = {}  # by identity; the member beside its name keeps the identity taken

    def name_of(value: Any) -> Any:
        if not isinstance(value, Enum):
            return coerce(value)
        known = names.get(id(value))
        if known is None:
            known = names[id(value)] = (value, coerce(value))
        return known[1]

    return name_of


def _look_at(value: object) -> None:
    """Raise Surprise for what graphql-core does not complete at once: null, exceptions, awaitables."""
    if value is None or (
        not _is_tame(type(value))
        and (value is Undefined or isinstance(value, Exception) or optimized_is_awaitable(value))
    ):
        raise Surprise


def _is_tame(class_: type[object]) -> bool:
    """Whether the class alone tells that its instances are values: no exceptions, nothing to be awaited."""
    known = _TAME.get(class_)
    if known is None:
        # Not by hasattr: an enum's metaclass has a __getattr__ that its members do not have.
        asks = any(name in vars(each) for each in class_.__mro__ for name in ("__await__", "__getattr__"))
        known = _TAME[class_] = not asks and not issubclass(class_, _WILD)
    return known
