"""The whole service in the process of the tests, behind a real uvicorn: everything it holds can be counted."""

import asyncio
import gc
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app import main
from app.database import fetchval, pool_use
from app.events.feed import Feed
from app.lifetime import Lifetime
from app.serve import SEND_BUFFER_BYTES
from app.settings import load
from graphql_schema.sockets import Sockets
from tests.graphql_schema.little_shop import serving_here

_OURS = ("app.", "graphql_schema.", "uvicorn.", "websockets.", "starlette.", "strawberry.", "graphql.")


@dataclass
class House:
    """`url` and `port` as a Server has them."""

    port: int
    sockets: Sockets
    feed: Feed
    connections: set[Any]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def is_empty(self) -> bool:
        """Nobody is connected, and nothing is kept for anybody."""
        held = [len(self.sockets), self.feed.health().followers, len(self.connections), pool_use().busy]
        return not any(held) and not list(self.feed._tail.mailboxes())


@asynccontextmanager
async def whole_house(monkeypatch: pytest.MonkeyPatch, **variables: Any) -> AsyncIterator[House]:
    """On the database of the tests, which is open already."""
    lifetimes: list[Lifetime] = []

    async def there(_lifetime: Lifetime, _stack: AsyncExitStack) -> None:
        """Its connections are the test's."""

    def lifetime(*given: Any) -> Lifetime:
        lifetimes.append(Lifetime(*given))
        return lifetimes[-1]

    monkeypatch.setattr(Lifetime, "_reach_the_database", there)
    monkeypatch.setattr(main, "Lifetime", lifetime)
    app = main.create_app(load(token_secret="a-secret-of-the-tests-that-is-long-enough", **variables))
    [made] = lifetimes
    async with app.router.lifespan_context(app), serving_here(app, made.sockets) as shop:
        for listener in shop.server.servers[0].sockets:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        port = int(shop.address.partition(":")[2])
        yield House(port, made.sockets, made.process.feed, shop.server.server_state.connections)


def running() -> Counter[str]:
    """How many tasks there are of each kind; those of the house itself come and go."""
    return Counter(str(task.get_coro().__qualname__) for task in asyncio.all_tasks())


async def open_files() -> int:
    """Files and sockets of this process, connections to its database left aside: the pool keeps what it has opened."""
    connections: int = await fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    )
    return len(list(Path("/dev/fd").iterdir())) - connections  # noqa: ASYNC240 - no disk behind it


def living() -> Counter[str]:
    """How many objects there are of each kind that a server makes for its clients."""
    gc.collect()
    kinds = (f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())
    return Counter(kind for kind in kinds if kind.startswith(_OURS))
