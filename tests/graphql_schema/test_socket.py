"""Operations over graphql-transport-ws, against a real server: each is answered under its id."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.graphql_schema.little_schema import Tally
from tests.graphql_schema.little_shop import Shop, open_shop
from tests.graphql_schema.socket_client import INIT, admitted, opened, until


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


async def test_null_for_optional_members_is_as_if_they_were_missing(shop: Shop) -> None:
    async with admitted(shop) as client:
        await client.subscribe("1", "{ one }", variables=None, operationName=None, extensions=None)
        assert (await client.read())["payload"]["data"] == {"one": 1}


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
