"""What requests for one operation have in common, prepared once: fragments, how its variables are read, its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    default_field_resolver,
    default_type_resolver,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from strawberry.execution import optimized_is_awaitable

from graphql_schema.executor import FrontExecutor
from graphql_schema.inputs import Variables
from graphql_schema.steps import Selections


class Preparation:
    """One operation of a valid document, ready to be executed again and again."""

    __slots__ = ("_document", "_fragments", "_operation", "_schema", "_selections", "_variables")

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        *,
        fixed: bool,
    ) -> None:
        """`fixed`: the fields do not depend on variables (see `selects_by_variables`)."""
        self._schema, self._document, self._operation = schema, document, operation
        self._fragments = {
            each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
        }
        self._variables = Variables(schema, operation.variable_definitions or ())
        self._selections = Selections() if fixed else None

    def executor(
        self,
        root: object,
        context: object,
        variables: Mapping[str, Any] | None,  # Any: JSON
        operation_extensions: dict[str, Any] | None,
    ) -> FrontExecutor | list[GraphQLError]:
        """The executor of one request, or what graphql-core finds wrong with its variables."""
        values = self._variables.read(variables or {})
        if values is None:
            return self._as_graphql_core_does(root, context, variables, operation_extensions)
        return FrontExecutor(
            self._schema,
            self._fragments,
            {name: FragmentDetails(each) for name, each in self._fragments.items()},
            root,
            context,
            self._operation,
            values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=operation_extensions,
            selections=self._selections,
        )

    def _as_graphql_core_does(
        self,
        root: object,
        context: object,
        variables: Mapping[str, Any] | None,
        operation_extensions: dict[str, Any] | None,
    ) -> FrontExecutor | list[GraphQLError]:
        name = self._operation.name
        built = FrontExecutor.build(
            self._schema,
            self._document,
            root,
            context,
            cast("dict[str, Any] | None", variables),
            name.value if name else None,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]  # says bool for TypeGuard
            operation_extensions=operation_extensions,
            selections=self._selections,
        )
        return built if isinstance(built, list) else cast(FrontExecutor, built)


def selects_by_variables(document: DocumentNode) -> bool:
    """Whether variables decide about fields (@skip, @include): those have to be collected for every request."""
    search = _Search()
    visit(document, search)
    return search.found


class _Search(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:  # Any: where the visitor is
        self.found |= any(isinstance(argument.value, VariableNode) for argument in node.arguments or ())
