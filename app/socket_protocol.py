"""uvicorn's WebSockets, lighter, with a way to write to many of them without waiting for any, at shutdown neither."""

import asyncio
from typing import Any, Generic, TypeVar, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

Message = TypeVar("Message")


class Inbox(Generic[Message]):
    """As much of asyncio.Queue as uvicorn asks for: one reader, and seldom more than one message. 2 KiB lighter."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Message) -> None:
        """Leave a message for the reader."""
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Message:
        """The oldest message, as soon as there is one."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)

    def empty(self) -> bool:
        """Whether there is none."""
        return not self._messages


class SocketProtocol(WebSocketsSansIOProtocol):
    """Gives an application one word in `scope["state"]`: `write_now(frames)` (see the method)."""

    def __init__(self, *arguments: Any, **more: Any) -> None:  # Any: uvicorn's own four arguments
        super().__init__(*arguments, **more)
        self.queue = cast("asyncio.Queue[Any]", Inbox[Any]())  # Any: ASGI messages

    def handle_connect(self, event: Request) -> None:
        """A handshake has come."""
        super().handle_connect(event)
        if self.response.status_code == 101:
            self.scope["state"]["write_now"] = self.write_now

    def start_keepalive(self) -> None:
        """The handshake is done: what it was about is needed no more, and 3 KiB for each socket that is open."""
        super().start_keepalive()
        del self.request, self.response

    def shutdown(self) -> None:
        """The server is about to end; a client that has not read what was sent before will not read that either."""
        does_not_read = self.transport.get_write_buffer_size() > 0
        super().shutdown()
        if does_not_read:
            self.transport.abort()  # it will go on from what it has read; nobody waits for it

    def write_now(self, frames: bytes) -> bool:
        """Write whole frames; False, and nothing is written, unless the client keeps up and the socket is open.

        What the transport holds back for a client is bounded by its high-water mark and one call.
        """
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.conn.extensions:
            return False
        if self.conn.state is not State.OPEN:
            return False
        self.transport.write(frames)
        return True
