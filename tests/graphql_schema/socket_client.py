"""A client of the little shop over graphql-transport-ws that may send anything."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.graphql_schema.little_shop import Shop

PROTOCOL = Subprotocol("graphql-transport-ws")
INIT = {"type": "connection_init", "payload": {"Authorization": "Bearer ann"}}


class Client:
    """A raw client: sends frames as they are, reads frames as they come."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, frame: object) -> None:
        text = frame if isinstance(frame, str | bytes) else orjson.dumps(frame).decode()
        await self.connection.send(text)

    async def read(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            text = await self.connection.recv()
        assert isinstance(text, str), "frames are text"
        frame: dict[str, Any] = orjson.loads(text)
        return frame

    async def subscribe(self, id: str, query: str, **more: object) -> None:  # noqa: A002
        await self.send({"id": id, "type": "subscribe", "payload": {"query": query, **more}})

    async def closed(self) -> tuple[int | None, str | None]:
        """Read on until the server closes; its code and reason."""
        try:
            async with asyncio.timeout(10):
                while True:
                    await self.connection.recv()
        except ConnectionClosed:
            return self.connection.close_code, self.connection.close_reason

    async def lives(self) -> bool:
        """Whether the socket still answers an operation."""
        await self.subscribe("alive", "{ one }")
        frames = [await self.read() for _ in range(2)]
        return [frame["type"] for frame in frames] == ["next", "complete"]


@contextlib.asynccontextmanager
async def opened(shop: Shop, **options: Any) -> AsyncIterator[Client]:
    """A socket before connection_init."""
    async with connect(shop.ws, subprotocols=[PROTOCOL], compression=None, **options) as connection:
        assert connection.subprotocol == PROTOCOL
        yield Client(connection)


@contextlib.asynccontextmanager
async def admitted(shop: Shop, key: str = "ann", **options: Any) -> AsyncIterator[Client]:
    """A socket after connection_ack."""
    async with opened(shop, **options) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}})
        assert await client.read() == {"type": "connection_ack"}
        yield client


async def until(condition: Any) -> None:
    """Wait until something of the server's side has happened."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # what is awaited is the server's bookkeeping
            await asyncio.sleep(0.005)
