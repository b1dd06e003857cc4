"""The variables that decide what a subscription tells: all but those that only say where it begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLSchema,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    visit,
)

BEGINNINGS = frozenset({"after", "from"})


def deciding_variables(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Sequence[str]:
    """The names, sorted. A variable does not count if it is used as `after` or `from` of a subscription's root
    field and nowhere else in the document."""
    declared = {each.variable.name.value for each in operation.variable_definitions or ()}
    types = TypeInfo(schema)
    uses = _Uses(schema, types)
    visit(document, TypeInfoVisitor(types, uses))
    return sorted(declared - (uses.as_beginning - uses.otherwise))


class _Uses(Visitor):
    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self.as_beginning: set[str] = set()
        self.otherwise: set[str] = set()
        self._schema = schema
        self._types = types

    def enter_variable_definition(self, *_: Any) -> Any:  # Any: what visitors are given and give
        return self.SKIP  # a declaration is no use

    def enter_variable(self, node: VariableNode, _key: Any, parent: Any, *_: Any) -> None:
        begins = (
            isinstance(parent, ArgumentNode)
            and parent.name.value in BEGINNINGS
            and self._types.get_directive() is None
            and self._types.get_parent_type() is self._schema.subscription_type
        )
        (self.as_beginning if begins else self.otherwise).add(node.name.value)
