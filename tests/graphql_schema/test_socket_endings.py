"""However a socket ends - broken, revoked, silent, at shutdown - nothing is left behind."""

import asyncio
import contextlib
import socket

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.graphql_schema.little_schema import Tally
from tests.graphql_schema.little_shop import Gate, Shop, open_shop
from tests.graphql_schema.socket_client import INIT, PROTOCOL, Client, admitted, opened, until


async def test_a_socket_that_breaks_leaves_no_task_no_source_and_no_entry(shop: Shop) -> None:
    await until(lambda: len(shop.sockets) == 0 and Tally.watching == 0)
    before = asyncio.all_tasks()
    async with opened(shop) as client:
        await client.send(INIT)
        await client.read()
        for name in ("a", "b"):
            await client.subscribe(name, "subscription { endless }")
            await client.read()
        assert (len(shop.sockets), shop.sockets.of_key("ann"), Tally.watching) == (1, 1, 2)
        client.connection.transport.abort()
        await until(lambda: len(shop.sockets) == 0)
    await until(lambda: Tally.watching == 0 and not asyncio.all_tasks() - before)
    assert shop.sockets.of_key("ann") == 0


async def test_a_socket_that_breaks_during_admission_leaves_no_task(shop: Shop) -> None:
    await until(lambda: len(shop.sockets) == 0)
    before = asyncio.all_tasks()
    async with opened(shop) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer slow"}})
        await client.send({"type": "ping"})
        assert await client.read() == {"type": "pong"}
        client.connection.transport.abort()
    await until(lambda: len(shop.sockets) == 0 and not asyncio.all_tasks() - before)


async def test_a_revoked_key_drops_its_sockets_and_no_others(shop: Shop) -> None:
    async with admitted(shop, "eve") as one, admitted(shop, "eve") as two, admitted(shop, "bob") as other:
        await one.subscribe("s", "subscription { endless }")
        await one.read()
        assert shop.sockets.close_key("eve") == 2
        assert await one.closed() == (4403, "The key was revoked")
        assert await two.closed() == (4403, "The key was revoked")
        assert await other.lives()
    await until(lambda: Tally.watching == 0)
    async with admitted(shop, "eve") as again:  # whether a key may come back is for admission to say
        assert await again.lives()


async def test_a_key_revoked_while_its_socket_is_being_admitted_is_refused(shop: Shop) -> None:
    Gate.open.clear()
    async with opened(shop) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer slow"}})
        await client.send({"type": "ping"})
        await client.read()
        shop.sockets.close_key("slow")
        Gate.open.set()
        assert await client.closed() == (4403, "UNAUTHENTICATED: The key was revoked.")
    Gate.open.clear()


async def test_a_silent_client_is_pinged_and_given_up_unless_it_answers() -> None:
    async with open_shop(ping_seconds=0.1, pong_seconds=1.5) as shop, admitted(shop) as client:
        for _ in range(8):
            assert await client.read() == {"type": "ping"}
            await client.send({"type": "pong"})
        assert await client.read() == {"type": "ping"}
        assert await client.closed() == (4499, "No pong in time")
        await until(lambda: len(shop.sockets) == 0)


async def unread(shop: Shop) -> Client:
    """One that is flooded and reads nothing."""
    host, _, port = shop.address.partition(":")
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.connect((host, int(port)))
    connection = await connect(
        shop.ws, sock=narrow, subprotocols=[PROTOCOL], compression=None, max_queue=1, ping_interval=None
    )
    client = Client(connection)
    await client.send(INIT)
    await client.read()
    await client.subscribe("f", "subscription { flood }")
    connection.transport.pause_reading()
    return client


async def test_a_client_that_reads_nothing_is_given_up_and_its_source_ended() -> None:
    async with open_shop(ping_seconds=0.2, pong_seconds=0.2) as shop:
        client = await unread(shop)
        await until(lambda: Tally.watching == 1)
        await until(lambda: Tally.watching == 0 and len(shop.sockets) == 0)
        client.connection.transport.abort()


async def test_at_shutdown_sockets_are_closed_for_a_restart_and_nothing_completes() -> None:
    async with open_shop() as shop, admitted(shop) as client:
        await client.subscribe("s", "subscription { endless }")
        await client.read()
        shop.server.should_exit = True
        frames = []
        with contextlib.suppress(ConnectionClosed):
            while True:
                frames.append(await client.read())
        assert frames == []
        assert client.connection.close_code == 1012
    await until(lambda: Tally.watching == 0)


async def test_at_shutdown_nobody_waits_for_a_client_that_reads_nothing() -> None:
    loop = asyncio.get_running_loop()
    async with open_shop() as shop:
        client = await unread(shop)
        await until(lambda: Tally.watching == 1)
        [connection] = shop.server.server_state.connections
        await until(connection.transport.get_write_buffer_size)
        began = loop.time()
        shop.server.should_exit = True
        await until(lambda: Tally.watching == 0 and len(shop.sockets) == 0)
    assert loop.time() - began < 2
    client.connection.transport.abort()


async def test_the_application_may_close_all_sockets_itself(shop: Shop) -> None:
    async with admitted(shop) as client, opened(shop) as waiting:
        shop.sockets.close_all()
        assert await client.closed() == (1012, "The service restarts")
        assert await waiting.closed() == (1012, "The service restarts")
