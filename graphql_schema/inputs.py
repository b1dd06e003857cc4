"""Variables read by a plan: how a JSON value becomes what GraphQL coerces it to, compiled once per schema and type.

A plan only knows what is right. Whatever it meets beyond that (a wrong type, a field that is missing, unknown or null
where it must not be, a scalar that refuses) it leaves to graphql-core, which finds out again and says what is wrong, so
that errors are always the stock ones. tests/graphql_schema/test_inputs.py compares results and errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    get_named_type,
    is_input_object_type,
)
from graphql.execution import VariableValues
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValueSource
from graphql.utilities import coerce_input_literal

# Any: what a value is read from is JSON, what it becomes is up to its scalar.
Reader = Callable[[Any], Any]

# Built-in scalars that take such a value as it is.
_AS_IT_IS: dict[object, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
# graphql-core refuses deeper input. Counted here over all of the JSON, so this errs on the side of asking it.
_DEEPEST = 200
_READERS = "tearoff.readers"
_ABSENT = object()


class NotUnderstood(Exception):  # noqa: N818  # not a fault: somebody else is asked
    """The value is not one that a plan reads; graphql-core may still find it right, or say what is wrong."""


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, definitions: Iterable[VariableDefinitionNode]) -> None:
        self._each = [_variable(schema, definition) for definition in definitions]

    def read(self, given: Mapping[str, Any]) -> VariableValues | None:
        """The values as graphql-core's `get_variable_values` gives them; None: ask that, the values may be faulty."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        try:
            for name, signature, reader, recursive, default in self._each:
                value = given.get(name, Undefined)
                if value is not Undefined:
                    if recursive and _is_deep(value):
                        return None
                    sources[name] = VariableValueSource(signature, value)
                    coerced[name] = reader(value)
                    continue
                sources[name] = VariableValueSource(signature)
                if default is not None:
                    # Made anew each time, so that no request sees what another one did to it.
                    coerced[name] = coerce_input_literal(default, signature.type)
                    if coerced[name] is Undefined:
                        return None
                elif isinstance(signature.type, GraphQLNonNull):
                    return None
        except Exception:  # whatever it is, graphql-core meets it again and reports it
            return None
        return VariableValues(sources, coerced)


class _Variable(NamedTuple):
    name: str
    signature: GraphQLVariableSignature
    reader: Reader
    recursive: bool
    default: ValueNode | None


def _variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> _Variable:
    signature = get_variable_signature(schema, definition)
    assert isinstance(signature, GraphQLVariableSignature)  # noqa: S101  # the document is valid
    reader, recursive = reader_of(schema, signature.type)
    return _Variable(signature.name, signature, reader, recursive, definition.default_value)


def reader_of(schema: GraphQLSchema, type_: GraphQLInputType) -> tuple[Reader, bool]:
    """The reader of values of the type, and whether they may contain values of their own type.

    A reader gives what `coerce_input_value` gives; it raises NotUnderstood, or anything else, where it cannot.
    """
    readers: dict[GraphQLInputObjectType, Reader] = schema.extensions.setdefault(_READERS, {})
    return _reader(type_, readers), _is_recursive(get_named_type(type_), ())


def _reader(type_: GraphQLInputType, readers: dict[GraphQLInputObjectType, Reader]) -> Reader:
    if isinstance(type_, GraphQLNonNull):
        return _non_null_reader(type_.of_type, readers)
    read = _non_null_reader(type_, readers)
    return lambda value: None if value is None else read(value)


def _non_null_reader(type_: Any, readers: dict[GraphQLInputObjectType, Reader]) -> Reader:
    """The reader of a type without its `!`; it does not understand null. (Any: graphql-core's own unions of types.)"""
    if isinstance(type_, GraphQLList):
        return _list_reader(type_.of_type, readers)
    if isinstance(type_, GraphQLInputObjectType):
        return readers[type_] if type_ in readers else _object_reader(type_, readers)
    return _leaf_reader(type_)


def _leaf_reader(type_: Any) -> Reader:
    coerce, as_it_is = type_.coerce_input_value, _AS_IT_IS.get(type_)

    def read(value: Any) -> Any:
        if type(value) is as_it_is:
            return value
        if value is None or value is Undefined:
            raise NotUnderstood
        result = coerce(value)
        if result is Undefined:
            raise NotUnderstood
        return result

    def read_int(value: Any) -> int:
        if type(value) is int and -0x8000_0000 <= value <= 0x7FFF_FFFF:
            return value
        raise NotUnderstood

    return read_int if type_ is GraphQLInt else read


def _list_reader(item_type: GraphQLInputType, readers: dict[GraphQLInputObjectType, Reader]) -> Reader:
    read_item = _reader(item_type, readers)
    as_it_is = _AS_IT_IS.get(get_named_type(item_type)) if not _wraps_list(item_type) else None

    def read(value: Any) -> list[Any]:
        if type(value) is not list:  # one item may stand for a list of one: seldom, so graphql-core reads it
            raise NotUnderstood
        return [item if type(item) is as_it_is else read_item(item) for item in value]

    return read


def _wraps_list(type_: GraphQLInputType) -> bool:
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


class _Step(NamedTuple):
    """One field of an input object. `default` is Undefined where there is none."""

    name: str
    out_name: str
    as_it_is: type | None
    nullable: bool
    read: Reader
    required: bool
    default: Any  # Any: a Python value that the schema was made with


def _object_reader(type_: GraphQLInputObjectType, readers: dict[GraphQLInputObjectType, Reader]) -> Reader:
    steps: list[_Step] = []
    finish = type_.out_type if type_.out_type is not GraphQLInputObjectType.out_type else None

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise NotUnderstood
        made: dict[str, Any] = {}
        known = 0
        for name, out_name, as_it_is, nullable, read_field, required, default in steps:
            given = value.get(name, _ABSENT)
            if given is _ABSENT:
                if required:
                    raise NotUnderstood
                if default is not Undefined:
                    made[out_name] = default
                continue
            known += 1
            if type(given) is as_it_is or (given is None and nullable):
                made[out_name] = given
            else:
                made[out_name] = read_field(given)
        if known != len(value):
            raise NotUnderstood
        return made if finish is None else finish(made)

    def refuse(value: Any) -> Any:
        raise NotUnderstood

    fields = type_.fields
    # Neither is what Strawberry makes of an input: its @oneOf is a check in `out_type`, its defaults are ready values.
    if type_.is_one_of or any(field.default is not None for field in fields.values()):
        readers[type_] = refuse
        return refuse
    readers[type_] = read  # before its fields are looked at, which may lead back here
    steps.extend(_step(name, field, readers) for name, field in fields.items())
    return read


def _step(name: str, field: GraphQLInputField, readers: dict[GraphQLInputObjectType, Reader]) -> _Step:
    inner = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    nullable = inner is field.type
    return _Step(
        name,
        field.out_name or name,
        _AS_IT_IS.get(inner),
        nullable,
        _non_null_reader(inner, readers),
        not nullable and field.default_value is Undefined,
        field.default_value,
    )


def _is_recursive(type_: Any, above: tuple[Any, ...]) -> bool:
    """Whether values of the named type may contain values of a type they are in."""
    if not is_input_object_type(type_):
        return False
    inside = (*above, type_)
    below = {get_named_type(field.type) for field in type_.fields.values()}
    return any(each in inside or _is_recursive(each, inside) for each in below)


def _is_deep(value: object) -> bool:
    """Whether lists and objects are nested beyond what graphql-core takes."""
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
