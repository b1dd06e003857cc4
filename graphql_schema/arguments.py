"""Arguments by a plan: how coerced values become the input objects of Strawberry, compiled once per schema and field.

Strawberry walks the annotations of an input for every value of every request. Here that is done once: the fields of a
schema get resolvers that know what to make, and that ask Strawberry's own wherever something is not as they know it.
tests/graphql_schema/test_arguments.py compares what resolvers receive, and the errors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING
from inspect import iscoroutinefunction
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver
from strawberry.types.lazy_type import LazyType
from strawberry.types.maybe import Some
from strawberry.types.unset import UNSET

# Any, in this file: annotations and values are whatever the types of a schema make them.
Converter = Callable[[Any], Any] | None
"""What makes the Python value of a coerced one; None: it is that already."""


class NotConverted(Exception):  # noqa: N818  # not a fault: Strawberry is asked
    """The value is not one that a plan converts; Strawberry says what is wrong with it."""


class Unknown(Exception):  # noqa: N818  # as above
    """A type that plans are not made for."""


class Plans:
    """The plans for one schema's input types."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._config = schema.config
        self._scalars = schema.schema_converter.scalar_registry
        self._objects: dict[type, Callable[[Any], Any]] = {}

    def converter(self, type_: Any) -> Converter:
        """What converts values of the type as Strawberry's `convert_argument` does.

        It raises, NotConverted or what the input's class raises, where Strawberry has to be asked. Raises Unknown.
        """
        if isinstance(type_, StrawberryMaybe):  # before the optional, which it also is
            return _some(self.converter(type_.of_type), isinstance(type_.of_type, StrawberryOptional))
        if isinstance(type_, StrawberryOptional):
            return self.converter(type_.of_type)
        if isinstance(type_, StrawberryList):
            return _list(self.converter(type_.of_type))
        if type_ is GlobalID:
            raise Unknown
        if is_scalar(type_, self._scalars) or isinstance(type_, StrawberryEnumDefinition):
            return None
        if isinstance(type_, LazyType):
            return self.converter(type_.resolve_type())
        if has_enum_definition(type_):
            return None
        if has_object_definition(type_):
            return self._objects.get(type_) or self._object(type_, type_.__strawberry_definition__)
        raise Unknown

    def _object(self, cls: type, definition: StrawberryObjectDefinition) -> Callable[[Any], Any]:
        if definition.from_input is not None or not definition.is_input:
            raise Unknown
        steps: list[tuple[str, str, Converter]] = []
        # Strawberry's implicit null for nullable fields without a default.
        nulls = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }

        def convert(value: Any) -> Any:
            if value is None or value is UNSET:
                return value
            made: dict[str, Any] = dict(nulls)
            for name, python_name, inner in steps:
                if name in value:
                    made[python_name] = value[name] if inner is None else inner(value[name])
            return cls(**made)

        before = dict(self._objects)
        self._objects[cls] = convert  # before its fields are looked at, which may lead back here
        try:
            for field in definition.fields:
                inner = self.converter(field.resolve_type(type_definition=definition))
                steps.append((self._config.name_converter.from_field(field), field.python_name, inner))
        except Unknown:
            self._objects = before  # with all plans that this one is a part of
            raise
        return convert

    def arguments(self, field: StrawberryField) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """What converts all arguments of a field as Strawberry's `convert_arguments` does. Raises as `converter`."""
        steps = [
            (
                self._config.name_converter.from_argument(argument),
                argument.python_name,
                self.converter(argument.type),
            )
            for argument in field.arguments
        ]

        def convert(given: Mapping[str, Any]) -> dict[str, Any]:
            made: dict[str, Any] = {}
            for name, python_name, inner in steps:
                if name in given:
                    made[python_name] = given[name] if inner is None else inner(given[name])
            return made

        return convert


def _some(inner: Converter, null_too: bool) -> Callable[[Any], Some[Any]]:
    def convert(value: Any) -> Some[Any]:
        if value is None and not null_too:
            raise NotConverted
        return Some(value if inner is None else inner(value))

    return convert


def _list(inner: Converter) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        if value is None or value is UNSET:
            return value
        # A list of leaves is copied too: it may be a default, which all requests share.
        return list(value) if inner is None else [inner(item) for item in value]

    return convert


def shorten_resolvers(schema: strawberry.Schema) -> None:
    """Give the fields of a new schema resolvers that convert arguments by plan and call the function at once.

    Left as they are: fields without a function, with extensions or permissions, of a class of their own, and
    subscriptions. The schema must have no exception handlers.
    """
    plans, core = Plans(schema), schema._schema
    for type_ in core.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                definition = field.extensions.get("strawberry-definition")
                if type(definition) is StrawberryField:
                    _shorten(field, definition, plans, schema.config)


def _shorten(
    field: GraphQLField, definition: StrawberryField, plans: Plans, config: StrawberryConfig
) -> None:
    function = definition.base_resolver
    if function is None or definition.extensions or definition.is_subscription or field.resolve is None:
        return
    try:
        arranged = _arranged(definition, function, plans.arguments(definition), config)
    except Unknown:
        return
    if not definition.is_async:
        field.resolve = _resolver(function, arranged, field.resolve)
    elif iscoroutinefunction(function.wrapped_func):
        field.resolve = _async_resolver(function, arranged, field.resolve)


_Arranged = Callable[
    [Any, GraphQLResolveInfo[Any], Mapping[str, Any]], tuple[tuple[Any, ...], dict[str, Any]]
]


def _arranged(
    definition: StrawberryField,
    function: StrawberryResolver[Any],
    convert: Callable[[Mapping[str, Any]], dict[str, Any]],
    config: StrawberryConfig,
) -> _Arranged:
    """What the function is called with: its arguments, and source and info where it asks for them."""
    wants_self = bool(function.self_parameter)
    for_source = [each.name for each in (function.parent_parameter, function.root_parameter) if each]
    for_info = function.info_parameter.name if function.info_parameter else None
    info_class = config.info_class

    def arrange(
        source: Any, info: GraphQLResolveInfo[Any], given: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        named = convert(given)
        for name in for_source:
            named[name] = source
        if for_info is not None:
            named[for_info] = info_class(_raw_info=info, _field=definition)
        return (source,) if wants_self else (), named

    return arrange


def _resolver(function: Callable[..., Any], arranged: _Arranged, stock: Callable[..., Any]) -> Any:
    def resolve(source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        try:
            places, names = arranged(source, info, given)
        except Exception:  # Strawberry meets it again and reports it
            return stock(source, info, **given)
        return function(*places, **names)

    return resolve


def _async_resolver(
    function: Callable[..., Awaitable[Any]], arranged: _Arranged, stock: Callable[..., Awaitable[Any]]
) -> Any:
    # As Strawberry's, it converts only when it is awaited: a faulty argument fails at the same moment.
    async def resolve(source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        try:
            places, names = arranged(source, info, given)
        except Exception:  # as above
            return await stock(source, info, **given)
        return await function(*places, **names)

    return resolve
