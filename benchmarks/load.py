"""The load generator, a process of its own: `python -m benchmarks.load` reads an order and writes its results, JSON.

As little Python per request as can be: a protocol on a kept-alive connection, no parser but for the two header
fields that matter, bodies of one length with the code, key and shopper put in.
"""

import asyncio
import json
import random
import re
import resource
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import cast

import uvloop

from benchmarks.cpu import seconds_of_all
from benchmarks.deeds import CODE, KEY, SHOPPER, SHOPPERS, Codes, shopper

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_MARKS = re.compile(f"({CODE}|{KEY}|{SHOPPER})")


@dataclass(frozen=True, slots=True)
class Order:
    """What to send, to whom, how long. `watched` are processes by name, whose CPU time is told.

    A body may hold several redemptions: each mark is a draw of its own, and `granted` must come `grants` times.
    """

    port: int
    secret: str
    body: str
    granted: str
    codes: Codes
    clients: int
    seconds: float
    warm_up: float
    run: str
    watched: dict[str, int]
    grants: int = 1


@dataclass(slots=True)
class Loaded:
    """What came of it, the warm-up left out. Latencies are microseconds; CPU is in seconds of all processes."""

    requests: int = 0
    not_granted: int = 0
    seconds: float = 0.0
    latencies: list[int] = field(default_factory=list)
    cpu: dict[str, float | None] = field(default_factory=dict)
    odd_answer: str = ""


class Template:
    """The bytes of a request, made anew for each; numbers are drawn by chance, keys are counted."""

    def __init__(self, order: Order) -> None:
        self._codes, self._run, self._keys = order.codes, order.run, 0
        self._drawn = {CODE: self._code, KEY: self._key, SHOPPER: self._shopper}
        length = len(order.body.encode()) + sum(
            order.body.count(mark) * (len(draw()) - len(mark)) for mark, draw in self._drawn.items()
        )
        head = (
            "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {order.secret}\r\nContent-Length: {length}\r\n\r\n"
        )
        self._pieces = _MARKS.split(head + order.body)

    def next(self) -> bytes:
        """The next request."""
        drawn = self._drawn
        # Every second piece is a mark.
        return "".join(
            [drawn[piece]() if place % 2 else piece for place, piece in enumerate(self._pieces)]
        ).encode()

    def _code(self) -> str:
        return self._codes.code(random.randint(1, self._codes.count))

    def _key(self) -> str:
        self._keys += 1
        return f"{self._run}-{self._keys:08d}"

    def _shopper(self) -> str:
        return shopper(random.randint(1, SHOPPERS))


class Client(asyncio.Protocol):
    """One connection: sends the next request when the answer to the last one is complete."""

    def __init__(self, template: Template, order: Order, loaded: Loaded) -> None:
        self._template, self._loaded = template, loaded
        self._granted, self._grants = order.granted.encode(), order.grants
        self._received = bytearray()
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None
        self.stopping = False
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """The service has hung up: a fault, unless we have ended already."""
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("The service closed the connection."))

    def data_received(self, data: bytes) -> None:
        """Take in a part of an answer."""
        self._received += data
        end = self._received.find(_END_OF_HEAD)
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self._received) < end + 4 + length:
            return
        loaded = self._loaded
        loaded.requests += 1
        loaded.latencies.append(round((time.perf_counter() - self._sent_at) * 1e6))
        if self._received.count(self._granted) != self._grants:
            loaded.not_granted += 1
            loaded.odd_answer = self._received.decode(errors="replace")
        self._received.clear()
        if self.stopping:
            self.ended.set_result(None)
            if self._transport is not None:
                self._transport.close()
        else:
            self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent_at = time.perf_counter()
        self._transport.write(self._template.next())


async def load(order: Order) -> Loaded:
    """Carry out an order: all clients at once, a warm-up that does not count, then the time that does."""
    loop = asyncio.get_running_loop()
    template, loaded = Template(order), Loaded()
    clients = [
        (await loop.create_connection(lambda: Client(template, order, loaded), "127.0.0.1", order.port))[1]
        for _ in range(order.clients)
    ]
    ended = asyncio.gather(*(client.ended for client in clients))
    await asyncio.wait([ended], timeout=order.warm_up)
    loaded.requests = 0
    loaded.latencies.clear()
    before, began = _cpu(order), time.perf_counter()
    await asyncio.wait([ended], timeout=order.seconds)
    counted, latencies = loaded.requests, loaded.latencies[:]
    loaded.seconds, after = time.perf_counter() - began, _cpu(order)
    for client in clients:
        client.stopping = True
    await ended
    loaded.requests, loaded.latencies = counted, latencies
    loaded.cpu = {name: _difference(before[name], after[name]) for name in after}
    return loaded


def _cpu(order: Order) -> dict[str, float | None]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {**seconds_of_all(order.watched), "client": used.ru_utime + used.ru_stime}


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def main() -> None:
    """Read the order from standard input, write what came of it to standard output."""
    given = json.load(sys.stdin)
    order = Order(**{**given, "codes": Codes(**given["codes"])})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(asdict(runner.run(load(order))), sys.stdout)


if __name__ == "__main__":
    main()
