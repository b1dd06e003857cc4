"""Who asks for a place that the log no longer holds is told so, and from where one can go on: socket, stream, query."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from app.database import transaction
from app.events.cursor import BEGINNING
from app.events.feed import Feed
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.read import read_project
from app.projects.admit import Caller
from graphql_schema.credentials import Credentials
from graphql_schema.endpoint import routes
from graphql_schema.request import RequestContext
from graphql_schema.schema import make_graph, schema
from graphql_schema.shared_delivery import Sharing
from graphql_schema.shared_view import view_of
from graphql_schema.sockets import Sockets
from graphql_schema.visit import Standing
from tests.conftest import NOW
from tests.events.conftest import eventually, record, running_feed
from tests.events.parted import forget, grow_old, horizon, next_partition
from tests.graphql_schema.asking import PROCESS, a_caller, ask, execute
from tests.graphql_schema.event_stream_client import opened
from tests.graphql_schema.little_shop import Shop, serving_here
from tests.graphql_schema.socket_client import admitted

FEED = """subscription ($after: Cursor, $from: DateTime) {
  events(after: $after, from: $from, kinds: [CUSTOMER_CREATED]) { cursor event { details } }
}"""
PAGE = "query ($after: Cursor) { events(after: $after, kinds: [CUSTOMER_CREATED]) { nodes { details } } }"
GONE = (
    "The event log begins behind this place: what happened before was let go. Go on from `oldestCursor`,"
    " knowing that there is a gap."
)


@pytest.fixture
async def feed(lonely_project: UUID) -> AsyncIterator[Feed]:
    async with running_feed(page_size=2, mailbox_size=2) as feed:
        PROCESS.feed = feed
        yield feed
        del PROCESS.feed


@pytest.fixture
async def caller(lonely_project: UUID) -> Caller:
    return await a_caller(lonely_project)


@pytest.fixture
async def shop(caller: Caller, feed: Feed) -> AsyncIterator[Shop]:
    """The product's schema behind a real server, delivering as the product does, for one caller."""

    async def admit(_credentials: Credentials) -> Caller:
        return caller

    def context(asking: Caller, request_id: str) -> RequestContext:
        return RequestContext(
            caller=asking, now=lambda: NOW, request_id=request_id, make_loaders=make_graph, process=PROCESS
        )

    sockets = Sockets()
    deliver = Sharing(view_of).deliver
    api = routes(
        schema, admit, context, stands_on=lambda who: Standing(who.key), sockets=sockets, deliver=deliver
    )
    async with serving_here(Starlette(routes=api), sockets) as shop:
        yield shop


async def lose(project: UUID) -> dict[str, Any]:
    """Numbers 0 to 3, of which 0 and 1 are let go; gives what a refusal says of the log."""
    await record(project, 0, 1)
    await eventually(next_partition)
    await record(project, 2, 3)

    async def settled() -> bool:
        return 3 in [event.payload.get("number") for event in await read_project(project)]

    await eventually(settled)
    await grow_old(401, upto=1)
    assert await forget() == 1
    return {"code": "CURSOR_EXPIRED", "oldestCursor": (await horizon()).encode()}


async def events_over_socket(shop: Shop, count: int, **variables: Any) -> list[int]:
    """The numbers of the next so many events."""
    seen: list[int] = []
    async with admitted(shop) as client:
        await client.subscribe("1", FEED, variables=variables)
        while len(seen) < count:
            item = (await client.read())["payload"]["data"]["events"]
            seen += [item["event"]["details"]["number"]] if item["event"] else []
    return seen


async def test_a_subscription_is_refused_and_goes_on_from_the_place_that_is_told(
    lonely_project: UUID, shop: Shop
) -> None:
    says = await lose(lonely_project)
    async with admitted(shop) as client:
        await client.subscribe("1", FEED, variables={"after": BEGINNING.encode()})
        frame = await client.read()
    assert frame["type"] in {"next", "error"}
    [error] = frame["payload"]["errors"] if frame["type"] == "next" else frame["payload"]
    assert (error["message"], error["extensions"]) == (GONE, says)
    assert await events_over_socket(shop, 2, after=says["oldestCursor"]) == [2, 3]


async def test_an_instant_before_the_horizon_is_refused_with_the_oldest_one(
    lonely_project: UUID, shop: Shop
) -> None:
    says = await lose(lonely_project)
    async with admitted(shop) as client:
        await client.subscribe("1", FEED, variables={"from": NOW.isoformat()})
        frame = await client.read()
    [error] = frame["payload"]["errors"] if frame["type"] == "next" else frame["payload"]
    assert error["message"] == GONE
    assert error["extensions"] == {**says, "oldestInstant": "2026-06-01T12:00:00.000001+00:00"}


@pytest.mark.parametrize("by_header", [False, True])
async def test_an_event_stream_is_refused_by_its_cursor_and_by_the_last_id_of_its_client(
    lonely_project: UUID, shop: Shop, by_header: bool
) -> None:
    says = await lose(lonely_project)
    variables = {} if by_header else {"after": BEGINNING.encode()}
    headers = {"last_event_id": BEGINNING.encode()} if by_header else {}
    async with (
        httpx.AsyncClient(base_url=f"http://{shop.address}") as client,
        opened(client, FEED, variables, **headers) as stream,
    ):
        [refused, complete] = await stream.rest()
    [error] = refused.data["errors"]
    assert (refused.event, error["message"], error["extensions"]) == ("next", GONE, says)
    assert complete.event == "complete"


async def test_who_is_passed_by_the_horizon_while_catching_up_is_told_and_the_others_are_not(
    lonely_project: UUID, shop: Shop, feed: Feed
) -> None:
    # More than all buffers between server and client hold, so that who does not read is far behind.
    fill = "x" * 500_000
    async with transaction() as connection:
        await append(
            connection,
            [
                NewEvent(lonely_project, EventKind.CUSTOMER_CREATED, {"number": number, "fill": fill}, NOW)
                for number in range(60)
            ],
        )
    await eventually(next_partition)
    await grow_old(401, upto=1)
    async with admitted(shop) as live, admitted(shop) as slow:
        await live.subscribe("1", FEED)
        assert (await live.read())["payload"]["data"]["events"]["event"] is None
        await slow.subscribe("1", FEED, variables={"after": BEGINNING.encode()})
        await slow.read()
        assert await forget() == 1
        frames = [await slow.read()]
        while frames[-1]["type"] == "next" and frames[-1]["payload"].get("data"):
            frames.append(await slow.read())
        last = frames[-1]
        [error] = last["payload"]["errors"] if last["type"] == "next" else last["payload"]
        assert error["extensions"]["code"] == "CURSOR_EXPIRED"
        await record(lonely_project, 60)
        while (item := (await live.read())["payload"]["data"]["events"])["event"] is None:
            pass
        assert item["event"]["details"]["number"] == 60


async def test_the_query_pages_from_what_is_kept_and_refuses_places_before_it(
    lonely_project: UUID, caller: Caller, feed: Feed
) -> None:
    says = await lose(lonely_project)
    answer = await ask(caller, PAGE)
    assert [node["details"]["number"] for node in answer["events"]["nodes"]] == [2, 3]
    answer = await ask(caller, PAGE, after=says["oldestCursor"])
    assert [node["details"]["number"] for node in answer["events"]["nodes"]] == [2, 3]
    result = await execute(caller, PAGE, {"after": BEGINNING.encode()})
    [error] = result.errors
    assert (error.message, error.extensions, result.data) == (GONE, says, None)
