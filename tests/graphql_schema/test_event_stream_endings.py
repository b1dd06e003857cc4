"""However an event stream ends - broken, revoked, unread, at shutdown - nothing is left behind."""

import asyncio
import socket

import httpx
import pytest

from tests.graphql_schema.event_stream_client import Message, opened
from tests.graphql_schema.http_client import KEY
from tests.graphql_schema.little_schema import Tally
from tests.graphql_schema.little_shop import Gate, Shop, open_shop
from tests.graphql_schema.socket_client import admitted, until
from tests.graphql_schema.socket_client import opened as socket_opened

ENDLESS = "subscription { endless }"
FIRST = Message("next", {"data": {"endless": 0}})


def request(query: str, key: str = "ann") -> bytes:
    """A request as it goes over the wire."""
    body = f'{{"query":"{query}"}}'
    return (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nAccept: text/event-stream\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def connected(shop: Shop, query: str, key: str = "ann", buffer: int = 65_536) -> socket.socket:
    """A client that has asked and reads nothing."""
    host, _, port = shop.address.partition(":")
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    narrow.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(narrow, (host, int(port)))
    await loop.sock_sendall(narrow, request(query, key))
    return narrow


def end_of(told: list[Message]) -> tuple[str, str]:
    """Code and sentence of a stream that was ended with a reason."""
    [fault, end] = told
    [error] = fault.data["errors"]
    assert end == Message("complete", None)
    return error["extensions"]["code"], error["message"]


async def test_clients_that_break_off_leave_no_task_no_source_and_no_entry(shop: Shop) -> None:
    await until(lambda: len(shop.sockets) == 0 and Tally.watching == 0)
    before = asyncio.all_tasks()
    clients = [await connected(shop, ENDLESS) for _ in range(20)]
    await until(lambda: Tally.watching == 20)
    assert (len(shop.sockets), shop.sockets.of_key("ann")) == (20, 20)
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # a reset, no goodbye
        client.close()
    await until(lambda: Tally.watching == 0 and len(shop.sockets) == 0)
    await until(lambda: not asyncio.all_tasks() - before)
    assert shop.sockets.of_key("ann") == 0
    assert not shop.server.server_state.connections


async def test_a_client_that_breaks_off_while_it_is_admitted_leaves_nothing(shop: Shop) -> None:
    Gate.open.clear()
    client = await connected(shop, ENDLESS, "slow")
    await until(lambda: len(shop.sockets) == 1)
    client.close()
    Gate.open.set()
    await until(lambda: len(shop.sockets) == 0 and Tally.watching == 0)
    Gate.open.clear()


async def test_a_revoked_key_ends_its_streams_with_a_reason_and_no_others(
    shop: Shop, client: httpx.AsyncClient
) -> None:
    eve = "Bearer eve"
    async with (
        opened(client, ENDLESS, authorization=eve) as one,
        opened(client, ENDLESS, authorization=eve) as two,
        opened(client, ENDLESS, authorization="Bearer bob") as other,
    ):
        assert [await stream.read() for stream in (one, two, other)] == [FIRST] * 3
        assert shop.sockets.close_key("eve") == 2
        for stream in (one, two):
            assert end_of(await stream.rest()) == ("UNAUTHENTICATED", "The key was revoked.")
        await until(lambda: Tally.watching == 1)
        assert (shop.sockets.of_key("eve"), shop.sockets.of_key("bob")) == (0, 1)


async def test_a_key_revoked_while_its_stream_is_being_admitted_is_refused(
    shop: Shop, client: httpx.AsyncClient
) -> None:
    Gate.open.clear()
    body = {"query": ENDLESS}
    headers = {"authorization": "Bearer slow", "accept": "text/event-stream"}
    asking = asyncio.create_task(client.post("/graphql", json=body, headers=headers))
    await until(lambda: len(shop.sockets) == 1)
    shop.sockets.close_key("slow")
    Gate.open.set()
    answer = await asking
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (401, "The key was revoked.")
    await until(lambda: len(shop.sockets) == 0)
    Gate.open.clear()


async def test_a_customer_token_ends_streams_and_sockets_with_itself(
    shop: Shop, client: httpx.AsyncClient
) -> None:
    async with opened(client, ENDLESS, x_customer_token="short") as stream, socket_opened(shop) as by_socket:
        credentials = {"authorization": "Bearer ann", "x-customer-token": "short"}
        await by_socket.send({"type": "connection_init", "payload": credentials})
        assert await by_socket.read() == {"type": "connection_ack"}
        assert await stream.read() == FIRST
        assert end_of(await stream.rest()) == ("UNAUTHENTICATED", "The customer token has expired.")
        assert await by_socket.closed() == (4403, "The customer token has expired")


async def test_a_customer_token_ends_with_the_key_that_made_it(shop: Shop, client: httpx.AsyncClient) -> None:
    async with opened(client, ENDLESS, x_customer_token="long made by bob") as stream:
        assert await stream.read() == FIRST
        assert set(shop.sockets.open_keys()) == {"ann", "bob"}
        assert shop.sockets.of_key("bob") == 0
        assert shop.sockets.close_key("bob") == 1
        assert end_of(await stream.rest()) == ("UNAUTHENTICATED", "The key was revoked.")
    await until(lambda: shop.sockets.open_keys() == [])


async def test_a_client_that_reads_nothing_is_given_up_and_its_connection_dropped() -> None:
    async with open_shop(ping_seconds=0.2, pong_seconds=0.2) as shop:
        client = await connected(shop, "subscription { flood }", buffer=4_096)
        await until(lambda: Tally.watching == 1)
        await until(lambda: Tally.watching == 0 and len(shop.sockets) == 0)
        await until(lambda: not shop.server.server_state.connections)
        client.close()


async def test_a_client_that_reads_nothing_delays_nobody_and_is_revoked_all_the_same() -> None:
    async with (
        open_shop() as shop,
        httpx.AsyncClient(base_url=f"http://{shop.address}", headers=KEY) as other,
        opened(other, "subscription { count(upTo: 500) }") as stream,
    ):
        client = await connected(shop, "subscription { flood }", "eve", buffer=4_096)
        await until(lambda: Tally.watching == 1)
        assert len(await stream.rest()) == 501
        shop.sockets.close_key("eve")
        await until(lambda: Tally.watching == 0 and shop.sockets.of_key("eve") == 0)
        client.close()


@pytest.mark.parametrize("query", [ENDLESS, "subscription { flood }"])
async def test_at_shutdown_streams_end_at_once_read_or_unread(query: str) -> None:
    loop = asyncio.get_running_loop()
    async with open_shop() as shop:
        client = await connected(shop, query, buffer=4_096)
        await until(lambda: Tally.watching == 1)
        began = loop.time()
        shop.server.should_exit = True
        await until(lambda: Tally.watching == 0 and len(shop.sockets) == 0)
    assert loop.time() - began < 2
    client.close()


async def test_at_shutdown_nothing_completes_so_that_clients_come_back() -> None:
    async with (
        open_shop() as shop,
        httpx.AsyncClient(base_url=f"http://{shop.address}", headers=KEY) as client,
        opened(client, ENDLESS) as stream,
        admitted(shop),
    ):
        assert await stream.read() == FIRST
        shop.server.should_exit = True
        assert await stream.rest() == []


async def test_a_stream_that_begins_while_the_server_ends_is_over_at_once() -> None:
    Gate.open.clear()
    loop = asyncio.get_running_loop()
    async with open_shop() as shop:
        client = await connected(shop, ENDLESS, "slow")
        await until(lambda: len(shop.sockets) == 1)
        shop.server.should_exit = True
        await until(lambda: not shop.server.servers[0].is_serving())
        await asyncio.sleep(0)
        began = loop.time()
        Gate.open.set()
    assert loop.time() - began < 2
    assert (len(shop.sockets), Tally.watching) == (0, 0)
    Gate.open.clear()
    client.close()
