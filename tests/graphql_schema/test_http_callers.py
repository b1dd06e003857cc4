"""Who asks over HTTP: keys, origins, CORS, the browser that gets the page; callers are kept apart."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
from structlog.testing import capture_logs

from graphql_schema.http import GraphQLEndpoint
from graphql_schema.sockets import Sockets
from tests.graphql_schema.http_client import JSON, KEY, RESPONSE, code_of, post
from tests.graphql_schema.little_schema import SCHEMA
from tests.graphql_schema.little_shop import Shop, admit, allow_origin, application, make_context


async def test_without_a_key_it_is_401_whatever_the_type(shop: Shop) -> None:
    async with httpx.AsyncClient(base_url=f"http://{shop.address}") as stranger:
        for accept in (RESPONSE, JSON):
            answer = await post(stranger, {"query": "{ one }"}, accept)
            assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_at_a_foreign_origin_is_403_and_the_page_may_read_why(client: httpx.AsyncClient) -> None:
    answer = await post(
        client, {"query": "{ one }"}, authorization="Bearer bound", origin="https://shop.evil"
    )
    assert (answer.status_code, code_of(answer)) == (403, "ORIGIN_NOT_ALLOWED")
    assert answer.headers["access-control-allow-origin"] == "https://shop.evil"
    at_home = await post(
        client, {"query": "{ who }"}, authorization="Bearer bound", origin="https://shop.example"
    )
    assert at_home.json()["data"] == {"who": "bound"}


async def test_the_customer_token_reaches_admission(client: httpx.AsyncClient) -> None:
    answer = await post(client, {"query": "{ who }"}, **{"x-customer-token": "t1"})
    assert answer.json()["data"] == {"who": "ann for t1"}


async def test_of_a_header_that_is_sent_twice_the_first_counts(client: httpx.AsyncClient) -> None:
    headers = [
        ("content-type", JSON),
        ("Authorization", "Bearer ann"),
        ("X-Customer-Token", "t1"),
        ("x-customer-token", "t2"),
    ]
    answer = await client.post("/graphql", content=b'{"query":"{ who }"}', headers=headers)
    assert answer.json()["data"] == {"who": "ann for t1"}


async def test_a_failing_admission_is_a_masked_500(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        answer = await post(client, {"query": "{ one }"}, authorization="Bearer broken")
    assert (answer.status_code, code_of(answer)) == (500, "INTERNAL_ERROR")
    assert "swordfish" not in answer.text
    assert len(logs) == 1


async def test_a_browser_may_ask_before_it_sends(client: httpx.AsyncClient) -> None:
    asked = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type, x-customer-token",
    }
    answer = await client.options("/graphql", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    allowed = {name.strip().lower() for name in answer.headers["access-control-allow-headers"].split(",")}
    assert allowed >= {"authorization", "content-type", "x-customer-token"}
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_page_of_another_origin_may_not_read_answers(client: httpx.AsyncClient) -> None:
    answer = await client.options(
        "/graphql", headers={"origin": "https://evil.example", "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in answer.headers
    posted = await post(client, {"query": "{ one }"}, origin="https://evil.example")
    assert "access-control-allow-origin" not in posted.headers


async def test_the_request_id_of_a_middleware_reaches_the_context(client: httpx.AsyncClient) -> None:
    first, second = [
        (await post(client, {"query": "{ requestId }"})).json()["data"]["requestId"] for _ in range(2)
    ]
    assert first != second

    class Named:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("state", {})["request_id"] = "req-7"
            await self.app(scope, receive, send)

    async with _in_process(Named(application(Sockets()))) as named:
        answer = await post(named, {"query": "{ requestId }"})
    assert answer.json()["data"] == {"requestId": "req-7"}


def _in_process(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop", headers=KEY)


async def _ask_for_page(page: Path) -> httpx.Response:
    app = GraphQLEndpoint(SCHEMA, admit, make_context, allow_origin=allow_origin, page=page)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop") as browser:
        return await browser.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})


async def test_a_browser_is_shown_the_page_without_a_key(tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    page.write_text("<!doctype html><title>GraphiQL</title>")
    answer = await _ask_for_page(page)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.text == "<!doctype html><title>GraphiQL</title>"


async def test_a_page_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    answer = await _ask_for_page(tmp_path / "index.html")
    assert answer.status_code == 503
    assert "make ui" in answer.text


async def test_any_number_of_requests_at_once_keep_their_callers_apart(shop: Shop) -> None:
    async with httpx.AsyncClient(base_url=f"http://{shop.address}") as client:
        answers = await asyncio.gather(
            *(post(client, {"query": "{ who }"}, authorization=f"Bearer n{n}") for n in range(40))
        )
    assert [answer.json()["data"]["who"] for answer in answers] == [f"n{n}" for n in range(40)]
