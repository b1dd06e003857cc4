"""How the fields of an object are executed, decided once per schema: plain attributes take a short path."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet
from strawberry.types.field import StrawberryField

# Built-in scalars that give such a value back as it is.
_AS_IT_IS = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
_SHORT_PATHS = "tearoff.short_paths"


class Leaf(NamedTuple):
    """A field that is an attribute of its object and a scalar or enum in the answer."""

    attribute: str
    nullable: bool
    definition: GraphQLField
    coerce: Callable[[Any], Any]  # Any: a scalar takes and gives what it likes
    as_it_is: type | None


class Branch(NamedTuple):
    """A field that is an attribute of its object and an object of that type, asked no further question."""

    attribute: str
    nullable: bool
    definition: GraphQLField
    type: GraphQLObjectType


Step = tuple[str, FieldDetailsList, Leaf | Branch | None]


class Selections:
    """The fields that an operation selects, collected and planned once.

    They may be shared by all requests for an operation whose fields do not depend on variables (@skip, @include).
    The inner dicts are keyed by identity; what has the identity is kept beside the value, so an id is never used again.
    """

    __slots__ = ("below", "plans", "root")

    def __init__(self) -> None:
        self.root: GroupedFieldSet | None = None
        self.below: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = {}
        self.plans: dict[int, tuple[GroupedFieldSet, list[Step] | None]] = {}


def steps_of(
    schema: GraphQLSchema, parent_type: GraphQLObjectType, grouped: GroupedFieldSet
) -> list[Step] | None:
    """The steps for one set of fields, or None where no field is a plain attribute."""
    known: dict[tuple[str, str], Leaf | Branch | None] = schema.extensions.setdefault(_SHORT_PATHS, {})
    steps: list[Step] = []
    for name, details in grouped.items():
        key = (parent_type.name, details[0].node.name.value)
        if key not in known:
            known[key] = _short_path(schema.get_field(parent_type, key[1]))
        steps.append((name, details, known[key]))
    return None if all(step is None for _, _, step in steps) else steps


def _short_path(field: GraphQLField | None) -> Leaf | Branch | None:
    """The short path of a field, if it is an attribute without arguments, resolver, extension or permission."""
    if field is None or field.args or not getattr(field.resolve, "_is_default", False):
        return None
    definition = field.extensions.get("strawberry-definition")
    if not isinstance(definition, StrawberryField) or not definition.is_basic_field:
        return None
    if definition.default_resolver is not getattr:
        return None
    nullable = not is_non_null_type(field.type)
    kind = get_nullable_type(field.type)
    attribute = definition.python_name
    if isinstance(kind, GraphQLObjectType):
        return None if kind.is_type_of else Branch(attribute, nullable, field, kind)
    if not is_leaf_type(kind):
        return None
    if isinstance(kind, GraphQLScalarType):
        return Leaf(attribute, nullable, field, kind.coerce_output_value, _AS_IT_IS.get(kind))
    return Leaf(attribute, nullable, field, _named_members(kind.coerce_output_value), None)


def _named_members(coerce: Callable[[Any], Any]) -> Callable[[Any], Any]:
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
