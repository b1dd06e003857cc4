"""A service with two workers: streams and sockets go on at the other when one dies; nobody stays for too long."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import cycle, islice, product
from typing import Any

import httpx
import pytest_asyncio

from app.events.cursor import BEGINNING
from app.events.log import NewEvent, append
from app.events.wake import CHANNEL
from tests.events.conftest import eventually
from tests.server import Server, serving
from tests.stories.caller import UnavailableError, a_cart
from tests.stories.conftest import new_database, opened_books
from tests.stories.late_commits import KIND
from tests.stories.scene import children_of, figure_of
from tests.stories.shop import Shop, founded
from tests.stories.stubborn import GIVES, Stubborn, table_of
from tests.stories.wires import WIRES, Wire, end_of

FEED = "subscription { events { cursor event { kind details } } }"
WALLET = "subscription { walletChanges { cursor event { kind } } }"
OF_KEY, OF_TOKEN, OTHERS = 200, 20, 10
ORDERS = 40
UNREAD, READ = 8, 4
NARROW = 4_096
FILL = "x" * 20_000


@asynccontextmanager
async def two_workers(cluster: dict[str, Any], template: str) -> AsyncIterator[Shop]:
    """A shop behind one address and two workers."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(new_database(cluster, template))
        server = await stack.enter_async_context(serving(database, TEAROFF_WORKERS="2"))
        books = await stack.enter_async_context(opened_books(database))
        yield await stack.enter_async_context(founded(books, [server]))


@pytest_asyncio.fixture(scope="module")
async def shop(cluster: dict[str, Any], template: str) -> AsyncIterator[Shop]:
    """For tests that leave the service running."""
    async with two_workers(cluster, template) as shop:
        yield shop


@pytest_asyncio.fixture
async def shop_that_ends(cluster: dict[str, Any], template: str) -> AsyncIterator[Shop]:
    """For a test that ends the service."""
    async with two_workers(cluster, template) as shop:
        yield shop


async def workers_of(server: Server) -> list[int]:
    """The processes that serve."""
    return await children_of(server.process.pid, "spawn_main")


async def open_now(shop: Shop) -> float:
    """Sockets and event streams at all workers, by the metrics of any."""
    return await figure_of(shop.caller.server, "tearoff_sockets")


async def opened(shop: Shop, number: int, secret: str, document: str = FEED, **more: Any) -> Sequence[Wire]:
    """So many who follow from now on, half of them over each wire."""

    async def one(kind: str) -> Wire:
        wire = WIRES[kind](shop.caller.server, secret, **more)
        await wire.connect()
        await wire.introduce()
        await wire.subscribe(document, {})
        await wire.read()
        return wire

    return await asyncio.gather(*(one(kind) for kind in islice(cycle(WIRES), number)))


async def happens(shop: Shop, *fills: str) -> None:
    """Events that are as large as their fills."""
    now = datetime.now(UTC)
    async with shop.books.acquire() as connection:
        async with connection.transaction():
            await append(connection, [NewEvent(shop.project, KIND, {"fill": fill}, now) for fill in fills])
        await connection.execute("SELECT pg_notify($1, 'the test')", CHANNEL)


async def test_streams_and_sockets_of_a_worker_that_ends_or_dies_go_on_at_the_other(shop: Shop) -> None:
    await shop.code(await shop.campaign("Goes on"), "GOES-ON")
    server, dice = shop.caller.server, random.Random(1)  # noqa: S311
    followers = [
        Stubborn(feed, wire, shop.caller.secret, BEGINNING, lambda: server, dice)
        for feed, wire, _ in product(GIVES, WIRES, range(2))
    ]

    async def all_are_counted() -> bool:
        return await open_now(shop) == len(followers)

    async with following(followers):
        await eventually(all_are_counted, every=0.2)
        await one_worker_after_the_other(shop, followers)
        await eventually(all_are_counted, every=0.2)
        assert 0 < await figure_of(server, "tearoff_feed_followers") <= len(followers)
    # Both workers that there were at first have gone, and with either those who followed there.
    assert [follower.wire for follower in followers if not follower.deaths["broken"]] == []


@asynccontextmanager
async def following(followers: Sequence[Stubborn]) -> AsyncIterator[None]:
    """Within the block they follow."""
    for follower in followers:
        follower.start()
    try:
        yield
    finally:
        for follower in followers:
            await follower.leave()


async def one_worker_after_the_other(shop: Shop, followers: Sequence[Stubborn]) -> None:
    """Told to end, and killed; then everybody must have been told everything."""
    server = shop.caller.server
    for part, (doomed, end) in enumerate(
        zip(await workers_of(server), (signal.SIGTERM, signal.SIGKILL), strict=True)
    ):
        async with asyncio.TaskGroup() as group:
            selling = group.create_task(sell(shop, f"part {part}"))
            await followers[0].has_seen(part * ORDERS // 2 + 5)
            os.kill(doomed, end)
            await selling
        await server.logs("^open$", 3 + part)
        now = await workers_of(server)
        assert (len(now), doomed in now) == (2, False)
    for follower in followers:
        await follower.has(await table_of(shop.books, shop.project, follower.feed, BEGINNING))


async def sell(shop: Shop, name: str) -> None:
    """Half of the orders are refused; whoever is not answered asks again."""

    async def is_answered(order: int) -> bool:
        try:
            code = ("GOES-ON", "NOT-HERE")[order % 2]
            await shop.caller.redeem(code, cart=a_cart("9.00"), key=f"{name}, order {order}")
        except (httpx.TransportError, UnavailableError):
            return False
        return True

    for order in range(ORDERS):
        await eventually(partial(is_answered, order), every=0.05)


async def test_two_hundred_sockets_of_a_revoked_key_are_gone_within_a_second_and_no_others(
    shop: Shop,
) -> None:
    key, secret = await shop.new_key()
    await shop.caller.do("upsertCustomer", "CustomerProfileInput", "customer { id }", sourceId="ann")
    _, storefront = await shop.new_key(kind="STOREFRONT", name="web shop")
    doomed = await opened(shop, OF_KEY, secret)
    kept = await opened(shop, OTHERS, shop.caller.secret)
    made = await shop.caller.do(
        *("createCustomerToken", "CreateCustomerTokenInput", "token expiresAt"),
        customer={"sourceId": "ann"},
        lives="PT4S",
    )
    of_token = await opened(shop, OF_TOKEN, storefront, WALLET, token=made["token"])
    ends = [asyncio.create_task(end_of(wire)) for wire in doomed]
    token_ends = [asyncio.create_task(end_of(wire)) for wire in of_token]
    await shop.caller.do("revokeApiKey", "RevokeApiKeyInput", "apiKey { revokedAt }", id=key)
    revoked_at = asyncio.get_running_loop().time()
    told = await asyncio.gather(*ends)
    assert max(at for _, at in told) - revoked_at < 1
    assert {sentence_of(said) for said, _ in told} == {"The key was revoked or has expired"}
    expired_at = asyncio.get_running_loop().time() + seconds_until(made["expiresAt"])
    told = await asyncio.gather(*token_ends)
    assert max(at for _, at in told) - expired_at < 1
    assert {sentence_of(said) for said, _ in told} == {"The customer token has expired"}
    await happens(shop, "still there")
    for wire in kept:
        assert (await told_next(wire))["details"] == {"fill": "still there"}
        wire.cut("goodbye")


def seconds_until(instant: str) -> float:
    return (datetime.fromisoformat(instant) - datetime.now(UTC)).total_seconds()


def sentence_of(end: tuple[Any, ...]) -> str:
    """Why it ended, as a socket's closing code 4403 or a stream's last message says it."""
    if end[0] == 4403:
        return str(end[1])
    [error] = end[0]["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    return str(error["message"]).removesuffix(".")


async def told_next(wire: Wire) -> Any:
    """The next event."""
    while True:
        [item] = (await wire.read()).values()
        if item["event"] is not None and item["event"]["kind"] == KIND:
            return item["event"]


async def test_who_never_reads_is_gone_within_seconds_and_does_not_block_the_end(
    shop_that_ends: Shop,
) -> None:
    """Neither does anybody else who is connected."""
    shop = shop_that_ends
    readers = await opened(shop, READ, shop.caller.secret)
    silent = await opened(shop, UNREAD, shop.caller.secret, buffer=NARROW)
    for wire in silent:
        wire.freeze()
    loop = asyncio.get_running_loop()
    began = loop.time()
    await happens(shop, *[FILL] * 30)
    for wire in readers:
        for _ in range(30):
            await told_next(wire)

    async def only_readers_are_left() -> bool:
        return await open_now(shop) == READ

    await eventually(only_readers_are_left, every=0.2)
    assert loop.time() - began < 20
    more = await opened(shop, UNREAD, shop.caller.secret, buffer=NARROW)
    for wire in more:
        wire.freeze()
    await happens(shop, *[FILL] * 10)
    for wire in readers:
        await told_next(wire)
    began = loop.time()
    shop.caller.server.terminate()
    ends = await asyncio.gather(*(end_of(wire) for wire in readers))
    assert await shop.caller.server.ended() == 0
    assert loop.time() - began < 15  # test_socket_endings.py has the exact measure; this machine may be busy
    assert {said[:1] for said, _ in ends} == {(1012,), ()}
    assert shop.caller.server.faults() == []
    for wire in (*silent, *more):
        wire.cut("reset")
