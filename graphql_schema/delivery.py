"""How an operation's results become frames of its socket.

A `Deliver` is given one operation and sees it through. `deliver_alone` executes it for this one subscriber; a
delivery that executes once for many only has to send the same encoded payload to each of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

import orjson
from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError

from graphql_schema.context import Context
from graphql_schema.front import FrontSchema
from graphql_schema.http import payload_of


class Operation:
    """One operation that a client asked for, and the way its frames take."""

    def __init__(
        self,
        identifier: str,
        query: str,
        variables: dict[str, Any] | None,  # Any: JSON
        operation_name: str | None,
        context: Context[Any, Any],  # Any: caller and loaders are the schema's own affair
        send: Callable[[str], Awaitable[None]],
        forget: Callable[[Operation], None],
    ) -> None:
        self.id = identifier
        self.query = query
        self.variables = variables
        self.operation_name = operation_name
        self.context = context
        self._send = send
        self._forget = forget
        self._prefix = '{"id":' + orjson.dumps(identifier).decode() + ',"type":'
        self._task: asyncio.Task[None] | None = None
        self._over = False

    def run_by(self, task: asyncio.Task[None]) -> None:
        """Remember the task to cancel."""
        self._task = task

    def cancel(self) -> None:
        """The client has enough: nothing more is sent, and the source is closed."""
        self._over = True
        if self._task is not None:
            self._task.cancel()

    async def next(self, payload: bytes) -> None:
        """Send one result, already encoded; waits while the client's network is slow."""
        if not self._over:
            await self._send(f'{self._prefix}"next","payload":{payload.decode()}}}')

    async def error(self, errors: Sequence[GraphQLError]) -> None:
        """End the operation with errors."""
        payload = orjson.dumps([error.formatted for error in errors]).decode()
        await self._end(f'{self._prefix}"error","payload":{payload}}}')

    async def complete(self) -> None:
        """End the operation: all its results are sent."""
        await self._end(self._prefix + '"complete"}')

    async def _end(self, text: str) -> None:
        if not self._over:
            self._over = True
            self._forget(self)  # before the client hears of it and uses the id again
            await self._send(text)


Deliver = Callable[[FrontSchema, Operation], Awaitable[None]]


async def deliver_alone(schema: FrontSchema, operation: Operation) -> None:
    """Execute the operation for this socket only and send each result as it comes."""
    results = await schema.stream(
        operation.query,
        operation.variables,
        context_value=operation.context,
        operation_name=operation.operation_name,
    )
    async with aclosing(results):
        async for result in results:
            if isinstance(result, PreExecutionError):
                await operation.error(result.errors or [])
                return
            await operation.next(orjson.dumps(payload_of(result)))
    await operation.complete()
