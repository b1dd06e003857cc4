"""A subscription that has begun: where its items come from, and how each of them becomes a result."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from copy import copy
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import execute_subscription_event
from strawberry.types.execution import ExecutionResult

from graphql_schema.context import Context
from graphql_schema.document_cache import Operation
from graphql_schema.errors import field_errors
from graphql_schema.executor import FrontExecutor
from graphql_schema.shared_source import Source, Told


@dataclass
class FeedResult(ExecutionResult):
    """A result of a subscription; `cursor` is the place of its event in the log, if it comes from there."""

    cursor: str | None = None


class Subscribed:
    """A source, and the executor that shows its items. What one item has loaded is forgotten before the next."""

    __slots__ = ("_executor", "operation", "source")

    def __init__(
        self,
        source: AsyncIterable[Any],  # Any: an item is whatever the resolver says
        executor: FrontExecutor,
        operation: Operation,
    ) -> None:
        self.source = source
        self.operation = operation
        self._executor = executor

    @property
    def caller(self) -> Any:  # Any: the caller is the schema's own affair
        """As whom the items are shown."""
        context = self._executor.context_value
        return context.caller if isinstance(context, Context) else None

    def anew(self) -> Subscribed:
        """The same with a context of its own, so that both may show items at once."""
        executor, context = copy(self._executor), self._executor.context_value
        executor.context_value = context.for_operation() if isinstance(context, Context) else context
        return Subscribed(self.source, executor, self.operation)

    async def show(self, told: Told[Any]) -> FeedResult:
        """Execute the operation for one item."""
        context = self._executor.context_value
        if isinstance(context, Context):
            context.forget_loaded()  # loaders of the item before would serve what was true then
        found = execute_subscription_event(self._executor.build_per_event_executor(told.item))
        result = await found if isawaitable(found) else found
        errors = field_errors(result.errors, self.operation.name) if result.errors else None
        return FeedResult(result.data, errors, cursor=None if told.place is None else told.place.encode())

    async def items(self) -> AsyncGenerator[Told[Any], None]:
        """The items for this one subscriber, from where it begins."""
        if isinstance(self.source, Source):
            async with aclosing(self.source.alone()) as items:
                async for told in items:
                    yield told
            return
        iterator = aiter(self.source)
        try:
            async for item in iterator:
                yield Told(item)
        finally:
            if isinstance(iterator, AsyncGenerator):
                await iterator.aclose()

    async def alone(self) -> AsyncGenerator[FeedResult, None]:
        """The results for this one subscriber."""
        async with aclosing(self.items()) as items:
            async for told in items:
                yield await self.show(told)
