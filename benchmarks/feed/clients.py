"""A crowd of subscribers, a process of its own: `python -m benchmarks.feed.clients` reads an order, then questions.

As little Python per event as can be: events are counted in the bytes as they come. Of a few sockets the moment of
each event is kept. Every answer is a line of JSON.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import uvloop

EVENT, BEAT = b'"event":{', b'"event":null'
_AT_ONCE = 50
_PATIENCE_SECONDS = 120
_PING = b"\x89\x04"
_ASKED_FOR_PONG = b'{"type":"ping"}'


@dataclass(frozen=True, slots=True)
class CrowdOrder:
    """Whom to follow, how. `transport` is socket, stream (server-sent events) or bare; `sampled`: every so many."""

    port: int
    count: int
    transport: str
    secrets: list[str]
    documents: list[str]
    sampled: int = 50


class Subscriber(asyncio.Protocol):
    """One subscriber. `ready` when it has been told where it begins (a bare one: when it is connected)."""

    def __init__(self, order: CrowdOrder, number: int) -> None:
        self.events = 0
        self.beats = 0
        self.ready = asyncio.get_running_loop().create_future()
        self.moments: list[float] | None = [] if number % order.sampled == 0 else None
        self._order = order
        self._secret = order.secrets[number % len(order.secrets)] if order.secrets else ""
        self._document = order.documents[number % len(order.documents)] if order.documents else ""
        self._steps = 0
        self._left = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:  # Any: BaseTransport in the types, a Transport in fact
        self._transport = transport
        transport.write(self._request())

    def data_received(self, data: bytes) -> None:
        if not self.ready.done():
            self._begin(data)
            return
        joined = self._left + data
        found = joined.count(EVENT)
        self.beats += joined.count(BEAT)
        self._left = joined[1 - len(EVENT) :]  # shorter than either: nothing counts twice
        if found:
            self.events += found
            if self.moments is not None:
                self.moments.extend([time.monotonic()] * found)
        elif _PING in data or _ASKED_FOR_PONG in data:
            self._answer(data)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(RuntimeError(f"A subscriber was turned away: {self._left[-400:]!r}"))

    def _request(self) -> bytes:
        if self._order.transport == "stream":
            body = json.dumps({"query": self._document}).encode()
            return (
                b"POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer %b\r\n"
                b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
            ) % (self._secret.encode(), len(body), body)
        return (
            b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )

    def _begin(self, data: bytes) -> None:
        """Step by step: connected, greeted, told where it begins."""
        self._left += data
        marks = {"bare": (b"\r\n\r\n",), "stream": (b'"event":null',)}.get(
            self._order.transport, (b"\r\n\r\n", b"connection_ack", b'"event":null')
        )
        while self._steps < len(marks) and marks[self._steps] in self._left:
            self._steps += 1
            if self._order.transport == "socket" and self._steps == 1:
                self._say({"type": "connection_init", "payload": {"Authorization": f"Bearer {self._secret}"}})
            elif self._order.transport == "socket" and self._steps == 2:
                self._say({"id": "1", "type": "subscribe", "payload": {"query": self._document}})
        if self._steps == len(marks):
            self._left = b""
            self.ready.set_result(None)

    def _answer(self, data: bytes) -> None:
        if _ASKED_FOR_PONG in data:
            self._say({"type": "pong"})
        place = data.find(_PING)
        if place >= 0:
            self._write(b"\x8a\x84\0\0\0\0" + data[place + 2 : place + 6])

    def _say(self, frame: dict[str, Any]) -> None:
        text = json.dumps(frame).encode()
        size = len(text)
        head = bytes((0x81, 0x80 | size)) if size < 126 else b"\x81\xfe" + size.to_bytes(2, "big")
        self._write(head + b"\0\0\0\0" + text)  # masked with nothing

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)


async def follow(order: CrowdOrder) -> None:
    """Come, a few at a time; then answer questions until the input ends."""
    loop = asyncio.get_running_loop()
    crowd = [Subscriber(order, number) for number in range(order.count)]
    for first in range(0, order.count, _AT_ONCE):
        group = crowd[first : first + _AT_ONCE]
        async with asyncio.timeout(_PATIENCE_SECONDS):
            for one in group:
                await loop.create_connection(lambda one=one: one, "127.0.0.1", order.port)  # type: ignore[misc]
            await asyncio.gather(*(one.ready for one in group))
    _tell("ready")
    while question := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        if question == "count":
            counts = [one.events for one in crowd]
            _tell(
                {
                    "least": min(counts),
                    "most": max(counts),
                    "all": sum(counts),
                    "beats": sum(one.beats for one in crowd),
                }
            )
        else:
            _tell([one.moments for one in crowd if one.moments is not None])
            for one in crowd:
                if one.moments is not None:
                    one.moments.clear()


def _tell(answer: object) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(follow(CrowdOrder(**json.loads(sys.stdin.readline()))))
