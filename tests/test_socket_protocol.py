"""WebSockets of a real server process that share what is executed: slow, silent and broken clients harm nobody."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.projects.keys import revoke_key
from tests.conftest import NOW
from tests.events.conftest import eventually, record
from tests.projects.shop import a_key
from tests.server import Server, serving
from tests.test_http_protocol import figures

FEED = "subscription { events(kinds: [CUSTOMER_CREATED]) { cursor event { details } } }"
NOBODY = {
    "tearoff_sockets": 0,
    "tearoff_subscriptions_shared": 0,
    "tearoff_subscriptions_alone": 0,
    "tearoff_feed_followers": 0,
}


@pytest_asyncio.fixture(scope="module")
async def server(database: dict[str, Any]) -> AsyncIterator[Server]:
    """One process for all these tests; each leaves it as it was."""
    async with serving(database) as running:
        yield running


@pytest.fixture
def narrow(server: Server) -> socket.socket:
    """A connection that holds little of what its client does not read."""
    connected = socket.socket()
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connected.connect(("127.0.0.1", server.port))
    connected.setblocking(False)
    return connected


@asynccontextmanager
async def follower(server: Server, secret: str, **options: Any):
    """A client of the shared feed that has been told where it begins."""
    protocols = [Subprotocol("graphql-transport-ws")]
    address = f"ws://127.0.0.1:{server.port}/graphql"
    async with connect(address, subprotocols=protocols, compression=None, proxy=None, **options) as client:
        credentials = {"Authorization": f"Bearer {secret}"}
        await client.send(orjson.dumps({"type": "connection_init", "payload": credentials}).decode())
        assert orjson.loads(await client.recv()) == {"type": "connection_ack"}
        await client.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": FEED}}).decode())
        assert orjson.loads(await client.recv())["payload"]["data"]["events"]["event"] is None
        yield client


async def numbers(client: ClientConnection, count: int) -> list[int]:
    """The next so many events; heartbeats between them are passed over."""
    found: list[int] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            event = orjson.loads(await client.recv())["payload"]["data"]["events"]["event"]
            if event is not None:
                found.append(event["details"]["number"])
    return found


async def shows(server: Server, wanted: dict[str, float]) -> bool:
    measured = await figures(server)
    return {name: measured[name] for name in wanted} == wanted


async def test_a_slow_client_loses_nothing_and_delays_nobody(
    server: Server, project: UUID, narrow: socket.socket
) -> None:
    secret = (await a_key(project)).secret
    fallen = (await figures(server))["tearoff_shared_fallen_behind_total"]
    async with follower(server, secret) as quick, follower(server, secret, sock=narrow, max_queue=1) as slow:
        await eventually(lambda: shows(server, {"tearoff_subscriptions_shared": 2}), every=0.05)
        slow.transport.pause_reading()
        for start in range(0, 4_000, 500):
            await record(project, *range(start, start + 500))
        assert await numbers(quick, 4_000) == list(range(4_000))
        slow.transport.resume_reading()
        assert await numbers(slow, 4_000) == list(range(4_000))
        assert (await figures(server))["tearoff_shared_fallen_behind_total"] > fallen
        await eventually(lambda: shows(server, {"tearoff_subscriptions_shared": 2}), every=0.05)
        await record(project, 4_000)
        assert [await numbers(quick, 1), await numbers(slow, 1)] == [[4_000], [4_000]]
    await eventually(lambda: shows(server, NOBODY), every=0.05)


async def test_abrupt_closes_leave_nothing_behind(server: Server, project: UUID) -> None:
    secret = (await a_key(project)).secret
    async with follower(server, secret) as staying:
        for _ in range(2):
            async with AsyncExitStack() as stack:
                for _ in range(20):
                    client = await stack.enter_async_context(follower(server, secret))
                    stack.callback(client.transport.abort)
                await record(project, 1)
        assert await numbers(staying, 2) == [1, 1]
        left = {"tearoff_sockets": 1, "tearoff_subscriptions_shared": 1, "tearoff_feed_followers": 1}
        await eventually(lambda: shows(server, left), every=0.05)
    await eventually(lambda: shows(server, NOBODY), every=0.05)
    assert [fault for fault in server.faults() if fault.get("project") in (None, project.hex)] == []


async def test_a_client_that_never_reads_what_it_shares_is_gone_within_seconds(
    server: Server, project: UUID, narrow: socket.socket
) -> None:
    secret = (await a_key(project)).secret
    async with (
        follower(server, secret) as quick,
        follower(server, secret, sock=narrow, max_queue=1) as silent,
    ):
        silent.transport.pause_reading()
        began = asyncio.get_running_loop().time()
        for start in range(0, 4_000, 500):
            await record(project, *range(start, start + 500))
        assert len(await numbers(quick, 4_000)) == 4_000
        await eventually(lambda: shows(server, {"tearoff_sockets": 1}), every=0.2)
        assert asyncio.get_running_loop().time() - began < 20
        silent.transport.abort()
    await eventually(lambda: shows(server, NOBODY), every=0.05)


async def test_with_its_key_a_client_leaves_and_those_it_shared_with_go_on(
    server: Server, project: UUID
) -> None:
    doomed_key, kept_key = await a_key(project), await a_key(project)
    async with follower(server, doomed_key.secret) as doomed, follower(server, kept_key.secret) as kept:
        together = {"tearoff_subscriptions_shared": 2, "tearoff_feed_followers": 1}
        await eventually(lambda: shows(server, together), every=0.05)
        await revoke_key(project, doomed_key.key.id, NOW)
        with pytest.raises(ConnectionClosed):
            await numbers(doomed, 1)
        assert doomed.close_code == 4403
        await record(project, 5)
        assert await numbers(kept, 1) == [5]
    await eventually(lambda: shows(server, NOBODY), every=0.05)
