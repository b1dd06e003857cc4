"""graphql-transport-ws, to the letter, over Starlette's WebSocket.

A frame that breaks the protocol closes the socket with the protocol's code; an operation that is wrong only ends
itself with `error`. Codes used (docs/errors.md has their meanings): 1009, 1012, 1013, 4400, 4401, 4403, 4406, 4408,
4409, 4429, 4499, 4500. After 4500 a client of graphql-ws gives up for good; after 1013 and 4499 it comes back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import orjson
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from graphql_schema.context import Context, MakeContext
from graphql_schema.credentials import Credentials
from graphql_schema.delivery import Deliver, Operation, deliver_alone, see_through
from graphql_schema.errors import Refusal, internal_error
from graphql_schema.frames import Close, id_of, optional_object, read_frame, shortened
from graphql_schema.front import FrontSchema
from graphql_schema.http_request import request_id_of
from graphql_schema.sockets import SocketLimits
from graphql_schema.visit import Door, NoRoomError, Visit

SUBPROTOCOL = "graphql-transport-ws"
CallerT = TypeVar("CallerT")

_CLOSING_SECONDS = 2.0


class SocketEndpoint:
    """The ASGI application behind /graphql for WebSockets."""

    def __init__(
        self,
        schema: FrontSchema,
        door: Door,
        make_context: MakeContext[CallerT],
        *,
        limits: SocketLimits | None = None,
        deliver: Deliver = deliver_alone,
    ) -> None:
        self.schema = schema
        self.door = door
        self.make_context: MakeContext[Any] = make_context  # Any: the type variable ends with __init__
        self.limits = limits or SocketLimits()
        self.deliver = deliver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Connection(self, WebSocket(scope, receive, send)).serve()


class Connection:
    """One socket: reads frames in the server's own task, runs operations, and is the only place that closes."""

    def __init__(self, endpoint: SocketEndpoint, websocket: WebSocket) -> None:
        self._endpoint = endpoint
        self._websocket = websocket
        # What our own server can (app/socket_protocol.py).
        self._write_now: Callable[[bytes], bool] | None = websocket.scope.get("state", {}).get("write_now")
        self._loop = asyncio.get_running_loop()
        self._closing: Close | None = None
        self._reader: asyncio.Task[Any] | None = None  # there while it reads; Any: the server's own task
        self._is_interrupted = False
        self._late: asyncio.TimerHandle | None = None
        self._alive: asyncio.TimerHandle | None = None
        self._pinged_at: float | None = None
        self._admission: asyncio.Task[None] | None = None
        self._credentials: Credentials | None = None
        # There once we have acknowledged; Any: as in MakeContext.
        self._context: Context[Any, Any] | None = None
        self._visit: Visit | None = None
        self._operations: dict[str, Operation] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_heard = 0.0

    def close(self, code: int, reason: str) -> None:
        """Close the socket from anywhere in its event loop; the first call wins. Returns at once."""
        if self._closing is None:
            self._closing = Close(code, reason)
            if self._reader is not None and self._reader is not asyncio.current_task():
                self._is_interrupted = True
                self._reader.cancel()

    async def serve(self) -> None:
        """Talk until one side closes; leaves no task behind."""
        websocket = self._websocket
        speaks = SUBPROTOCOL in websocket.scope.get("subprotocols", ())
        await websocket.accept(SUBPROTOCOL if speaks else None)
        if not speaks:
            self.close(4406, "Subprotocol not acceptable")
        elif self._endpoint.door.sockets.is_full:
            self.close(1013, "Too many sockets")
        else:
            await self._converse()
        await self._say_goodbye()

    async def _converse(self) -> None:
        self._visit = Visit(self._endpoint.door, self)
        self._late = self._loop.call_later(self._endpoint.limits.init_seconds, self._init_is_late)
        self._last_heard = self._loop.time()
        self._keep_alive()
        self._reader = reader = asyncio.current_task()
        try:
            await self._read()
        except asyncio.CancelledError:
            if reader is None or not self._is_interrupted or reader.uncancel():
                raise  # it is the server that does not wait any longer
        finally:
            self._reader = None
            for timer in (self._late, self._alive):
                if timer is not None:
                    timer.cancel()
            self._visit.end()
            await self._end_tasks()

    def _keep_alive(self) -> None:
        """Ping a client that has been silent, and give up on one that stays silent; look again in time."""
        limits, now = self._endpoint.limits, self._loop.time()
        if self._pinged_at is not None and self._last_heard >= self._pinged_at:
            self._pinged_at = None
        if self._pinged_at is None and now - self._last_heard >= limits.ping_seconds:
            self._pinged_at = now
            self._start(self._send({"type": "ping"}))
        if self._pinged_at is None:
            patience = self._last_heard + limits.ping_seconds - now
        else:
            patience = self._pinged_at + limits.pong_seconds - now
        if patience <= 0:
            self.close(4499, "No pong in time")
        else:
            self._alive = self._loop.call_later(patience, self._keep_alive)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:  # Any: what asyncio sends
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _end_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _say_goodbye(self) -> None:
        if (close := self._closing) is not None:
            with suppress(TimeoutError, WebSocketDisconnect, WebSocketDisconnected, RuntimeError):
                # A client that reads nothing would keep us waiting for room to write the close frame.
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await self._websocket.close(close.code, shortened(close.reason))

    def _init_is_late(self) -> None:
        if self._admission is None:
            self.close(4408, "Connection initialisation timeout")

    async def _read(self) -> None:
        try:
            while self._closing is None:
                message = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                self._last_heard = self._loop.time()
                await self._handle(read_frame(message, self._endpoint.limits.message_bytes))
        except Close as close:
            self.close(close.code, close.reason)
        except (WebSocketDisconnect, WebSocketDisconnected):
            return
        except Exception as error:
            self._close_for(error)

    def _close_for(self, error: Exception) -> None:
        """Something is wrong on our side: whoever comes back soon finds it mended, unless it is a mistake of ours."""
        told = internal_error(error, "socket")
        if (told.extensions or {})["code"] == "SERVICE_UNAVAILABLE":
            self.close(1013, "The database is away or busy")
        else:
            self.close(4500, "Internal server error")

    async def _handle(self, frame: dict[str, Any]) -> None:
        match frame.get("type"):
            case "ping":
                payload = optional_object(frame, "ping")
                await self._send(
                    {"type": "pong"} if payload is None else {"type": "pong", "payload": payload}
                )
            case "pong":
                optional_object(frame, "pong")
            case "connection_init":
                self._init(optional_object(frame, "connection_init") or {})
            case "subscribe":
                await self._subscribe(frame)
            case "complete":
                operation = self._operations.pop(id_of(frame), None)
                if operation is not None:
                    operation.cancel()
            case str():
                raise Close(4400, "Invalid message: clients send no such type")
            case _:
                raise Close(4400, "Invalid message: type is missing")

    def _init(self, payload: Mapping[str, object]) -> None:
        if self._admission is not None:
            raise Close(4429, "Too many initialisation requests")
        if self._late is not None:
            self._late.cancel()
        self._credentials = Credentials.of_connection_init(payload, self._websocket.headers)
        self._admission = self._start(self._acknowledge(self._credentials))

    async def _acknowledge(self, credentials: Credentials) -> None:
        endpoint, visit = self._endpoint, self._visit
        assert visit is not None  # noqa: S101  # it began before the first frame was read
        try:
            caller = await visit.admit(credentials)
            self._context = endpoint.make_context(caller, request_id_of(self._websocket.scope))
        except NoRoomError:
            self.close(4429, "Too many sockets of this key")
        except Refusal as refusal:
            self.close(4403, f"{refusal.code}: {refusal.message}")
        except Exception as error:
            self._close_for(error)
        else:
            await self._send({"type": "connection_ack"})

    async def _admit_again(self, operation: Operation) -> bool:
        """Each operation is admitted as each request is: while a socket is open, keys and customer tokens end."""
        assert self._credentials is not None  # noqa: S101  # it has been acknowledged
        try:
            operation.context.caller = await self._endpoint.door.admit(self._credentials)
        except Refusal as refusal:
            self.close(4403, f"{refusal.code}: {refusal.message}")
            return False
        except Exception as error:
            # An `error` would end the operation for good; so its client comes back with it.
            self._close_for(error)
            return False
        return True

    async def _subscribe(self, frame: dict[str, Any]) -> None:
        identifier, payload = id_of(frame), frame.get("payload")
        if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
            raise Close(4400, "Invalid message: subscribe needs a payload with a query")
        name = payload.get("operationName")
        if name is not None and not isinstance(name, str):
            raise Close(4400, "Invalid message: operationName must be a string")
        variables = optional_object(payload, "subscribe", "variables")
        optional_object(payload, "subscribe", "extensions")
        if self._context is None:
            raise Close(4401, "Unauthorized")
        if identifier in self._operations:
            raise Close(4409, f"Subscriber for {identifier} already exists")
        operation = Operation(
            identifier,
            payload["query"],
            variables,
            name or None,
            self._context.for_operation(),
            self._send_text,
            self._forget,
            send_now=self._send_now,
        )
        if len(self._operations) >= self._endpoint.limits.operations:
            most = self._endpoint.limits.operations
            refusal = Refusal("TOO_MANY_OPERATIONS", f"A socket may run {most} operations at once.")
            await operation.error([refusal.to_error()])
            return
        self._operations[identifier] = operation
        operation.run_by(self._start(self._deliver(operation)))

    async def _deliver(self, operation: Operation) -> None:
        try:
            await see_through(self._deliver_if_admitted, self._endpoint.schema, operation)
        finally:
            self._forget(operation)

    async def _deliver_if_admitted(self, schema: FrontSchema, operation: Operation) -> None:
        if await self._admit_again(operation):
            await self._endpoint.deliver(schema, operation)

    def _forget(self, operation: Operation) -> None:
        if self._operations.get(operation.id) is operation:
            del self._operations[operation.id]

    async def _send(self, frame: dict[str, object]) -> None:
        await self._send_text(orjson.dumps(frame).decode())

    async def _send_text(self, text: str) -> None:
        """Send one frame; what cannot be sent any more because the socket is closing is dropped."""
        if self._closing is None:
            with suppress(WebSocketDisconnect, WebSocketDisconnected):
                await self._websocket.send({"type": "websocket.send", "text": text})

    def _send_now(self, frames: bytes) -> bool:
        """Send whole frames at once; False, and nothing is sent, if the client is slow or the socket is closing."""
        return self._write_now is not None and self._closing is None and self._write_now(frames)
