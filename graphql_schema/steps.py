"""How the fields of an object are executed, decided once per selection: parts of plain attributes are made at once."""

from __future__ import annotations

from typing import NamedTuple

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, get_nullable_type, is_non_null_type
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList, GroupedFieldSet

from graphql_schema.plain import Compiler, KnownParts, Part, attribute_of


class Plain(NamedTuple):
    """A field that is an attribute of its object, with nothing but attributes below."""

    attribute: str
    definition: GraphQLField
    part: Part


class Branch(NamedTuple):
    """A field that is an attribute of its object and an object of that type, asked no further question."""

    attribute: str
    nullable: bool
    definition: GraphQLField
    type: GraphQLObjectType


Step = tuple[str, FieldDetailsList, Plain | Branch | None]


class Selections:
    """The fields that an operation selects, collected and planned once.

    They may be shared by all requests for an operation whose fields do not depend on variables (@skip, @include).
    The inner dicts are keyed by identity; what has the identity is kept beside the value, so an id is never used again.
    """

    __slots__ = ("below", "parts", "plans", "root")

    def __init__(self) -> None:
        self.root: GroupedFieldSet | None = None
        self.below: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = {}
        self.parts: KnownParts = {}
        self.plans: dict[int, tuple[GroupedFieldSet, list[Step] | None]] = {}


def steps_of(
    schema: GraphQLSchema, compiler: Compiler, parent_type: GraphQLObjectType, grouped: GroupedFieldSet
) -> list[Step] | None:
    """The steps for one set of fields, or None where no field is a plain attribute."""
    steps: list[Step] = []
    for name, details in grouped.items():
        attribute = attribute_of(schema, parent_type, details[0].node.name.value)
        step: Plain | Branch | None = None
        if attribute is not None:
            part = compiler.part(attribute.field.type, details)
            if part is not None:
                step = Plain(attribute.name, attribute.field, part)
            else:
                step = _branch(attribute.name, attribute.field)
        steps.append((name, details, step))
    return None if all(step is None for _, _, step in steps) else steps


def _branch(attribute: str, field: GraphQLField) -> Branch | None:
    kind = get_nullable_type(field.type)
    if not isinstance(kind, GraphQLObjectType) or kind.is_type_of:
        return None
    return Branch(attribute, not is_non_null_type(field.type), field, kind)
