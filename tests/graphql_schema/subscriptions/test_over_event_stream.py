"""Feeds as server-sent events: history, then what happens, resumed by id; slow and broken clients harm nobody."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from app.database import transaction
from app.events.cursor import BEGINNING
from app.events.feed import Feed
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.projects.admit import Caller
from graphql_schema.credentials import Credentials
from graphql_schema.endpoint import routes
from graphql_schema.request import RequestContext
from graphql_schema.schema import make_graph, schema
from graphql_schema.sockets import Sockets
from graphql_schema.visit import Standing
from tests.conftest import NOW
from tests.events.conftest import eventually, record, running_feed
from tests.graphql_schema.asking import PROCESS, a_caller
from tests.graphql_schema.event_stream_client import Message, Stream, opened
from tests.graphql_schema.little_shop import Shop, serving_here
from tests.graphql_schema.subscriptions.following import following

FEED = (
    "subscription ($after: Cursor) { events(after: $after, kinds: [CUSTOMER_CREATED]) { event { details } } }"
)
START = {"after": BEGINNING.encode()}


@pytest.fixture
async def small_feed(database) -> AsyncIterator[Feed]:
    """A running feed with tiny mailboxes; operations find it in their process."""
    async with running_feed(mailbox_size=4, page_size=50) as feed:
        PROCESS.feed = feed
        yield feed
        del PROCESS.feed


@pytest.fixture
async def served(project, small_feed) -> AsyncIterator[tuple[Shop, httpx.AsyncClient]]:
    """The product's schema behind a real server, for one caller of the project; and a client."""
    caller = await a_caller(project)

    async def admit(_credentials: Credentials) -> Caller:
        return caller

    def context(asking: Caller, request_id: str) -> RequestContext:
        return RequestContext(
            caller=asking, now=lambda: NOW, request_id=request_id, make_loaders=make_graph, process=PROCESS
        )

    sockets = Sockets()
    api = routes(schema, admit, context, stands_on=lambda caller: Standing(caller.key), sockets=sockets)
    async with (
        serving_here(Starlette(routes=api), sockets) as shop,
        httpx.AsyncClient(base_url=f"http://{shop.address}") as client,
    ):
        yield shop, client


def number_of(message: Message | None) -> int | None:
    """The event's number, None for a heartbeat."""
    assert message is not None
    assert (message.event, "errors" in message.data) == ("next", False), message
    assert message.id is not None
    event = message.data["data"]["events"]["event"]
    return None if event is None else event["details"]["number"]


async def event_of(stream: Stream) -> Message:
    """The next message with an event: a heartbeat may come before it, while another transaction holds it back."""
    while number_of(message := await stream.read()) is None:
        pass
    assert message is not None
    return message


async def numbers(stream: Stream, count: int) -> list[int | None]:
    """The next so many events' numbers, heartbeats passed over."""
    async with asyncio.timeout(60):
        return [number_of(await event_of(stream)) for _ in range(count)]


async def test_history_comes_first_and_then_what_happens_without_a_seam(project, served):
    _, client = served
    for number in range(0, 200, 10):
        await record(project, *range(number, number + 10))

    async def go_on() -> None:
        for number in range(200, 400):
            await record(project, number)

    async with opened(client, FEED, START) as stream, asyncio.TaskGroup() as group:
        group.create_task(go_on())
        assert await numbers(stream, 400) == list(range(400))


async def test_the_last_id_resumes_as_after_does_and_wins_over_it(project, served):
    _, client = served
    await record(project, *range(10))
    async with opened(client, FEED, START) as stream:
        told = [await event_of(stream) for _ in range(5)]
    assert [number_of(message) for message in told] == [0, 1, 2, 3, 4]
    last = told[-1].id
    async with opened(client, FEED, {"after": last}) as by_after:
        assert await numbers(by_after, 5) == [5, 6, 7, 8, 9]
    async with opened(client, FEED, START, last_event_id=last) as by_header:
        assert await numbers(by_header, 5) == [5, 6, 7, 8, 9]


async def test_the_id_is_the_cursor_whoever_asks_for_it_and_a_place_for_websockets_too(project, served):
    _, client = served
    document = FEED.replace("event {", "cursor event {")
    caller = await a_caller(project)
    await record(project, *range(4))
    async with opened(client, document, START) as stream:
        told = [await event_of(stream) for _ in range(2)]
    assert [number_of(message) for message in told] == [0, 1]
    assert [message.id for message in told] == [message.data["data"]["events"]["cursor"] for message in told]
    async with following(caller, document, after=told[-1].id) as follower:
        assert (await follower.event())["details"]["number"] == 2
        place = follower.cursor
    async with opened(client, FEED, last_event_id=place) as stream:
        assert await numbers(stream, 1) == [3]


async def test_an_id_that_is_none_of_ours_is_refused_in_the_stream(served):
    _, client = served
    async with opened(client, FEED, last_event_id="yesterday") as stream:
        [fault, end] = await stream.rest()
    [error] = fault.data["errors"]
    assert (error["extensions"]["code"], error["message"]) == (
        "BAD_USER_INPUT",
        "This is not a cursor of the event log.",
    )
    assert end == Message("complete", None)


@asynccontextmanager
async def asleep(shop: Shop) -> AsyncIterator[socket.socket]:
    """A client that has asked for the feed from now on, with little room, and does not read."""
    body = (
        '{"query":"subscription { events(kinds: [CUSTOMER_CREATED]) { cursor event { at kind details } } }"}'
    )
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    narrow.setblocking(False)
    loop = asyncio.get_running_loop()
    host, _, port = shop.address.partition(":")
    await loop.sock_connect(narrow, (host, int(port)))
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Length: {len(body)}\r\n"
    )
    await loop.sock_sendall(narrow, f"{head}Content-Type: application/json\r\n\r\n{body}".encode())
    try:
        yield narrow
    finally:
        narrow.close()


async def record_at_length(project: UUID, *numbers: int) -> None:
    """As `record`, each event with some 4 kB."""
    kind = EventKind.CUSTOMER_CREATED
    async with transaction() as connection:
        events = [
            NewEvent(project, kind, {"number": number, "padding": "x" * 4_000}, NOW) for number in numbers
        ]
        await append(connection, events)
    ring()


async def test_a_slow_reader_delays_nobody_is_sent_back_to_the_log_and_loses_nothing(
    project, served, small_feed
):
    shop, client = served
    loop = asyncio.get_running_loop()
    async with asleep(shop) as slow, opened(client, FEED) as quick:
        assert number_of(await quick.read()) is None
        await eventually(lambda: small_feed.health().followers == 2)
        reading = asyncio.create_task(numbers(quick, 2_000))
        for number in range(0, 2_000, 20):
            await record_at_length(project, *range(number, number + 20))
        assert await reading == list(range(2_000))
        health = small_feed.health()
        assert (health.followers, health.fallen_behind > 0) == (2, True)
        assert sum(len(mailbox) for mailbox in small_feed._tail.mailboxes()) <= 4 * 2
        told = b""
        async with asyncio.timeout(60):
            while told.count(b'"number":1999') == 0:
                told += await loop.sock_recv(slow, 65_536)
        seen = [int(part.split(b",")[0].split(b"}")[0]) for part in told.split(b'"number":')[1:]]
        assert seen == list(range(2_000))
    await eventually(lambda: small_feed.health().followers == 0)


async def test_clients_that_break_off_leave_no_follower_no_mailbox_no_task_and_no_connection(
    project, served, small_feed
):
    shop, _ = served
    before = asyncio.all_tasks()
    async with asyncio.timeout(60):
        for _ in range(3):
            clients = []
            for _ in range(20):
                stack = asleep(shop)
                clients.append((stack, await stack.__aenter__()))
            await eventually(lambda: small_feed.health().followers == 20)
            await record(project, *range(20))
            for stack, client in clients:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                await stack.__aexit__(None, None, None)
            await eventually(lambda: small_feed.health().followers == 0)
    await eventually(lambda: not asyncio.all_tasks() - before)
    assert list(small_feed._tail.mailboxes()) == []
    assert len(shop.sockets) == 0
    assert not shop.server.server_state.connections
