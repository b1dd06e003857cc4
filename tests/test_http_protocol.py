"""Event streams of a real server process: they never keep it, and who does not read is dropped."""

import asyncio
import socket
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from app.events.cursor import BEGINNING
from tests.events.conftest import eventually, record
from tests.graphql_schema.event_stream_client import opened
from tests.projects.shop import a_key
from tests.server import Server, client, serving

FEED = "subscription { events(kinds: [CUSTOMER_CREATED]) { cursor } }"


async def figures(server: Server) -> dict[str, float]:
    """What the server measures."""
    async with client(server) as http:
        lines = (await http.get("/metrics")).text.splitlines()
    return {
        name: float(value)
        for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    }


async def never_reading(server: Server, secret: str) -> socket.socket:
    """A client that asks for the whole log and never reads it."""
    body = f'{{"query":"subscription {{ events(after: \\"{BEGINNING.encode()}\\") {{ event {{ details }} }} }}"}}'
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer {secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(narrow, ("127.0.0.1", server.port))
    await loop.sock_sendall(narrow, (head + body).encode())
    return narrow


async def test_open_streams_end_at_once_when_the_server_does_and_want_to_come_back(
    database: dict[str, Any], project: UUID
) -> None:
    secret = (await a_key(project)).secret
    loop = asyncio.get_running_loop()
    async with serving(database) as server, client(server) as http, AsyncExitStack() as stack:
        opening = [opened(http, FEED, authorization=f"Bearer {secret}") for _ in range(5)]
        streams = [await stack.enter_async_context(one) for one in opening]
        for stream in streams:
            assert await stream.read() is not None
        measured = await figures(server)
        assert (measured["tearoff_sockets"], measured["tearoff_subscriptions_shared"]) == (5, 5)
        began = loop.time()
        server.terminate()
        assert [await stream.rest() for stream in streams] == [[]] * 5
        assert loop.time() - began < 2
        assert await server.ended() == 0
        (closing,) = await server.logs("^closing$")
        own = [fault for fault in server.faults() if fault.get("project") in (None, project.hex)]
        assert (closing["sockets"], own) == (0, [])


async def test_a_client_that_never_reads_is_gone_within_seconds(
    database: dict[str, Any], project: UUID
) -> None:
    secret = (await a_key(project)).secret
    await record(project, *range(20_000))
    async with serving(database) as server:
        clients = [await never_reading(server, secret) for _ in range(3)]
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def followed_by(count: int) -> bool:
            measured = await figures(server)
            return (measured["tearoff_sockets"], measured["tearoff_feed_followers"]) == (count, count)

        await eventually(lambda: followed_by(3), every=0.05)
        await eventually(lambda: followed_by(0), every=0.1)
        assert loop.time() - began < 15
        # The database has other tests' projects in it, and holds that cannot be expired among them.
        assert [fault for fault in server.faults() if fault.get("project") in (None, project.hex)] == []
        for one in clients:
            one.close()


async def test_a_client_that_never_reads_does_not_keep_the_server(
    database: dict[str, Any], project: UUID
) -> None:
    secret = (await a_key(project)).secret
    await record(project, *range(20_000))
    loop = asyncio.get_running_loop()
    async with serving(database) as server:
        sleeper = await never_reading(server, secret)

        async def is_followed() -> bool:
            return (await figures(server))["tearoff_feed_followers"] == 1

        await eventually(is_followed, every=0.05)
        began = loop.time()
        server.terminate()
        assert await server.ended() == 0
        assert loop.time() - began < 5
        # The database has other tests' projects in it, and holds that cannot be expired among them.
        assert [fault for fault in server.faults() if fault.get("project") in (None, project.hex)] == []
        sleeper.close()
