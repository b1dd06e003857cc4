"""What closes a socket at the door, or for what was sent: each with the code and reason of the protocol."""

import asyncio

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from graphql_schema.sockets import Sockets
from tests.graphql_schema.little_shop import Gate, Shop, open_shop
from tests.graphql_schema.socket_client import INIT, Client, admitted, opened, until


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "",
        "{",
        "7",
        '"ping"',
        "null",
        "[]",
        "[{}]",
        "{}",
        '{"type": 1}',
        '{"type": null}',
        '{"type": "start"}',
        '{"type": "next", "id": "1", "payload": {}}',
        '{"type": "connection_ack"}',
        '{"type": "ping", "payload": 1}',
        '{"type": "pong", "payload": []}',
        '{"type": "complete"}',
        '{"type": "complete", "id": 1}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "id": "1", "payload": "{ one }"}',
        '{"type": "subscribe", "id": "1", "payload": {}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": null}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ one }"}}',
        '{"type": "subscribe", "id": 1, "payload": {"query": "{ one }"}}',
        '{"type": "subscribe", "payload": {"query": "{ one }"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ one }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ one }", "operationName": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ one }", "extensions": "x"}}',
        b'{"type": "ping"}',
        b"\xff\xfe",
    ],
)
async def test_an_invalid_message_closes_with_4400(shop: Shop, frame: str | bytes) -> None:
    with capture_logs() as logs:
        async with admitted(shop) as client:
            await client.send(frame)
            code, reason = await client.closed()
    assert code == 4400
    assert reason is not None
    assert reason.startswith("Invalid message: ")
    assert logs == []


@pytest.mark.parametrize("payload", ["1", '"key"', "[]", "true"])
async def test_connection_init_with_a_payload_that_is_no_object_closes_with_4400(
    shop: Shop, payload: str
) -> None:
    async with opened(shop) as client:
        await client.send(f'{{"type": "connection_init", "payload": {payload}}}')
        assert (await client.closed())[0] == 4400


async def test_a_message_that_is_too_big_closes_with_1009(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("big", "{ one } # " + "é" * 2_100)
        assert await client.closed() == (1009, "A message may have 4096 bytes")


async def test_another_subprotocol_closes_with_4406(shop: Shop) -> None:
    for offered in (None, [Subprotocol("graphql-ws")]):
        async with connect(shop.ws, subprotocols=offered) as connection:
            assert await Client(connection).closed() == (4406, "Subprotocol not acceptable")


async def test_subscribing_before_connection_init_closes_with_4401(shop: Shop) -> None:
    async with opened(shop) as client:
        await client.subscribe("1", "{ one }")
        assert await client.closed() == (4401, "Unauthorized")


async def test_subscribing_before_the_acknowledgement_closes_with_4401(shop: Shop) -> None:
    async with opened(shop) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer slow"}})
        await client.subscribe("1", "{ one }")
        assert await client.closed() == (4401, "Unauthorized")


async def test_a_second_connection_init_closes_with_4429(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.send(INIT)
        assert await client.closed() == (4429, "Too many initialisation requests")
    async with opened(shop) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer slow"}})
        await client.send(INIT)
        assert (await client.closed())[0] == 4429


async def test_an_id_in_use_closes_with_4409(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("twice", "subscription { endless }")
        await client.read()
        await client.subscribe("twice", "{ one }")
        assert await client.closed() == (4409, "Subscriber for twice already exists")


async def test_a_reason_longer_than_a_close_frame_is_cut(shop: Shop) -> None:
    async with admitted(shop) as client:
        name = "ü" * 200
        await client.subscribe(name, "subscription { endless }")
        await client.read()
        await client.subscribe(name, "{ one }")
        code, reason = await client.closed()
        assert code == 4409
        assert reason is not None
        assert 100 < len(reason.encode()) <= 123


async def test_without_a_key_the_socket_is_refused_with_4403_and_the_reason(shop: Shop) -> None:
    for payload in ({}, {"authorization": None}, {"authorization": 1}):
        async with opened(shop) as client:
            await client.send({"type": "connection_init", "payload": payload})
            assert await client.closed() == (4403, "UNAUTHENTICATED: Send a key in the header Authorization.")
    async with opened(shop) as client:
        await client.send({"type": "connection_init"})
        assert (await client.closed())[0] == 4403


async def test_key_token_and_origin_are_read_in_any_case(shop: Shop) -> None:
    async with opened(shop, origin="https://shop.example") as client:
        payload = {"AUTHORIZATION": "Bearer bound", "x-Customer-TOKEN": "t9"}
        await client.send({"type": "connection_init", "payload": payload})
        assert await client.read() == {"type": "connection_ack"}
        await client.subscribe("1", "{ who }")
        assert (await client.read())["payload"]["data"] == {"who": "bound for t9"}
    async with opened(shop, origin="https://evil.example") as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer bound"}})
        assert await client.closed() == (4403, "ORIGIN_NOT_ALLOWED: This key is bound to its origins.")


async def test_a_failing_admission_closes_with_4500_and_tells_nothing(shop: Shop) -> None:
    with capture_logs() as logs:
        async with opened(shop) as client:
            await client.send({"type": "connection_init", "payload": {"authorization": "Bearer broken"}})
            assert await client.closed() == (4500, "Internal server error")
    assert len(logs) == 1


async def test_a_database_that_is_away_at_admission_closes_with_1013_so_that_clients_come_back(
    shop: Shop,
) -> None:
    Gate.open.clear()
    async with opened(shop) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer early"}})
        assert await client.closed() == (1013, "The database is away or busy")
    Gate.open.set()
    async with admitted(shop, "early") as client:
        await client.subscribe("1", "{ who }")
        assert (await client.read())["payload"]["data"] == {"who": "early"}
        Gate.open.clear()
        await client.subscribe("2", "{ who }")
        assert await client.closed() == (1013, "The database is away or busy")


async def test_without_connection_init_the_socket_closes_with_4408() -> None:
    async with open_shop(init_seconds=0.05) as shop, opened(shop) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_a_slow_admission_is_not_a_late_initialisation() -> None:
    Gate.open.clear()
    async with open_shop(init_seconds=0.6) as shop, opened(shop) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer slow"}})
        asyncio.get_running_loop().call_later(0.9, Gate.open.set)
        assert await client.read() == {"type": "connection_ack"}
    Gate.open.clear()


async def test_more_sockets_than_a_process_may_have_are_told_to_come_back_admitted_or_not() -> None:
    async with open_shop(sockets=Sockets(most=2)) as shop:
        async with opened(shop) as waiting, admitted(shop):
            await until(lambda: len(shop.sockets) == 2)
            async with opened(shop) as third:
                assert await third.closed() == (1013, "Too many sockets")
            await waiting.send(INIT)
            assert await waiting.read() == {"type": "connection_ack"}
        await until(lambda: len(shop.sockets) == 0)
        async with admitted(shop) as fourth:
            assert await fourth.lives()


async def test_more_sockets_than_a_key_may_have_are_refused_and_other_keys_are_served() -> None:
    async with open_shop(sockets=Sockets(most_per_key=2)) as shop, admitted(shop) as first:
        async with admitted(shop):
            async with opened(shop) as third:
                await third.send(INIT)
                assert await third.closed() == (4429, "Too many sockets of this key")
            async with admitted(shop, "bob") as other:
                assert await other.lives()
        await until(lambda: shop.sockets.of_key("ann") == 1)
        async with admitted(shop) as again:
            assert await again.lives()
        assert await first.lives()
