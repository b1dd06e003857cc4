"""Our executor: graphql-core's, with a short path for plain attributes and nothing kept from event to event.

What it answers equals the stock executor's, errors included; tests/graphql_schema/test_executor.py compares them.
It does not know @defer and @stream: the schema does not offer them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Any, NamedTuple, cast

from graphql import (
    ExecutionResult,
    GraphQLBoolean,
    GraphQLError,
    GraphQLField,
    GraphQLID,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLString,
    OperationType,
    Undefined,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import (
    CollectedFields,
    FieldDetailsList,
    GroupedFieldSet,
    collect_fields,
)
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.field import StrawberryField

# Values of these types cannot be awaited and are no exceptions: they need no second look.
_PLAIN = frozenset({str, int, float, bool})
# Built-in scalars that give such a value back as it is.
_AS_IT_IS = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
_LEAVES = "tearoff.leaves"


class Leaf(NamedTuple):
    """A field that is an attribute of its object and a scalar or enum in the answer."""

    attribute: str
    nullable: bool
    coerce: Callable[[Any], Any]  # Any: a scalar takes and gives what it likes
    as_it_is: type | None
    definition: GraphQLField


_Step = tuple[str, FieldDetailsList, Leaf | None]


class Selections:
    """The fields that an operation selects, collected and planned once.

    They may be shared by all requests for an operation whose fields do not depend on variables (@skip, @include).
    The inner dicts are keyed by identity; what has the identity is kept beside the value, so an id is never used again.
    """

    __slots__ = ("below", "plans", "root")

    def __init__(self) -> None:
        self.root: GroupedFieldSet | None = None
        self.below: dict[tuple[GraphQLObjectType, int], tuple[FieldDetailsList, CollectedFields]] = {}
        self.plans: dict[int, tuple[GroupedFieldSet, list[_Step] | None]] = {}


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
            for name, details, leaf in steps:
                if leaf is None:
                    value = self.execute_field(
                        parent_type, source_value, details, Path(path, name, parent_type.name), None
                    )
                    if value is Undefined:
                        continue
                    if self.is_awaitable(value):
                        waiting[name] = value
                    results[name] = value
                    continue
                try:
                    value = getattr(source_value, leaf.attribute)
                except Exception as error:
                    value = error  # the slow path reports it with its place
                kind = type(value)
                if kind is leaf.as_it_is:
                    results[name] = value
                elif value is None and leaf.nullable:
                    results[name] = None
                elif kind in _PLAIN or not self._needs_care(value):
                    try:
                        coerced = leaf.coerce(value)
                    except Exception:
                        coerced = None
                    if coerced is None or coerced is Undefined:
                        coerced = self._complete_leaf(parent_type, details, path, name, leaf, value)
                    results[name] = coerced
                else:
                    results[name] = value = self._complete_leaf(parent_type, details, path, name, leaf, value)
                    if self.is_awaitable(value):
                        waiting[name] = value
        except Exception:
            if waiting:
                self.settle_in_background(list(waiting.values()))
            raise
        return self._gathered(results, waiting) if waiting else results

    def _needs_care(self, value: object) -> bool:
        return value is None or value is Undefined or isinstance(value, Exception) or self.is_awaitable(value)

    def _complete_leaf(
        self,
        parent_type: GraphQLObjectType,
        details: FieldDetailsList,
        path: Path | None,
        name: str,
        leaf: Leaf,
        value: Any,  # Any: an attribute's value
    ) -> Any:
        """What graphql-core does with a resolved value, errors and awaitables included."""
        field, at = leaf.definition, Path(path, name, parent_type.name)
        info = self.build_resolve_info(field, [detail.node for detail in details], parent_type, at)
        try:
            if self.is_awaitable(value):
                return self.complete_awaitable_value(field.type, details, info, at, value, None)
            return self.complete_value(field.type, details, info, at, value, None)
        except Exception as error:
            self.handle_field_error(error, field.type, details, at)
            return None

    async def _gathered(self, results: dict[str, Any], waiting: dict[str, Awaitable[Any]]) -> dict[str, Any]:
        if len(waiting) == 1:
            ((name, value),) = waiting.items()
            results[name] = await value
        else:
            results.update(zip(waiting, await self.gather_async_work(list(waiting.values())), strict=True))
        return results

    def _plan(self, parent_type: GraphQLObjectType, grouped: GroupedFieldSet) -> list[_Step] | None:
        """The steps for one set of fields, or None where no field is a plain attribute."""
        known = self._selections.plans.get(id(grouped))
        if known is not None:
            return known[1]
        steps: list[_Step] | None = None
        if not (self.middleware_manager and self.middleware_manager.middlewares):
            steps = [
                (name, details, self._leaf(parent_type, details[0].node.name.value))
                for name, details in grouped.items()
            ]
            if all(leaf is None for _, _, leaf in steps):
                steps = None
        self._selections.plans[id(grouped)] = (grouped, steps)
        return steps

    def _leaf(self, parent_type: GraphQLObjectType, field_name: str) -> Leaf | None:
        leaves: dict[tuple[str, str], Leaf | None] = self.schema.extensions.setdefault(_LEAVES, {})
        key = (parent_type.name, field_name)
        if key not in leaves:
            leaves[key] = _leaf(self.schema.get_field(parent_type, field_name))
        return leaves[key]

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


def _leaf(field: GraphQLField | None) -> Leaf | None:
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
    if not is_leaf_type(kind):
        return None
    if isinstance(kind, GraphQLScalarType):
        return Leaf(definition.python_name, nullable, kind.coerce_output_value, _AS_IT_IS.get(kind), field)
    return Leaf(definition.python_name, nullable, _named_members(kind.coerce_output_value), None, field)


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
