"""The feeds of the product, shared: the same to the byte as alone, however one joins, and never across permissions."""

import asyncio
import random
from datetime import timedelta

import orjson
import pytest

from app.events.cursor import BEGINNING
from app.projects.values import KeyKind
from graphql_schema.http_answer import payload_of
from graphql_schema.schema import schema
from graphql_schema.shared_delivery import Sharing
from graphql_schema.shared_member import Room
from graphql_schema.shared_view import view_of
from tests.conftest import NOW
from tests.events.conftest import eventually, record
from tests.graphql_schema.asking import a_caller, a_context, a_shopper, followed
from tests.graphql_schema.sharing import Ear, Subscriber, sharing_tasks
from tests.projects.shop import a_customer

FEED = """subscription ($after: Cursor, $from: DateTime) {
  events(kinds: [CUSTOMER_CREATED], after: $after, from: $from) { cursor event { at kind details } }
}"""
POINTS = "subscription { redemptions { cursor event { at } } }"
WALLET = "subscription { walletChanges { cursor event { at } } }"


@pytest.fixture
def sharing(feed) -> Sharing:
    return Sharing(view_of, Room(results=8))


def subscriber(sharing, caller, document=FEED, ear=None, **variables) -> Subscriber:
    return Subscriber(sharing, document, variables, ear=ear, schema=schema, context=a_context(caller))


def told(ears: list[Ear]) -> list[int]:
    """The numbers of the events, in order."""
    found = [item["event"] for ear in ears for item in ear.items]
    return [event["details"]["number"] for event in found if event is not None]


async def leave(sharing, subscribers) -> None:
    for each in subscribers:
        await each.leave()
    await eventually(lambda: sharing_tasks() == 0)
    assert (sharing.health().streams, sharing.health().members, sharing.health().alone) == (0, 0, 0)


async def test_joined_in_the_middle_of_a_busy_log_each_is_told_all_once_in_the_bytes_it_has_alone(
    project, sharing
):
    dice = random.Random(5)  # noqa: S311
    caller, other_key = await a_caller(project), await a_caller(project)
    everything = 300
    writing = asyncio.create_task(_write(project, dice, everything))
    here = []
    for number in range(24):
        start = dice.choice([{"after": BEGINNING.encode()}, {"from": (NOW - timedelta(days=1)).isoformat()}])
        here.append(subscriber(sharing, dice.choice([caller, other_key]), **start))
        if number % 4 == 0:
            here[number].ear.deaf = True
            asyncio.get_running_loop().call_later(dice.random(), setattr, here[number].ear, "deaf", False)
        await asyncio.sleep(dice.random() / 100)
    await writing
    for each in here:
        await each.ear.until(lambda ear: told([ear])[-1:] == [everything - 1])
        assert told([each.ear]) == list(range(everything))
    await eventually(lambda: sharing.health().members == len(here))
    assert sharing.health().streams == 1
    alone = {}
    async with followed(caller, FEED, after=BEGINNING.encode()) as results:
        async for result in results:
            item = result.data["events"]
            if item["event"] is None:
                continue
            alone[item["cursor"]] = orjson.dumps(payload_of(result))
            if item["event"]["details"]["number"] == everything - 1:
                break
    for each in here:
        for item, payload in zip(each.ear.items, each.ear.payloads, strict=True):
            assert item["event"] is None or payload == alone[item["cursor"]]
    await leave(sharing, here)


async def _write(project, dice, count: int) -> None:
    number = 0
    while number < count:
        several = min(dice.choice([1, 1, 2, 9]), count - number)
        await record(project, *range(number, number + several))
        number += several
        await asyncio.sleep(0.001)


async def test_other_permissions_never_share(project, sharing):
    callers = [
        await a_caller(project),
        await a_caller(project, KeyKind.MERCHANT, redemption_point="kiosk 4"),
        await a_caller(project, KeyKind.MERCHANT, redemption_point="kiosk 5"),
        await a_caller(project, KeyKind.MERCHANT, redemption_point="kiosk 5"),
    ]
    ada, bob = [await a_customer(project, name) for name in ("ada", "bob")]
    shoppers = [await a_shopper(project, customer) for customer in (ada, bob, bob)]
    here = [subscriber(sharing, caller, POINTS) for caller in callers]
    here += [subscriber(sharing, shopper, WALLET) for shopper in shoppers]
    await eventually(lambda: sharing.health().members == len(here))
    assert sharing.health().streams == 5
    await leave(sharing, here)


async def test_who_may_not_follow_is_told_so_and_nobody_else(project, sharing):
    storefront = subscriber(sharing, await a_caller(project, KeyKind.STOREFRONT), POINTS)
    fine = subscriber(sharing, await a_caller(project), POINTS)
    await storefront.ear.until(lambda ear: ear.end != [])
    assert storefront.ear.end[0]["payload"][0]["extensions"]["code"] == "FORBIDDEN"
    await eventually(lambda: sharing.health().members == 1)
    assert fine.ear.end == []
    await leave(sharing, [storefront, fine])


async def test_two_hundred_documents_cost_two_hundred_executions_an_event(project, sharing):
    caller = await a_caller(project)
    documents = [FEED.replace("subscription", f"subscription Feed{number}") for number in range(200)]
    here = [subscriber(sharing, caller, document) for document in documents]
    await eventually(lambda: sharing.health().members == 200)

    def heartbeats() -> int:
        return sum(item["event"] is None for each in here for item in each.ear.items)

    await record(project, 1)
    for each in here:
        await each.ear.until(lambda ear: told([ear]) == [1])
    before, beats = sharing.health().executions, heartbeats()
    await record(project, 2)
    for each in here:
        await each.ear.until(lambda ear: told([ear]) == [1, 2])
    assert sharing.health().executions - before <= 200 + heartbeats() - beats
    await leave(sharing, here)
