"""Our executor: graphql-core's, with a short path for plain attributes and nothing kept from event to event.

What it answers equals the stock executor's, errors included; tests/graphql_schema/test_executor.py compares them.
It does not know @defer and @stream: the schema does not offer them.
"""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, cast

from graphql import ExecutionResult, GraphQLError, GraphQLObjectType, OperationType, Undefined
from graphql.execution import Executor
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetailsList,
    GroupedFieldSet,
    collect_fields,
)
from graphql.pyutils import AwaitableOrValue, Path
from graphql.type import GraphQLOutputType, GraphQLResolveInfo
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_schema.plain import Compiler
from graphql_schema.steps import Branch, Plain, Selections, Step, steps_of


class FrontExecutor(Executor[None]):
    """Executes one operation. Give it to a schema as `execution_context_class`."""

    # Strawberry's resolvers expect its own resolve info; the function needs nothing else of its class.
    build_resolve_info: Any = StrawberryGraphQLCoreExecutionContext.build_resolve_info

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: graphql-core's own fifteen arguments
        self.operation_extensions = kwargs.pop("operation_extensions", None)
        self._selections: Selections = kwargs.pop("selections", None) or Selections()
        super().__init__(*args, **kwargs)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,  # Any: whatever the resolver above returned
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: None,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Execute the fields of one object, plain attributes without the detour through resolvers."""
        steps = self._plan(parent_type, grouped_field_set)
        if steps is None:
            return super().execute_fields(
                parent_type, source_value, path, grouped_field_set, position_context
            )
        results: dict[str, Any] = {}
        waiting: dict[str, Any] = {}
        try:
            for name, details, step in steps:
                if type(step) is Plain:
                    try:
                        value = getattr(source_value, step.attribute)
                        if type(value) is not step.part.as_it_is:
                            value = step.part.complete(value)
                    except Exception:  # graphql-core meets it again and reports it
                        value = self._follow(parent_type, details, path, name, step, source_value)
                    else:
                        results[name] = value
                        continue
                elif step is None:
                    at = Path(path, name, parent_type.name)
                    value = self.execute_field(parent_type, source_value, details, at, None)
                    if value is Undefined:
                        continue
                else:
                    value = self._follow(parent_type, details, path, name, step, source_value)
                results[name] = value
                if self.is_awaitable(value):
                    waiting[name] = value
        except Exception:
            if waiting:
                self.settle_in_background(list(waiting.values()))
            raise
        return self._gathered(results, waiting) if waiting else results

    def _follow(
        self,
        parent_type: GraphQLObjectType,
        details: FieldDetailsList,
        path: Path | None,
        name: str,
        step: Plain | Branch,
        source_value: Any,
    ) -> Any:
        """What stands in the answer for an attribute that is not made at once; maybe awaitable."""
        try:
            value = getattr(source_value, step.attribute)
        except Exception as error:
            value = error  # the slow path reports it with its place
        if type(step) is Branch:
            if value is None and step.nullable:
                return None
            if not self._needs_care(value):
                return self._follow_branch(details, Path(path, name, parent_type.name), step, value)
        return self._complete(parent_type, details, path, name, step, value)

    def _follow_branch(self, details: FieldDetailsList, at: Path, branch: Branch, value: object) -> Any:
        type_ = branch.definition.type
        try:
            fields = self.collect_subfields(branch.type, details).grouped_field_set
            done = self.execute_fields(branch.type, value, at, fields, None)
        except Exception as error:
            self.handle_field_error(error, type_, details, at)
            return None
        return done if type(done) is dict else self._guarded(done, type_, details, at)

    async def _guarded(
        self, awaited: Any, type_: GraphQLOutputType, details: FieldDetailsList, at: Path
    ) -> Any:
        try:
            return await awaited
        except Exception as error:
            self.handle_field_error(error, type_, details, at)
            return None

    def _needs_care(self, value: object) -> bool:
        return value is None or value is Undefined or isinstance(value, Exception) or self.is_awaitable(value)

    def _complete(
        self,
        parent_type: GraphQLObjectType,
        details: FieldDetailsList,
        path: Path | None,
        name: str,
        step: Plain | Branch,
        value: Any,
    ) -> Any:
        """What graphql-core does with a resolved value, errors and awaitables included."""
        field, at = step.definition, Path(path, name, parent_type.name)
        info = self.build_resolve_info(field, [detail.node for detail in details], parent_type, at)
        try:
            if self.is_awaitable(value):
                return self.complete_awaitable_value(field.type, details, info, at, value, None)
            done = self.complete_value(field.type, details, info, at, value, None)
        except Exception as error:
            self.handle_field_error(error, field.type, details, at)
            return None
        return self._guarded(done, field.type, details, at) if self.is_awaitable(done) else done

    async def _gathered(self, results: dict[str, Any], waiting: dict[str, Awaitable[Any]]) -> dict[str, Any]:
        if len(waiting) == 1:
            ((name, value),) = waiting.items()
            results[name] = await value
        else:
            results.update(zip(waiting, await self.gather_async_work(list(waiting.values())), strict=True))
        return results

    def _plan(self, parent_type: GraphQLObjectType, grouped: GroupedFieldSet) -> list[Step] | None:
        """The steps for one set of fields, or None where no field is a plain attribute."""
        known = self._selections.plans.get(id(grouped))
        if known is not None:
            return known[1]
        steps = None if self._is_watched() else steps_of(self.schema, self._compiler(), parent_type, grouped)
        self._selections.plans[id(grouped)] = (grouped, steps)
        return steps

    def _compiler(self) -> Compiler:
        return Compiler(self.schema, self.collect_subfields, self._selections.parts)

    def _is_watched(self) -> bool:
        """Whether somebody wants to see every field being resolved."""
        return bool(self.middleware_manager and self.middleware_manager.middlewares)

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: None,
    ) -> AwaitableOrValue[Any]:
        """What stands in the answer for a resolved value, made at once if there is nothing but attributes below."""
        known = self._selections.parts.get((return_type, id(field_details_list)))
        if known is None and not self._is_watched():
            part = self._compiler().part(return_type, field_details_list)
        else:
            part = known and known[1]
        if part is not None:
            with suppress(Exception):  # graphql-core meets it again and reports it
                return part.complete(result)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    def complete_object_value(
        self,
        return_type: GraphQLObjectType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: None,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """Execute the fields of an object, at once where its type does not have to be asked whether it is one."""
        if return_type.is_type_of:
            return super().complete_object_value(
                return_type, field_details_list, info, path, result, position_context
            )
        fields = self.collect_subfields(return_type, field_details_list).grouped_field_set
        return self.execute_fields(return_type, result, path, fields, None)

    def collect_subfields(
        self, return_type: GraphQLObjectType, field_details_list: FieldDetailsList
    ) -> CollectedFields:
        """The fields selected of an object; collected once for all requests that share these selections."""
        key = (return_type, id(field_details_list))
        known = self._selections.below.get(key)
        if known is None:
            collected = super().collect_subfields(return_type, field_details_list)
            known = self._selections.below[key] = (field_details_list, collected)
        return known[1]

    def execute_operation(self, serially: bool | None = None) -> Any:
        """Execute the operation, or one event of a subscription; an ExecutionResult, maybe awaitable.

        The root selection is collected once. graphql-core collects it anew for each event and keeps every one of
        them as a key of its memo: 1.4 kB an event, until the subscriber leaves.
        """
        kind = self.operation.operation
        root_type = self.schema.get_root_type(kind)
        if root_type is None or self.abort_signal is not None:
            return super().execute_operation(serially)
        try:
            root = self._root(root_type)
        except RecursionError:  # graphql-core reports it; what it collects itself must not be shared
            self._selections = Selections()
            return super().execute_operation(serially)
        except GraphQLError as error:
            return self._failed(error)
        in_turn = kind is OperationType.MUTATION if serially is None else serially
        try:
            data = self.execute_root_grouped_field_set(root_type, self.root_value, root, in_turn, None)
        except GraphQLError as error:
            return self._failed(error)
        if self.is_awaitable(data):
            return self._awaited(data)
        return self.build_response(cast("dict[str, Any]", data))

    def _root(self, root_type: GraphQLObjectType) -> GroupedFieldSet:
        if self._selections.root is None:
            self._selections.root = collect_fields(
                self.schema,
                self.fragments,
                self.variable_values,
                root_type,
                self.operation,
                self.hide_suggestions,
            ).grouped_field_set
        return self._selections.root

    async def _awaited(self, data: Awaitable[dict[str, Any]]) -> ExecutionResult:
        try:
            done = await data
        except GraphQLError as error:
            return self._failed(error)
        return cast(ExecutionResult, self.build_response(done))

    def _failed(self, error: GraphQLError) -> ExecutionResult:
        self.collected_errors.add(error, None)
        return cast(ExecutionResult, self.build_response(None))
