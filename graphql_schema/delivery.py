"""How an operation's results become frames of its socket, or messages of its event stream.

A `Deliver` is given one operation and sees it through. `deliver_alone` executes it for this one subscriber; a
delivery that executes once for many only has to send the same encoded payload to each of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import Any, Protocol

import orjson
from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from graphql_schema.context import Context
from graphql_schema.errors import Refusal, internal_error
from graphql_schema.frames import text_frame
from graphql_schema.front import FeedResult, FrontSchema
from graphql_schema.http_answer import payload_of
from graphql_schema.shared_batch import Batch


class Form(Protocol):
    """How a transport writes what it has to tell of one operation."""

    key: str
    """Equal for operations whose results are the same bytes."""

    def wire(self, payload: bytes, cursor: str | None) -> bytes:
        """A result as it goes over the wire, for a transport that can be written to at once."""

    def next(self, payload: bytes, cursor: str | None) -> str:
        """A result, encoded; `cursor` is its place in the event log, if it has one."""

    def error(self, payload: bytes) -> str:
        """The end, with a list of errors, encoded."""

    def complete(self) -> str:
        """The end: all is told."""


class SocketForm:
    """Frames of graphql-transport-ws."""

    __slots__ = ("_head", "_prefix", "key")

    def __init__(self, identifier: str) -> None:
        self._prefix = '{"id":' + orjson.dumps(identifier).decode() + ',"type":'
        # Not the bare id, which the client chooses: it could be the key of event streams.
        self.key = self._prefix
        self._head = (self._prefix + '"next","payload":').encode()

    def wire(self, payload: bytes, cursor: str | None) -> bytes:
        """A whole text frame."""
        return text_frame(b"%b%b}" % (self._head, payload))

    def next(self, payload: bytes, cursor: str | None) -> str:
        """The cursor is in the payload, for whoever has asked for it."""
        return f'{self._prefix}"next","payload":{payload.decode()}}}'

    def error(self, payload: bytes) -> str:
        """The type `error`."""
        return f'{self._prefix}"error","payload":{payload.decode()}}}'

    def complete(self) -> str:
        """The type `complete`."""
        return self._prefix + '"complete"}'


class Operation:
    """One operation that a client asked for, and the way its frames take.

    `allowed` are the kinds of operations that may be executed; None: all. `send` waits while the client's network is
    slow; `send_now(bytes)` writes what the form has wired, or says at once that it cannot.
    """

    def __init__(
        self,
        identifier: str,
        query: str,
        variables: dict[str, Any] | None,  # Any: JSON
        operation_name: str | None,
        context: Context[Any, Any],  # Any: caller and loaders are the schema's own affair
        send: Callable[[str], Awaitable[None]],
        forget: Callable[[Operation], None],
        *,
        form: Form | None = None,
        allowed: Iterable[OperationType] | None = None,
        send_now: Callable[[bytes], bool] | None = None,
    ) -> None:
        self.id = identifier
        self.query = query
        self.variables = variables
        self.operation_name = operation_name
        self.context = context
        self._send = send
        self._forget = forget
        self._send_now = send_now
        self._form = form or SocketForm(identifier)
        self.allowed = allowed
        self._task: asyncio.Task[None] | None = None
        self._over = False

    def forget_request(self) -> None:
        """It has begun: what was asked is not needed again, and may be long."""
        self.query, self.variables = "", None

    def run_by(self, task: asyncio.Task[None]) -> None:
        """Remember the task to cancel."""
        self._task = task

    def cancel(self) -> None:
        """The client has enough: nothing more is sent, and the source is closed."""
        self._over = True
        if self._task is not None:
            self._task.cancel()

    async def next(self, payload: bytes, cursor: str | None = None) -> None:
        """Send one result, already encoded; waits while the client's network is slow.

        `cursor` is the result's place in the event log, if it has one.
        """
        if not self._over:
            await self._send(self._form.next(payload, cursor))

    def next_now(self, batch: Batch) -> bool:
        """Send some results at once; False, and nothing is sent, if the client would have to be waited for."""
        if self._over:
            return True
        return self._send_now is not None and self._send_now(batch.wired(self._form))

    async def error(self, errors: Sequence[GraphQLError]) -> None:
        """End the operation with errors."""
        await self._end(self._form.error(orjson.dumps([error.formatted for error in errors])))

    async def complete(self) -> None:
        """End the operation: all its results are sent."""
        await self._end(self._form.complete())

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
        allowed_operation_types=operation.allowed,
    )
    async with aclosing(results):
        async for result in results:
            if isinstance(result, PreExecutionError):
                await operation.error(result.errors or [])
                return
            cursor = result.cursor if isinstance(result, FeedResult) else None
            await operation.next(orjson.dumps(payload_of(result)), cursor)
    await operation.complete()


async def see_through(deliver: Deliver, schema: FrontSchema, operation: Operation) -> None:
    """Deliver the operation; whatever goes wrong is the end of this one operation, told as its error."""
    try:
        await deliver(schema, operation)
    except Refusal as refusal:
        await operation.error([refusal.to_error()])
    except Exception as error:
        await operation.error([internal_error(error, operation.operation_name or "operation")])
