"""The schema class of the front of house: cached documents, limits, our executor and typed errors in one place.

It replaces Strawberry's way through an operation (extensions, hooks, error logging) by a short one and keeps its
signatures, so `await schema.execute(...)` in a test takes the same path as a request.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, create_source_event_stream
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryType
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from graphql_schema.arguments import shorten_resolvers
from graphql_schema.context import Context
from graphql_schema.cost import cost, too_costly
from graphql_schema.document_cache import DocumentCache, DocumentRefused, Operation
from graphql_schema.errors import Refusal, field_errors, internal_error, variable_errors
from graphql_schema.executor import FrontExecutor
from graphql_schema.limits import Limits
from graphql_schema.subscribed import FeedResult, Subscribed

__all__ = ["FeedResult", "FrontSchema", "Subscribed"]

_ALL = frozenset(OperationType)
_NOT_HERE = {
    OperationType.QUERY: Refusal("OPERATION_NOT_ALLOWED", "A query is not answered here."),
    OperationType.MUTATION: Refusal("MUTATION_NEEDS_POST", "A mutation has to be sent by POST."),
    OperationType.SUBSCRIPTION: Refusal(
        "SUBSCRIPTION_NEEDS_WEBSOCKET",
        "A subscription goes on: connect to this address by WebSocket with the subprotocol graphql-transport-ws,"
        " or accept text/event-stream.",
    ),
}


@dataclass(slots=True)
class _Started:
    executor: FrontExecutor
    context: object
    operation: Operation
    extensions: dict[str, object]


class FrontSchema(strawberry.Schema):
    """A Strawberry schema that executes as the house wants it.

    A result of type PreExecutionError means that nothing was executed (a request error: no `data`); in a stream it
    is the last one. Every error has `extensions.code`; queries and mutations carry `extensions.cost`.
    """

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        *,
        types: Iterable[type | StrawberryType] = (),
        config: StrawberryConfig | None = None,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(
            query,
            mutation,
            subscription,
            types=types,
            config=config,
            execution_context_class=FrontExecutor,
        )
        shorten_resolvers(self)
        self.limit(limits or Limits())

    def limit(self, limits: Limits) -> None:
        """Set the limits, as the settings want them, before anything is served: documents read so far are forgotten."""
        self.limits = limits
        self.documents = DocumentCache(self._schema, limits)

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,  # Any: JSON
        context_value: Any | None = None,  # Any: ours is a Context, a test may pass anything
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Execute a query or mutation. A subscription is refused: see `stream`."""
        allowed = (
            _ALL - {OperationType.SUBSCRIPTION}
            if allowed_operation_types is None
            else allowed_operation_types
        )
        started = self._start(
            query, variable_values, context_value, root_value, operation_name, allowed, operation_extensions
        )
        return started if isinstance(started, PreExecutionError) else await _finish(started)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,  # Any: as in execute
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Execute any operation: a subscription gives a result per event, everything else one result."""
        started = self._start(
            query,
            variable_values,
            context_value,
            root_value,
            operation_name,
            _ALL if allowed_operation_types is None else allowed_operation_types,
            operation_extensions,
        )
        return _results(started)

    async def begin(
        self,
        query: str | None,
        variables: dict[str, Any] | None,  # Any: JSON
        context: Context[Any, Any],  # Any: caller and loaders are the schema's own affair
        *,
        operation_name: str | None = None,
        allowed: Iterable[OperationType] | None = None,
        view: Callable[[Any], Any] | None = None,
    ) -> Subscribed | ExecutionResult:
        """A subscription that has begun; of everything else, and of one that could not begin, the only result.

        `view(caller)` is all that a subscription's resolvers get to know of the caller.
        """
        started = self._start(query, variables, context, None, operation_name, allowed or _ALL, None)
        if isinstance(started, PreExecutionError):
            return started
        if started.operation.kind.value != OperationType.SUBSCRIPTION.value:
            return await _finish(started)
        return await _subscribe(started, view)

    def _start(
        self,
        query: str | None,
        variables: dict[str, Any] | None,
        context: object,
        root: object,
        operation_name: str | None,
        allowed: Iterable[OperationType],
        operation_extensions: dict[str, Any] | None,
    ) -> _Started | PreExecutionError:
        try:
            operation = self.documents.read(query or "").operation(operation_name)
        except DocumentRefused as refused:
            return _request_errors(refused.errors)
        except Refusal as refusal:
            return _request_errors([refusal.to_error()])
        kind = OperationType(operation.kind.value)
        if kind not in allowed:
            return _request_errors([_NOT_HERE[kind].to_error()])
        asked = cost(operation.weight, variables or {})
        extensions: dict[str, object] = {"cost": {"requested": asked, "limit": self.limits.cost}}
        if refusal_of_cost := too_costly(asked, self.limits):
            return _request_errors([refusal_of_cost.to_error()], extensions)
        context = context.for_operation() if isinstance(context, Context) else context
        executor = operation.prepared.executor(
            root,
            context,
            variables,
            operation_extensions,
        )
        if isinstance(executor, list):
            return _request_errors(variable_errors(executor))
        return _Started(executor, context, operation, extensions)


async def _finish(started: _Started) -> ExecutionResult:
    name = started.operation.name
    try:
        result = started.executor.execute_operation()
        if isawaitable(result):
            result = await result
    except Exception as error:
        return PreExecutionError(None, [internal_error(error, name or "operation")], started.extensions)
    errors = field_errors(result.errors, name) if result.errors else None
    return ExecutionResult(result.data, errors, started.extensions)


async def _results(started: _Started | PreExecutionError) -> AsyncGenerator[ExecutionResult, None]:
    if isinstance(started, PreExecutionError):
        yield started
        return
    if started.operation.kind.value != OperationType.SUBSCRIPTION.value:
        yield await _finish(started)
        return
    name = started.operation.name
    try:
        begun = await _subscribe(started)
        if not isinstance(begun, Subscribed):
            yield begun
            return
        async with aclosing(begun.alone()) as results:
            async for result in results:
                yield result
    except Refusal as refusal:
        yield _request_errors([refusal.to_error()])
    except Exception as error:
        yield _request_errors([internal_error(error, name or "subscription")])


async def _subscribe(
    started: _Started, view: Callable[[Any], Any] | None = None
) -> Subscribed | ExecutionResult:
    """Call the root resolver, once for this subscriber."""
    operation, executor, context = started.operation, started.executor, started.context
    if view is not None and isinstance(context, Context):
        context.caller = view(context.caller)  # it is this operation's own, and nothing has looked at it yet
    source = create_source_event_stream(executor)
    if isawaitable(source):
        source = await source
    if isinstance(source, CoreResult):
        return _request_errors(field_errors(source.errors or [], operation.name))
    return Subscribed(source, executor, operation)


def _request_errors(
    errors: list[GraphQLError], extensions: Mapping[str, object] | None = None
) -> PreExecutionError:
    return PreExecutionError(None, errors, dict(extensions) if extensions else None)
