"""Dashboards that follow by server-sent events: across broken connections and both processes, until their key ends."""

import asyncio
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any

import httpx

from tests.graphql_schema.event_stream_client import Message, opened
from tests.server import Server, client
from tests.stories.caller import Caller, a_cart
from tests.stories.follower import Follower, in_order
from tests.stories.shop import Shop

FEED = "subscription { redemptions { event { rolledBack redemption { id } } } }"
WALLET = "subscription { walletChanges { event { kind } } }"


@asynccontextmanager
async def streaming(server: Server, secret: str, document: str = FEED, **headers: str) -> Any:
    """An event stream of a server."""
    async with (
        client(server) as http,
        opened(http, document, authorization=f"Bearer {secret}", **headers) as stream,
    ):
        yield stream


def seen_in(message: Message) -> list[str]:
    """The id of what was redeemed, if it is no heartbeat."""
    event = message.data["data"]["redemptions"]["event"]
    return [] if event is None else [event["redemption"]["id"]]


async def end_within_a_second(stream: Any, since: float) -> str:
    """The sentence at the end of a stream that is over now."""
    fault, end = (await stream.rest())[-2:]
    assert asyncio.get_running_loop().time() - since < 1
    assert end == Message("complete", None)
    [error] = fault.data["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    sentence: str = error["message"]
    return sentence


async def test_a_dashboard_that_breaks_off_again_and_again_sees_everything_once(shop: Shop) -> None:
    await shop.code(await shop.campaign("Sale"), "SALE")
    seen: list[str] = []
    places: list[str] = []

    async def redeem() -> None:
        for order in range(60):
            await shop.callers[order % 2].redeem("SALE", cart=a_cart("12.00"), key=f"order {order}")

    async def dashboard() -> None:
        servers = cycle(caller.server for caller in shop.callers)
        while len(seen) < 60:
            resumed = {"last_event_id": places[-1]} if places else {}
            async with streaming(next(servers), shop.caller.secret, **resumed) as stream:
                for _ in range(5):
                    if len(seen) == 60:
                        break  # nothing more will come, and in a quiet log no place that is new
                    message = await stream.read()
                    places.append(message.id)
                    seen.extend(seen_in(message))
                    begun.set()

    begun = asyncio.Event()
    async with asyncio.TaskGroup() as group, asyncio.timeout(60):
        following = group.create_task(dashboard())
        await begun.wait()
        group.create_task(redeem())
        await following
    assert seen == await shop.events("redemptions") == await shop.ledger("redemptions")
    assert in_order(places)


async def test_a_place_told_by_one_way_is_a_place_of_the_other(shop: Shop) -> None:
    await shop.code(await shop.campaign("Both ways"), "BOTH")
    here, there = (caller.server for caller in shop.callers)
    async with streaming(here, shop.caller.secret) as stream:
        place = (await stream.read()).id
    for order in range(3):
        await shop.caller.redeem("BOTH", cart=a_cart("12.00"), key=f"order {order}")
    by_socket = Follower(shop.caller.secret, cursors=[place])
    await by_socket.open(there)
    await by_socket.has_seen(2)
    await by_socket.cut()
    ledger = await shop.ledger("redemptions")
    second = by_socket.places[by_socket.seen[1]]
    async with streaming(here, shop.caller.secret, last_event_id=second) as stream:
        seen: list[str] = []
        while not seen:
            seen = seen_in(await stream.read())
    assert (by_socket.seen[:2], seen) == (ledger[:2], ledger[2:])


async def test_the_streams_of_a_revoked_key_end_within_a_second_and_no_others(shop: Shop) -> None:
    key, secret = await shop.new_key(kind="MERCHANT", name="a partner", redemptionPoint="kiosk 4")
    here, there = (caller.server for caller in shop.callers)
    async with (
        streaming(here, secret) as doomed_here,
        streaming(there, secret) as doomed_there,
        streaming(there, shop.caller.secret) as kept,
    ):
        for stream in (doomed_here, doomed_there, kept):
            assert seen_in(await stream.read()) == []
        await shop.caller.do("revokeApiKey", "RevokeApiKeyInput", "apiKey { revokedAt }", id=key)
        since = asyncio.get_running_loop().time()
        for doomed in (doomed_here, doomed_there):
            assert await end_within_a_second(doomed, since) == "The key was revoked or has expired."
        async with client(here) as http:
            answer = await http.post(
                "/graphql",
                json={"query": FEED},
                headers={"authorization": f"Bearer {secret}", "accept": "text/event-stream"},
            )
        assert (answer.status_code, code_of(answer)) == (401, "KEY_REVOKED")
        await shop.code(await shop.campaign("Goes on"), "GOES-ON")
        await shop.caller.redeem("GOES-ON", cart=a_cart("9.00"), key="order 1")
        seen: list[str] = []
        while not seen:
            seen = seen_in(await kept.read())
        assert seen == await shop.ledger("redemptions")


def code_of(answer: httpx.Response) -> str:
    """The code of an answer's only error."""
    [error] = answer.json()["errors"]
    code: str = error["extensions"]["code"]
    return code


async def a_token(shop: Shop, secret: str, lives: str) -> str:
    """A token for customer ann, made with a key."""
    await shop.caller.do("upsertCustomer", "CustomerProfileInput", "customer { id }", sourceId="ann")
    async with Caller(shop.caller.server, secret) as backend:
        made = await backend.do(
            "createCustomerToken",
            "CreateCustomerTokenInput",
            "token expiresAt",
            customer={"sourceId": "ann"},
            lives=lives,
        )
    token: str = made["token"]
    return token


async def test_a_customer_s_stream_and_socket_end_with_the_token(shop: Shop) -> None:
    _, storefront = await shop.new_key(kind="STOREFRONT", name="web shop")
    token = await a_token(shop, shop.caller.secret, "PT3S")
    since = asyncio.get_running_loop().time()
    socket = Follower(storefront, token=token)
    await socket.greet(shop.callers[0].server)
    await socket.subscribe("1", WALLET)
    async with streaming(shop.callers[1].server, storefront, WALLET, x_customer_token=token) as stream:
        assert (await stream.read()).data == {"data": {"walletChanges": {"event": None}}}
        assert await end_within_a_second(stream, since + 3) == "The customer token has expired."
    assert await socket.closed() == (4403, "The customer token has expired")
    assert asyncio.get_running_loop().time() - since < 4


async def test_a_customer_s_stream_ends_with_the_key_that_made_the_token(shop: Shop) -> None:
    key, maker = await shop.new_key()
    _, storefront = await shop.new_key(kind="STOREFRONT", name="web shop")
    token = await a_token(shop, maker, "PT10M")
    async with streaming(shop.callers[1].server, storefront, WALLET, x_customer_token=token) as stream:
        await stream.read()
        await shop.caller.do("revokeApiKey", "RevokeApiKeyInput", "apiKey { revokedAt }", id=key)
        since = asyncio.get_running_loop().time()
        assert await end_within_a_second(stream, since) == "The key was revoked or has expired."
