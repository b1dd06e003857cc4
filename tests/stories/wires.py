"""The two wires to a feed, a WebSocket and an event stream, bare enough to be cut in the middle of anything."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Subprotocol

# Closing codes after which graphql-ws comes back by itself (as after 4403, which is no answer to a key that is good).
COMES_BACK = {None, 1000, 1001, 1005, 1006, 1012, 1013, 1014, 4408, 4499}
_LINGER_NOT = b"\1\0\0\0\0\0\0\0"
_LONGEST_LINE = 4 * 1_048_576


class BrokenError(Exception):
    """The wire is cut, or the server is away for a while: its client comes back."""


class FaultError(Exception):
    """The server has said something after which a client would not come back."""


class HasPort(Protocol):
    """A server, wherever it runs."""

    port: int


class Wire(Protocol):
    """One connection. Its steps raise BrokenError and FaultError."""

    async def connect(self) -> None:
        """Be connected, and nothing more."""

    async def introduce(self) -> None:
        """Say who is there, without waiting for an answer."""

    async def subscribe(self, document: str, variables: dict[str, str]) -> None:
        """Be admitted, and ask for the feed."""

    async def read(self) -> dict[str, Any]:
        """The data of the next item."""

    def freeze(self) -> None:
        """Read nothing from now on."""

    def cut(self, way: str) -> None:
        """Break off: `reset`, `vanish`, `half` (in the middle of a message) or `goodbye`. Returns at once."""


class SocketWire:
    """graphql-transport-ws."""

    def __init__(
        self, server: HasPort, secret: str, buffer: int | None = None, token: str | None = None
    ) -> None:
        self._server, self._secret, self._buffer, self._token = server, secret, buffer, token
        self._connection: ClientConnection | None = None

    @property
    def _there(self) -> ClientConnection:
        if self._connection is None:
            raise BrokenError
        return self._connection

    async def connect(self) -> None:
        try:
            self._connection = await connect(
                sock=await _dialled(self._server.port, self._buffer),
                uri=f"ws://127.0.0.1:{self._server.port}/graphql",
                subprotocols=[Subprotocol("graphql-transport-ws")],
                compression=None,
                proxy=None,
                ping_interval=None,
                close_timeout=1,
            )
        except (OSError, InvalidHandshake, InvalidMessage, TimeoutError) as failure:
            raise BrokenError from failure

    async def introduce(self) -> None:
        credentials = {"Authorization": f"Bearer {self._secret}", "X-Customer-Token": self._token}
        await self._send({"type": "connection_init", "payload": credentials})

    async def subscribe(self, document: str, variables: dict[str, str]) -> None:
        frame = await self._receive()
        assert frame == {"type": "connection_ack"}, frame
        payload = {"query": document, "variables": variables}
        await self._send({"id": "feed", "type": "subscribe", "payload": payload})

    async def read(self) -> dict[str, Any]:
        while True:
            frame = await self._receive()
            if frame["type"] == "ping":
                await self._send({"type": "pong"})
            elif frame["type"] == "next" and "errors" not in frame["payload"]:
                data: dict[str, Any] = frame["payload"]["data"]
                return data
            else:
                raise FaultError(frame)

    async def _receive(self) -> dict[str, Any]:
        try:
            frame: dict[str, Any] = orjson.loads(await self._there.recv())
        except ConnectionClosed:
            code = self._there.close_code
            if code not in COMES_BACK:
                raise FaultError(code, self._there.close_reason) from None
            raise BrokenError(code, self._there.close_reason) from None
        return frame

    async def _send(self, frame: dict[str, Any]) -> None:
        try:
            await self._there.send(orjson.dumps(frame).decode())
        except ConnectionClosed:
            await self._receive()  # what was said at the end
            raise BrokenError from None

    def freeze(self) -> None:
        if self._connection is not None:
            self._connection.transport.pause_reading()

    def cut(self, way: str) -> None:
        if self._connection is None:
            return
        if way == "goodbye":
            self._connection.transport.write(b"\x88\x82\0\0\0\0\x03\xe8")  # a close frame with 1000
        elif way == "half":
            # A frame that says it has 1,000 bytes, and has eleven.
            self._connection.transport.write(b'\x81\xfe\x03\xe8\0\0\0\0{"id":"feed')
        _let_go(self._connection.transport, way)


class StreamWire:
    """Server-sent events, as graphql-sse asks for them."""

    def __init__(
        self, server: HasPort, secret: str, buffer: int | None = None, token: str | None = None
    ) -> None:
        self._server, self._secret, self._buffer, self._token = server, secret, buffer, token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._rest = b""

    async def connect(self) -> None:
        try:
            self._reader, self._writer = await asyncio.open_connection(
                sock=await _dialled(self._server.port, self._buffer), limit=_LONGEST_LINE
            )
        except OSError as failure:
            raise BrokenError from failure

    async def introduce(self) -> None:
        self._write(
            "POST /graphql HTTP/1.1\r\nHost: shop\r\nAccept: text/event-stream\r\n"
            f"Content-Type: application/json\r\nAuthorization: Bearer {self._secret}\r\n"
            + (f"X-Customer-Token: {self._token}\r\n" if self._token else "")
        )

    async def subscribe(self, document: str, variables: dict[str, str]) -> None:
        body = orjson.dumps({"query": document, "variables": variables}).decode()
        self._write(f"Content-Length: {len(body)}\r\n\r\n{body}")
        head = (await self._until(b"\r\n\r\n")).decode()
        status = int(head.split()[1])
        if status == 503:
            raise BrokenError
        if status != 200:
            raise FaultError(head)

    async def read(self) -> dict[str, Any]:
        while True:
            while b"\n\n" not in self._rest:
                size = int(await self._until(b"\r\n"), 16)
                if size == 0:
                    raise BrokenError
                self._rest += (await self._until(b"\r\n", at_least=size + 2))[:size]
                while self._rest.startswith(b":\n"):
                    self._rest = self._rest[2:]
            message, self._rest = self._rest.split(b"\n\n", 1)
            fields = dict(line.split(b": ", 1) for line in message.split(b"\n"))
            told = orjson.loads(fields[b"data"])
            if fields[b"event"] != b"next" or "errors" in told:
                raise FaultError(told)
            data: dict[str, Any] = told["data"]
            [item] = data.values()
            assert item["cursor"] == fields[b"id"].decode()
            return data

    async def _until(self, end: bytes, at_least: int | None = None) -> bytes:
        if self._reader is None:
            raise BrokenError
        try:
            if at_least is not None:
                return await self._reader.readexactly(at_least)
            return await self._reader.readuntil(end)
        except (OSError, asyncio.IncompleteReadError) as failure:
            raise BrokenError from failure

    def _write(self, text: str) -> None:
        if self._writer is None:
            raise BrokenError
        self._writer.write(text.encode())

    def freeze(self) -> None:
        if self._writer is not None:
            self._writer.transport.pause_reading()  # type: ignore[attr-defined]  # of a TCP connection

    def cut(self, way: str) -> None:
        if self._writer is None:
            return
        if way == "half":
            self._writer.write(b"POST /graphql HTTP/1.1\r\nContent-Le")
        _let_go(self._writer.transport, way)


async def _dialled(port: int, buffer: int | None) -> socket.socket:
    """Connected; with at most so many bytes in the kernel that nobody has read yet."""
    dialled = socket.socket()
    dialled.setblocking(False)
    try:
        if buffer is not None:
            dialled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        await asyncio.get_running_loop().sock_connect(dialled, ("127.0.0.1", port))
    except BaseException:
        dialled.close()
        raise
    return dialled


def _let_go(transport: asyncio.WriteTransport, way: str) -> None:
    """`reset` says nothing, not even the end of the stream; the other ways leave in good order or in bad."""
    if way == "reset":
        with suppress(OSError):  # the server may have closed it a moment ago
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        transport.abort()
    elif way == "vanish":
        transport.abort()
    else:
        transport.close()


WIRES: dict[str, type[SocketWire] | type[StreamWire]] = {"socket": SocketWire, "stream": StreamWire}


async def end_of(wire: Wire) -> Any:
    """Read on until the server ends it: what it says then, and the moment of the loop's clock."""
    try:
        while True:
            await wire.read()
    except (BrokenError, FaultError) as end:
        return end.args, asyncio.get_running_loop().time()


@asynccontextmanager
async def wired(kind: str, server: HasPort, secret: str) -> AsyncIterator[Wire]:
    """A wire that is let go at the end, whatever has become of it."""
    wire = WIRES[kind](server, secret)
    try:
        yield wire
    finally:
        wire.cut("vanish")
