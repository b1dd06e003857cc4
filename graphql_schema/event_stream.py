"""graphql-sse in distinct connections mode: one operation, answered as server-sent events.

Each result is a `next`; the end is `complete`. A result from the event log has its cursor as `id`, and a client that
comes back with `Last-Event-ID` goes on behind it. What is wrong with the request is answered in JSON with a status;
once it is accepted, what is wrong with the operation is a `next` with errors, and `complete`: a client of the protocol
reads no other. A stream that ends without `complete` wants its client back.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types.graphql import OperationType

from graphql_schema.context import MakeContext
from graphql_schema.credentials import Credentials
from graphql_schema.delivery import Deliver, Operation, see_through
from graphql_schema.errors import Refusal
from graphql_schema.frames import Close
from graphql_schema.front import FrontSchema
from graphql_schema.http_request import GraphQLRequest
from graphql_schema.negotiation import EVENT_STREAM
from graphql_schema.sockets import SocketLimits
from graphql_schema.visit import Door, Visit

CallerT = TypeVar("CallerT")

RESTART = 1012
# A comment. Clients of the protocol take a line alone in all their versions, an empty line after it not in all.
COMMENT = ":\n"

_HEADERS = {
    "Content-Type": f"{EVENT_STREAM}; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",  # proxies shall pass on each event as it comes
    "Vary": "Accept",
}
_CLOSING_SECONDS = 2.0
_LINES = re.compile(r"\r\n|\r|\n")


class EventForm:
    """Messages of an event stream."""

    key = EVENT_STREAM  # they do not name their operation: all streams that share are sent the same

    def wire(self, payload: bytes, cursor: str | None) -> bytes:
        """A message; the transport makes a piece of the answer of it."""
        return self.next(payload, cursor).encode()

    def next(self, payload: bytes, cursor: str | None) -> str:
        """A result, under its cursor."""
        return message("next", payload.decode(), cursor)

    def error(self, payload: bytes) -> str:
        """The protocol has no other way to say it than a result with errors."""
        return message("next", f'{{"errors":{payload.decode()}}}') + self.complete()

    def complete(self) -> str:
        """With empty data: a browser's EventSource passes over a message without any."""
        return message("complete", "")


def message(event: str, data: str, identifier: str | None = None) -> str:
    """One message of an event stream, however many lines its data has."""
    head = f"event: {event}\n" if identifier is None else f"event: {event}\nid: {identifier}\n"
    lines = "".join(f"data: {line}\n" if line else "data:\n" for line in _LINES.split(data))
    return f"{head}{lines}\n"


class EventStreams:
    """Makes the event streams of an endpoint; with sockets they share door, limits and way of delivery."""

    def __init__(
        self,
        schema: FrontSchema,
        door: Door,
        make_context: MakeContext[CallerT],
        *,
        limits: SocketLimits,
        deliver: Deliver,
    ) -> None:
        self.schema = schema
        self.door = door
        self.make_context: MakeContext[Any] = make_context  # Any: the type variable ends with __init__
        self.limits = limits
        self.deliver = deliver

    async def answer(
        self,
        headers: Mapping[str, str],
        read: Callable[[], Awaitable[GraphQLRequest]],
        allowed: Iterable[OperationType],
        request_id: str,
    ) -> EventStream:
        """The stream for a request. Raises Refusal where it is not accepted; then nothing is left behind."""
        if self.door.sockets.is_full:
            raise Refusal("SERVICE_UNAVAILABLE", "Too many sockets are open here: ask again in a second.")
        stream = EventStream(self)
        try:
            caller = await stream.visit.admit(Credentials.of_request(headers))
            request = await read()
            context = self.make_context(caller, request_id).for_operation()
            context.resume_after = headers.get("last-event-id") or None
            stream.operation = Operation(
                "",
                request.query,
                request.variables,
                request.operation_name,
                context,
                stream.write,
                lambda _: None,
                form=EventForm(),
                send_now=stream.write_now,
                allowed=frozenset({*allowed, OperationType.SUBSCRIPTION}),
            )
        except BaseException:
            stream.visit.end()
            raise
        return stream


class EventStream(Response):
    """An answer that goes on until its operation, its client or its key does."""

    operation: Operation

    def __init__(self, streams: EventStreams) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._streams = streams
        self._loop = asyncio.get_running_loop()
        self._closing: asyncio.Future[Close] = self._loop.create_future()
        self._wrote_at = self._loop.time()
        self._blocked_since: float | None = None
        self._send: Send | None = None
        self._write_now: Callable[[bytes], bool] | None = (
            None  # what our own server can (app/http_protocol.py)
        )
        self.visit = Visit(streams.door, self)

    def close(self, code: int, reason: str) -> None:
        """End the stream from anywhere in its event loop; the first call wins. Returns at once."""
        if not self._closing.done():
            self._closing.set_result(Close(code, reason))

    async def write(self, text: str) -> None:
        """Send some text; waits while the client's network is slow, and once the stream is closing for ever."""
        if self._send is None or self._closing.done():
            await self._loop.create_future()  # whoever sends is about to be cancelled
            return
        self._blocked_since = self._loop.time()
        try:
            await self._send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            # To a client that is gone one sends without waiting; somebody has to get the turn to notice that.
            await asyncio.sleep(0)
        finally:
            self._blocked_since = None
            self._wrote_at = self._loop.time()

    def write_now(self, data: bytes) -> bool:
        """Send some messages at once; False, and nothing is sent, if the client is slow or the stream is closing."""
        if self._write_now is None or self._closing.done() or not self._write_now(data):
            return False
        self._wrote_at = self._loop.time()
        return True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})
        self._write_now = state.get("write_now")
        state["close_at_shutdown"] = lambda: self.close(RESTART, "The service restarts")
        if state.get("is_ending"):
            state["close_at_shutdown"]()
        reader = asyncio.create_task(_gone(receive))
        try:
            is_patient = await self._converse(reader, send)
            if not reader.done() and not (is_patient and await self._say_goodbye(send)):
                # What is left in the buffers would be kept for a client that does not read.
                state.get("abort", _nothing)()
                await asyncio.wait({reader}, timeout=_CLOSING_SECONDS)
        finally:
            await _ended({reader})

    async def _converse(self, reader: asyncio.Task[None], send: Send) -> bool:
        """Send until it is over; leaves no other task. False if the client has taken nothing for too long."""
        tasks: set[asyncio.Task[None]] = set()
        try:
            delivery = asyncio.create_task(self._deliver(send))
            tasks.add(delivery)
            return await self._keep_alive(reader, delivery, tasks)
        finally:
            self.visit.end()
            await _ended(tasks)
            self.close(RESTART, "")

    async def _deliver(self, send: Send) -> None:
        self._blocked_since = self._loop.time()
        await self._begin(send)
        await self.write(COMMENT)
        await see_through(self._streams.deliver, self._streams.schema, self.operation)

    async def _begin(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        self._send = send

    async def _keep_alive(
        self,
        reader: asyncio.Task[None],
        delivery: asyncio.Task[None],
        tasks: set[asyncio.Task[None]],
    ) -> bool:
        """Wait for the end, with a comment in quiet times; False for a client that has taken nothing for too long."""
        limits = self._streams.limits
        ends: set[asyncio.Future[Any]] = {reader, delivery, self._closing}  # Any: of a task or a future
        while True:
            now = self._loop.time()
            if self._blocked_since is not None:
                patience = self._blocked_since + limits.pong_seconds - now
                if patience <= 0:
                    return False
            else:
                patience = self._wrote_at + limits.ping_seconds - now
                if patience <= 0:
                    self._wrote_at, patience = now, limits.ping_seconds
                    comment = asyncio.create_task(self.write(COMMENT))
                    tasks.add(comment)
                    comment.add_done_callback(tasks.discard)
            done, _ = await asyncio.wait(ends, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return True

    async def _say_goodbye(self, send: Send) -> bool:
        """End the answer, saying why if its key has ended; False if the client leaves no room even for that."""
        close = self._closing.result()
        last = ""
        if close.code == 4403:
            refusal = Refusal("UNAUTHENTICATED", f"{close.reason}.")
            last = EventForm().error(orjson.dumps([refusal.to_error().formatted]))
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                if self._send is None:
                    await self._begin(send)
                await send({"type": "http.response.body", "body": last.encode(), "more_body": False})
            return True
        return False


async def _gone(receive: Receive) -> None:
    """Wait until the client is gone; whatever else it may still send is of no interest."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _nothing() -> None:
    """Where the server has no way to hang up, it ends the connection when the answer does."""
