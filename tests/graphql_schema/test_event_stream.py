"""graphql-sse in distinct connections mode, against a real server: results, completion, refusals."""

import asyncio

import httpx
import pytest
from structlog.testing import capture_logs

from graphql_schema.event_stream import EventForm, message
from graphql_schema.sockets import Sockets
from tests.graphql_schema.event_stream_client import STREAM, Message, asked, opened
from tests.graphql_schema.http_client import KEY, code_of, get, post
from tests.graphql_schema.little_schema import Tally
from tests.graphql_schema.little_shop import Shop, open_shop
from tests.graphql_schema.socket_client import admitted, until

COMPLETE = Message("complete", None)


def test_data_of_several_lines_is_one_message() -> None:
    assert message("next", "a\nb\r\n\rc", "7") == ("event: next\nid: 7\ndata: a\ndata: b\ndata:\ndata: c\n\n")


def test_line_separators_that_are_none_of_the_protocol_s_stay_in_the_line() -> None:
    assert message("next", "a\u2028b\x0bc\x85d") == "event: next\ndata: a\u2028b\x0bc\x85d\n\n"


def test_a_result_has_its_cursor_as_id_and_errors_are_a_result_and_the_end() -> None:
    form = EventForm()
    assert form.next(b'{"data":1}', "c7") == 'event: next\nid: c7\ndata: {"data":1}\n\n'
    assert form.next(b'{"data":1}', None) == 'event: next\ndata: {"data":1}\n\n'
    assert form.error(b"[1]") == 'event: next\ndata: {"errors":[1]}\n\nevent: complete\ndata:\n\n'


async def test_a_subscription_is_a_next_for_each_event_and_a_complete(client: httpx.AsyncClient) -> None:
    assert await asked(client, "subscription { count(upTo: 3) }") == [
        *(Message("next", {"data": {"count": number}}) for number in (1, 2, 3)),
        COMPLETE,
    ]


async def test_a_query_and_a_mutation_are_one_next_and_a_complete(client: httpx.AsyncClient) -> None:
    [told, end] = await asked(client, "{ who one }")
    assert told.data["data"] == {"who": "ann", "one": 1}
    assert (told.event, told.id, end) == ("next", None, COMPLETE)
    [told, end] = await asked(client, 'mutation { rename(title: "x\\ny") { title } }')
    assert told.data["data"] == {"rename": {"title": "x\ny"}}
    assert end == COMPLETE


async def test_get_streams_queries_and_subscriptions_and_no_mutation(client: httpx.AsyncClient) -> None:
    before = Tally.renamed
    answer = await get(
        client, STREAM, query="subscription ($n: Int!) { count(upTo: $n) }", variables='{"n": 1}'
    )
    assert answer.text == (':\nevent: next\ndata: {"data":{"count":1}}\n\nevent: complete\ndata:\n\n')
    answer = await get(client, STREAM, query='mutation { rename(title: "x") { title } }')
    assert "MUTATION_NEEDS_POST" in answer.text
    assert Tally.renamed == before


async def test_the_head_forbids_keeping_and_collecting(client: httpx.AsyncClient) -> None:
    async with opened(client, "subscription { endless }", origin="https://shop.example") as stream:
        headers = stream.response.headers
        assert headers["cache-control"] == "no-cache, no-transform"
        assert headers["x-accel-buffering"] == "no"
        assert headers["access-control-allow-origin"] == "https://shop.example"
        assert "content-length" not in headers


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ one", "GRAPHQL_PARSE_FAILED"),
        ("{ none }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { echo(times: $n) }", "BAD_USER_INPUT"),
        ("{ books(first: 100) { nodes { sequels { nodes { id } } } } }", "QUERY_TOO_COSTLY"),
        ("{ " + "one " * 400 + "}", "QUERY_TOO_LONG"),
        ("subscription { refuses }", "BAD_USER_INPUT"),
    ],
)
async def test_a_faulty_operation_is_a_next_with_errors_and_a_complete(
    client: httpx.AsyncClient, query: str, code: str
) -> None:
    [told, end] = await asked(client, query)
    assert "data" not in told.data
    assert [error["extensions"]["code"] for error in told.data["errors"]] == [code]
    assert (told.event, end) == ("next", COMPLETE)


async def test_a_subscription_that_breaks_ends_with_a_masked_error(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        [first, fault, end] = await asked(client, "subscription Breaking { breaks }")
    assert first.data == {"data": {"breaks": 1}}
    [error] = fault.data["errors"]
    assert error["extensions"] == {"code": "INTERNAL_ERROR", "reference": logs[0]["reference"]}
    assert "swordfish" not in str(fault)
    assert end == COMPLETE


async def test_an_answer_that_cannot_be_written_is_an_error(client: httpx.AsyncClient) -> None:
    with capture_logs():
        [told, end] = await asked(client, "{ unserialisable }")
    assert told.data["errors"][0]["extensions"]["code"] == "INTERNAL_ERROR"
    assert end == COMPLETE


async def test_what_is_wrong_with_the_request_is_plain_json_with_its_status(shop: Shop) -> None:
    body = {"query": "subscription { endless }"}
    async with httpx.AsyncClient(base_url=f"http://{shop.address}") as stranger:
        for answer, status, code in (
            (await post(stranger, body, STREAM), 401, "UNAUTHENTICATED"),
            (await post(stranger, body, STREAM, authorization="Bearer bound"), 403, "ORIGIN_NOT_ALLOWED"),
            (await post(stranger, b"{", STREAM, **KEY), 400, "BAD_REQUEST"),
            (await post(stranger, {"query": 1}, STREAM, **KEY), 400, "BAD_REQUEST"),
            (await post(stranger, {"query": "x" * 5_000}, STREAM, **KEY), 413, "PAYLOAD_TOO_LARGE"),
        ):
            assert (answer.status_code, code_of(answer)) == (status, code)
            assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
        with capture_logs():
            answer = await post(stranger, body, STREAM, authorization="Bearer broken")
        assert (answer.status_code, code_of(answer)) == (500, "INTERNAL_ERROR")
    assert len(shop.sockets) == 0


async def test_a_stream_is_had_by_who_asks_for_it_and_others_are_told(client: httpx.AsyncClient) -> None:
    for accept in ("*/*", "application/json, text/event-stream", ""):
        answer = await post(client, {"query": "subscription { endless }"}, accept)
        assert answer.json()["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_NEEDS_WEBSOCKET"


async def test_streams_count_as_sockets_do(shop: Shop) -> None:
    del shop
    endless = "subscription { endless }"
    async with open_shop(sockets=Sockets(most=3, most_per_key=2)) as small:
        async with (
            httpx.AsyncClient(base_url=f"http://{small.address}", headers=KEY) as client,
            admitted(small),
            opened(client, endless) as stream,
        ):
            await stream.read()
            answer = await post(client, {"query": endless}, STREAM)
            assert (answer.status_code, code_of(answer)) == (429, "TOO_MANY_STREAMS")
            async with opened(client, endless, authorization="Bearer bob") as other:
                await other.read()
                answer = await post(client, {"query": endless}, STREAM, authorization="Bearer eve")
                assert (answer.status_code, code_of(answer)) == (503, "SERVICE_UNAVAILABLE")
                assert answer.headers["retry-after"] == "1"
        await until(lambda: len(small.sockets) == 0)


async def test_comments_come_in_quiet_times() -> None:
    async with (
        open_shop(ping_seconds=0.05) as shop,
        httpx.AsyncClient(base_url=f"http://{shop.address}", headers=KEY) as client,
        opened(client, "subscription { endless }") as stream,
    ):
        assert await stream.read() == Message("next", {"data": {"endless": 0}})
        reading = asyncio.create_task(stream.read())
        await until(lambda: stream.comments >= 4)
        reading.cancel()
