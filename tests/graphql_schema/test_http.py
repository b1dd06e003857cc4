"""The HTTP endpoint against a real server: status codes, types, and limits."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from tests.graphql_schema.http_client import JSON, KEY, RESPONSE, code_of, get, post
from tests.graphql_schema.little_schema import Tally
from tests.graphql_schema.little_shop import Shop


async def test_a_query_is_answered_with_data_and_cost(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ one who }"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{RESPONSE}; charset=utf-8"
    assert answer.json() == {
        "data": {"one": 1, "who": "ann"},
        "extensions": {"cost": {"requested": 0, "limit": 1000}},
    }


async def test_the_answer_has_the_type_the_client_prefers(client: httpx.AsyncClient) -> None:
    assert (await post(client, {"query": "{ one }"}, JSON)).headers[
        "content-type"
    ] == f"{JSON}; charset=utf-8"
    both = await post(client, {"query": "{ one }"}, f"{RESPONSE};q=0.9, {JSON};q=0.8")
    assert both.headers["content-type"] == f"{RESPONSE}; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"query": "{ one"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ none }"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "query ($t: Int!) { echo(times: $t) }"}, "BAD_USER_INPUT"),
        ({"query": "query ($t: Int!) { echo(times: $t) }", "variables": {"t": "x"}}, "BAD_USER_INPUT"),
        ({"query": "query A { one } query B { one }"}, "OPERATION_NOT_FOUND"),
        ({"query": "{ one }", "operationName": "Nope"}, "OPERATION_NOT_FOUND"),
        ({"query": "subscription { count(upTo: 3) }"}, "SUBSCRIPTION_NEEDS_WEBSOCKET"),
        ({"query": "{ books(first: 100) { nodes { sequels { nodes { id } } } } }"}, "QUERY_TOO_COSTLY"),
    ],
)
async def test_what_cannot_be_executed_is_400_and_for_older_clients_200(
    client: httpx.AsyncClient, body: object, code: str
) -> None:
    answer = await post(client, body)
    assert (answer.status_code, code_of(answer)) == (400, code)
    older = await post(client, body, JSON)
    assert (older.status_code, code_of(older)) == (200, code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"NONSENSE",
        b'{"query":',
        b'{"query": "{ one }"} trailing',
        b'{"query": "{ \xff }"}',
        b'{"query": "\\ud800"}',
        b"\xef\xbb\xbf{}",
        b'"{ one }"',
        b"7",
        b"null",
        b"true",
        b"[]",
        b'[{"query": "{ one }"}]',
        b"{}",
        b'{"qeury": "{ one }"}',
        b'{"query": null}',
        b'{"query": 1}',
        b'{"query": ["{ one }"]}',
        b'{"query": "{ one }", "variables": [1]}',
        b'{"query": "{ one }", "variables": "{}"}',
        b'{"query": "{ one }", "operationName": 1}',
        b'{"query": "{ one }", "operationName": {}}',
        b'{"query": "{ one }", "extensions": "x"}',
        b"[" * 2_000,
    ],
)
@pytest.mark.parametrize("accept", [RESPONSE, JSON])
async def test_what_is_no_graphql_request_is_400(client: httpx.AsyncClient, body: bytes, accept: str) -> None:
    with capture_logs() as logs:
        answer = await post(client, body, accept)
    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")
    assert answer.headers["content-type"].startswith(accept)
    assert logs == []


async def test_null_for_an_optional_parameter_is_as_if_it_were_missing(client: httpx.AsyncClient) -> None:
    answer = await post(
        client, {"query": "{ one }", "variables": None, "operationName": None, "extensions": None, "more": 1}
    )
    assert answer.json()["data"] == {"one": 1}
    assert (await post(client, {"query": "{ one }", "operationName": ""})).json()["data"] == {"one": 1}


async def test_field_errors_are_200_with_partial_data(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ one refused }"})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"one": 1, "refused": None}
    assert answer.json()["errors"][0]["extensions"] == {"code": "FORBIDDEN", "permission": "READ"}


async def test_data_that_is_null_because_of_a_field_error_is_200(client: httpx.AsyncClient) -> None:
    with capture_logs():
        answer = await post(client, {"query": "{ booms { id } }"})
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert "swordfish" not in answer.text


async def test_an_answer_that_cannot_be_written_is_a_masked_500(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        answer = await post(client, {"query": "{ unserialisable }"})
    assert (answer.status_code, code_of(answer)) == (500, "INTERNAL_ERROR")
    assert logs[0]["reference"] in answer.text


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""],
)
async def test_a_body_of_another_type_is_415(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await post(client, {"query": "{ one }"}, **{"content-type": content_type})
    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_an_answer_in_no_known_type_is_406(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ one }"}, "text/csv")
    assert (answer.status_code, code_of(answer)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_405(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/graphql", headers={"accept": RESPONSE})
    assert (answer.status_code, code_of(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, POST, OPTIONS"


async def test_get_answers_queries(client: httpx.AsyncClient) -> None:
    answer = await get(
        client,
        query="query A($t: Int!) { echo(times: $t) } query B { one }",
        variables='{"t": 2}',
        operationName="A",
    )
    assert (answer.status_code, answer.json()["data"]) == (200, {"echo": "NoneNone"})
    assert (
        await get(client, query="{ one }", variables="", operationName="", extensions="{}")
    ).status_code == 200


@pytest.mark.parametrize("accept", [RESPONSE, JSON])
async def test_get_refuses_a_mutation_and_nothing_happens(client: httpx.AsyncClient, accept: str) -> None:
    before = Tally.renamed
    answer = await get(client, accept, query='mutation { rename(title: "x") { title } }')
    assert (answer.status_code, code_of(answer)) == (405, "MUTATION_NEEDS_POST")
    assert Tally.renamed == before
    posted = await post(client, {"query": 'mutation { rename(title: "x") { title } }'})
    assert posted.json()["data"] == {"rename": {"title": "x"}}
    assert Tally.renamed == before + 1


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "variables={}",
        "query=%7Bone%7D&variables=[1]",
        "query=%7Bone%7D&variables=%7B",
        "query=%ff%fe",
        "query=%7Bone%7D&extensions=1",
    ],
)
async def test_a_faulty_query_string_is_400(client: httpx.AsyncClient, query_string: str) -> None:
    answer = await client.get(f"/graphql?{query_string}", headers={"accept": RESPONSE})
    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


async def test_a_body_of_the_largest_size_is_read_and_one_byte_more_is_413(client: httpx.AsyncClient) -> None:
    body = b'{"query": "{ one }"}'
    assert (await post(client, body.ljust(4_096))).json()["data"] == {"one": 1}
    answer = await post(client, body.ljust(4_097))
    assert (answer.status_code, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_stream_without_a_length_is_measured_while_it_arrives(client: httpx.AsyncClient) -> None:
    async def long() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1_024

    answer = await client.post("/graphql", content=long(), headers={"content-type": JSON, "accept": RESPONSE})
    assert (answer.status_code, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.json()["errors"][0]["extensions"]["limit"] == 4_096


@pytest.mark.parametrize("length", [b"transfer-encoding: chunked", b"content-length: 999999999999"])
async def test_an_endless_body_is_cut_off(shop: Shop, length: bytes) -> None:
    host, _, port = shop.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ann\r\ncontent-type: application/json\r\n"
        + length
        + b"\r\n\r\n"
    )
    with pytest.raises(ConnectionError):
        await _pour(writer)
    writer.close()
    del reader


async def _pour(writer: asyncio.StreamWriter) -> None:
    """64 MiB, more than any buffer on the way."""
    for _ in range(1_000):
        writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        await writer.drain()


async def test_a_client_that_leaves_while_sending_leaves_no_trace(shop: Shop) -> None:
    host, _, port = shop.address.partition(":")
    with capture_logs() as logs:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ann\r\ncontent-type: application/json\r\n"
            b'content-length: 100\r\n\r\n{"query'
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        async with httpx.AsyncClient(headers=KEY) as client:
            assert (await client.get(shop.url, params={"query": "{ one }"})).status_code == 200
    assert logs == []
