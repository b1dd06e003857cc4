"""graphql-transport-ws against a real server, with a client that may send anything."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.graphql_schema.little_shop import Gate, Shop, Tally, open_shop

PROTOCOL = Subprotocol("graphql-transport-ws")
INIT = {"type": "connection_init", "payload": {"Authorization": "Bearer ann"}}


@pytest_asyncio.fixture(scope="module")
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as shop:
        yield shop


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


async def test_a_query_is_one_next_and_a_complete(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("1", "query ($n: Int!) { echo(times: $n) who }", variables={"n": 2})
        assert await client.read() == {
            "id": "1",
            "type": "next",
            "payload": {
                "data": {"echo": "NoneNone", "who": "ann"},
                "extensions": {"cost": {"requested": 0, "limit": 1000}},
            },
        }
        assert await client.read() == {"id": "1", "type": "complete"}


async def test_a_mutation_works_too(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("m", 'mutation { rename(title: "x") { title } }')
        assert (await client.read())["payload"]["data"] == {"rename": {"title": "x"}}


async def test_a_subscription_sends_each_event_and_completes(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("s", "subscription Up { count(upTo: 3) }", operationName="Up")
        frames = [await client.read() for _ in range(4)]
        assert frames[:3] == [
            {"id": "s", "type": "next", "payload": {"data": {"count": number}}} for number in (1, 2, 3)
        ]
        assert frames[3] == {"id": "s", "type": "complete"}


async def test_an_id_may_be_used_again_once_its_operation_has_ended(shop: Shop) -> None:
    async with admitted(shop) as client:
        for _ in range(3):
            await client.subscribe("same", "{ one }")
            assert [(await client.read())["type"] for _ in range(2)] == ["next", "complete"]
        await client.subscribe("same", "subscription { endless }")
        assert (await client.read())["payload"] == {"data": {"endless": 0}}
        await client.send({"id": "same", "type": "complete"})
        await client.subscribe("same", "{ one }")
        assert [(await client.read())["type"] for _ in range(2)] == ["next", "complete"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"query": "{ one"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ none }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($n: Int!) { echo(times: $n) }"}, "BAD_USER_INPUT"),
        ({"query": "{ one }", "operationName": "Nope"}, "OPERATION_NOT_FOUND"),
        ({"query": "query A { one } query B { one }"}, "OPERATION_NOT_FOUND"),
        ({"query": "{ books(first: 100) { nodes { sequels { nodes { id } } } } }"}, "QUERY_TOO_COSTLY"),
        ({"query": "{ " + "one " * 400 + "}"}, "QUERY_TOO_LONG"),
        ({"query": "subscription { refuses }"}, "BAD_USER_INPUT"),
        ({"query": "subscription { count(upTo: 1) endless }"}, "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_faulty_operation_ends_itself_and_no_other(
    shop: Shop, payload: dict[str, Any], code: str
) -> None:
    async with admitted(shop) as client:
        await client.subscribe("good", "subscription { endless }")
        assert (await client.read())["id"] == "good"
        await client.send({"id": "bad", "type": "subscribe", "payload": payload})
        frame = await client.read()
        assert (frame["id"], frame["type"]) == ("bad", "error")
        assert [error["extensions"]["code"] for error in frame["payload"]] == [code]
        await client.send({"id": "bad", "type": "complete"})  # crossed on the way; of no consequence
        assert await client.lives()


async def test_a_subscription_that_breaks_ends_with_a_masked_error(shop: Shop) -> None:
    async with admitted(shop) as client:
        with capture_logs() as logs:
            await client.subscribe("b", "subscription Breaking { breaks }")
            assert (await client.read())["payload"] == {"data": {"breaks": 1}}
            frame = await client.read()
        assert frame["type"] == "error"
        (error,) = frame["payload"]
        assert error["extensions"]["code"] == "INTERNAL_ERROR"
        assert logs[0]["reference"] == error["extensions"]["reference"]
        assert "swordfish" not in str(frame)
        assert await client.lives()


async def test_field_errors_are_part_of_next(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("f", "{ one refused }")
        payload = (await client.read())["payload"]
        assert payload["data"] == {"one": 1, "refused": None}
        assert payload["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_an_answer_that_cannot_be_written_is_an_error_of_its_operation(shop: Shop) -> None:
    async with admitted(shop) as client:
        with capture_logs():
            await client.subscribe("u", "{ unserialisable }")
            frame = await client.read()
        assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL_ERROR")
        assert await client.lives()


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


async def test_null_for_optional_members_is_as_if_they_were_missing(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("1", "{ one }", variables=None, operationName=None, extensions=None)
        assert (await client.read())["payload"]["data"] == {"one": 1}


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


async def test_ping_is_answered_with_its_payload_at_any_time(shop: Shop) -> None:
    async with opened(shop) as client:
        await client.send({"type": "ping"})
        assert await client.read() == {"type": "pong"}
        await client.send({"type": "ping", "payload": {"n": 1}})
        assert await client.read() == {"type": "pong", "payload": {"n": 1}}
        await client.send({"type": "pong", "payload": {"unasked": True}})
        await client.send(INIT)
        assert await client.read() == {"type": "connection_ack"}


async def test_more_operations_than_allowed_are_refused_one_by_one(shop: Shop) -> None:
    async with admitted(shop) as client:
        for name in ("a", "b", "c"):
            await client.subscribe(name, "subscription { endless }")
            assert (await client.read())["id"] == name
        await client.subscribe("d", "{ one }")
        frame = await client.read()
        assert (frame["id"], frame["type"]) == ("d", "error")
        assert frame["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
        await client.send({"id": "b", "type": "complete"})
        assert await client.lives()


async def test_complete_from_the_client_ends_the_source_at_once(shop: Shop) -> None:
    async with admitted(shop) as client:
        await until(lambda: Tally.watching == 0)
        await client.subscribe("e", "subscription { endless }")
        await client.read()
        assert Tally.watching == 1
        Tally.ended.clear()
        await client.send({"id": "e", "type": "complete"})
        await asyncio.wait_for(Tally.ended.wait(), 10)
        assert Tally.watching == 0
        await client.send({"id": "e", "type": "complete"})
        await client.send({"id": "unknown", "type": "complete"})
        assert await client.lives()  # and no frame of `e` came in between


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


async def test_without_connection_init_the_socket_closes_with_4408() -> None:
    async with open_shop(init_seconds=0.05) as shop, opened(shop) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_a_slow_admission_is_not_a_late_initialisation() -> None:
    Gate.open.clear()
    async with open_shop(init_seconds=0.2) as shop, opened(shop) as client:
        await client.send({"type": "connection_init", "payload": {"authorization": "Bearer slow"}})
        asyncio.get_running_loop().call_later(0.4, Gate.open.set)
        assert await client.read() == {"type": "connection_ack"}
    Gate.open.clear()


async def test_a_silent_client_is_pinged_and_given_up_unless_it_answers() -> None:
    async with open_shop(ping_seconds=0.1, pong_seconds=0.4) as shop, admitted(shop) as client:
        for _ in range(8):
            assert await client.read() == {"type": "ping"}
            await client.send({"type": "pong"})
        assert await client.read() == {"type": "ping"}
        assert await client.closed() == (1011, "No pong in time")
        await until(lambda: len(shop.sockets) == 0)


async def test_a_client_that_reads_nothing_is_given_up_and_its_source_ended() -> None:
    async with open_shop(ping_seconds=0.2, pong_seconds=0.2) as shop:
        host, _, port = shop.address.partition(":")
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        narrow.connect((host, int(port)))
        async with opened(shop, sock=narrow, max_queue=1) as client:
            await client.send(INIT)
            await client.read()
            await client.subscribe("f", "subscription { flood }")
            client.connection.transport.pause_reading()
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


async def test_the_application_may_close_all_sockets_itself(shop: Shop) -> None:
    async with admitted(shop) as client, opened(shop) as waiting:
        shop.sockets.close_all()
        assert await client.closed() == (1012, "The service restarts")
        assert await waiting.closed() == (1012, "The service restarts")


async def test_many_operations_at_once_are_answered_each_under_its_id() -> None:
    async with open_shop(operations=100) as shop, admitted(shop) as client:
        for number in range(60):
            await client.subscribe(f"n{number}", f"subscription {{ count(upTo: {number % 3}) }}")
        counts: dict[str, list[int]] = {f"n{number}": [] for number in range(60)}
        completed: set[str] = set()
        while len(completed) < 60:
            frame = await client.read()
            if frame["type"] == "complete":
                completed.add(frame["id"])
            else:
                assert frame["id"] not in completed
                counts[frame["id"]].append(frame["payload"]["data"]["count"])
        assert counts == {f"n{number}": list(range(1, number % 3 + 1)) for number in range(60)}
