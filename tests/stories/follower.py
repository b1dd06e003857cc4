"""A subscriber to a feed over a real WebSocket, which keeps what it was told and may lose its connection."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.events.cursor import Cursor
from tests.server import Server

PATIENCE_SECONDS = 30

_FEEDS = {
    "redemptions": "filter: FeedFilter; event { rolledBack redemption { id } }",
    "rejectedRedemptions": "filter: RejectedFeedFilter; event { rejectedRedemption { id } }",
}


@dataclass
class Follower:
    """`seen` are the ids of the events in the order they came; a rollback's id is followed by `undone`.

    `faults` are the codes of the errors that other operations on its socket ended with.
    """

    secret: str
    feed: str = "redemptions"
    filter: dict[str, Any] | None = None
    token: str | None = None
    seen: list[str] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)  # of what was seen
    faults: dict[str, list[str]] = field(default_factory=dict)
    connection: ClientConnection | None = None
    _reading: asyncio.Task[None] | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def cursor(self) -> str | None:
        """The last place it was told."""
        return self.cursors[-1] if self.cursors else None

    @property
    def document(self) -> str:
        takes, gives = _FEEDS[self.feed].split("; ")
        kind = takes.split(": ")[1]
        return (
            f"subscription Follow($after: Cursor, $filter: {kind})"
            f" {{ {self.feed}(after: $after, filter: $filter) {{ cursor {gives} }} }}"
        )

    async def greet(self, server: Server) -> ClientConnection:
        """Connect and be admitted."""
        connection = await self._introduce(server)
        assert orjson.loads(await connection.recv()) == {"type": "connection_ack"}
        return connection

    async def turned_away(self, server: Server) -> tuple[int | None, str | None]:
        """Connect and be refused: code and reason."""
        await self._introduce(server)
        return await self.closed()

    async def _introduce(self, server: Server) -> ClientConnection:
        self.connection = await connect(
            f"ws://127.0.0.1:{server.port}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            compression=None,
            proxy=None,
        )
        credentials = {"Authorization": f"Bearer {self.secret}", "X-Customer-Token": self.token}
        await self.send({"type": "connection_init", "payload": credentials})
        return self.connection

    async def open(self, server: Server) -> None:
        """Connect, and go on from the last cursor; from now on if there is none (it has come when this returns)."""
        connection = await self.greet(server)
        await self.subscribe("feed", self.document, after=self.cursor, filter=self.filter)
        if self.cursor is None:
            self._take(await connection.recv())
        self._reading = asyncio.create_task(self._read(connection))

    async def back(self, server: Server) -> None:
        """Where its connection was lost: connect anew, and go on from the last cursor."""
        if self._reading is None or self._reading.done():
            await self.open(server)

    async def subscribe(self, id_: str, document: str, **variables: Any) -> None:
        """Send an operation, of whatever type."""
        payload = {"query": document, "variables": variables}
        await self.send({"id": id_, "type": "subscribe", "payload": payload})

    async def send(self, frame: dict[str, Any]) -> None:
        assert self.connection is not None
        await self.connection.send(orjson.dumps(frame).decode())

    async def _read(self, connection: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for text in connection:
                if orjson.loads(text) == {"type": "ping"}:
                    await self.send({"type": "pong"})
                else:
                    self._take(text)
        self._news.set()

    def _take(self, text: str | bytes) -> None:
        frame = orjson.loads(text)
        if frame["type"] == "error":
            self.faults[frame["id"]] = [error["extensions"]["code"] for error in frame["payload"]]
            self._news.set()
            return
        assert (frame["id"], frame["type"]) == ("feed", "next"), frame
        item = frame["payload"]["data"][self.feed]
        self.cursors.append(item["cursor"])
        if item["event"] is not None:
            told = item["event"]
            thing = told.get("redemption") or told["rejectedRedemption"]
            self.seen.append(f"{thing['id']} undone" if told.get("rolledBack") else thing["id"])
            self.places[self.seen[-1]] = item["cursor"]
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until what it was told satisfies the condition."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def has_seen(self, count: int) -> None:
        """Wait until so many events have come."""
        try:
            await self.until(lambda: len(self.seen) >= count)
        except TimeoutError:
            raise AssertionError(f"{len(self.seen)} of {count} events have come") from None

    async def cut(self) -> None:
        """Lose the connection, as in a tunnel: nobody says goodbye, what is on its way is lost."""
        assert self.connection is not None
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self.connection.transport.abort()

    async def closed(self) -> tuple[int | None, str | None]:
        """Code and reason, once the server has closed."""
        assert self.connection is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.connection.wait_closed()
        return self.connection.close_code, self.connection.close_reason

    async def close(self) -> None:
        """Say goodbye properly."""
        if self.connection is not None:
            await self.connection.close()
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)


@asynccontextmanager
async def following(
    server: Server, secret: str, feed: str = "redemptions", **more: Any
) -> AsyncIterator[Follower]:
    """A subscriber from now on."""
    follower = Follower(secret, feed, **more)
    await follower.open(server)
    try:
        yield follower
    finally:
        await follower.close()


def in_order(cursors: list[str]) -> bool:
    """Whether each cursor stands behind the one before it, or at the same place (a heartbeat may repeat it)."""
    places = [Cursor.decode(cursor) for cursor in cursors]
    return places == sorted(places)
