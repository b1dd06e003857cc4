"""Who asks the same shares one execution; who begins in the past or is slow goes alone, and nobody misses anything."""

import asyncio
import gc
import random
import tracemalloc

import pytest

from graphql_schema.shared_delivery import Sharing
from graphql_schema.shared_member import Room
from tests.graphql_schema.sharing import (
    NUMBERS,
    PATIENCE_SECONDS,
    Ear,
    Log,
    Progress,
    Subscriber,
    sharing_tasks,
    turns,
)


@pytest.fixture
def sharing():
    Log.numbers.clear()
    Log.shown = 0
    return Sharing(lambda caller: caller.partition(" as ")[2] or caller, Room(results=8, bytes=10_000))


def numbers_of(ear: Ear) -> list[int]:
    return [item["number"] for item in ear.items if item["number"] is not None]


async def all_have_heard(subscribers: list[Subscriber], *numbers: int) -> None:
    for each in subscribers:
        await each.ear.until(lambda ear: numbers_of(ear)[-len(numbers) :] == list(numbers))


async def in_company(sharing: Sharing, members: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while sharing.health().members != members:  # noqa: ASYNC110 - what is awaited is bookkeeping
            await asyncio.sleep(0)
    await turns()


async def leave(subscribers: list[Subscriber]) -> None:
    for each in subscribers:
        await each.leave()
    await turns()


async def test_a_thousand_who_ask_the_same_cost_one_execution_for_each_event(sharing):
    many = [Subscriber(sharing) for _ in range(1_000)]
    await in_company(sharing, 1_000)
    assert (sharing.health().streams, sharing.health().alone) == (1, 0)
    before = sharing.health()
    Log.append(1)
    await all_have_heard(many, 1)
    await turns()
    after = sharing.health()
    told = [item["number"] for item in many[0].ear.items][1:]
    assert after.executions - before.executions == len(told)
    assert after.deliveries - before.deliveries == 1_000 * len(told)
    assert {each.ear.payloads[1:][0] for each in many} == {b'{"data":{"numbers":{"place":1,"number":1}}}'}
    await leave(many)
    assert (sharing.health().streams, sharing_tasks()) == (0, 0)


async def test_two_hundred_documents_cost_two_hundred_executions(sharing):
    documents = [f"subscription Feed{number} {{ numbers {{ number place }} }}" for number in range(200)]
    many = [Subscriber(sharing, document) for document in documents for _ in range(3)]
    await in_company(sharing, 600)
    assert sharing.health().streams == 200
    Log.shown = 0
    Log.append(7)
    await all_have_heard(many, 7)
    assert Log.shown == 200
    await leave(many)
    assert (sharing.health().streams, sharing_tasks()) == (0, 0)


async def test_who_asks_otherwise_or_may_see_something_else_shares_nothing(sharing):
    ways = [
        Subscriber(sharing),
        Subscriber(sharing, variables={"odd": True}),
        Subscriber(sharing, NUMBERS.replace("number }", "number  }")),
        Subscriber(sharing, caller="bob"),
        Subscriber(sharing, caller="unequal"),
        Subscriber(sharing, caller="unequal"),
        Subscriber(sharing, caller="unhashable"),
    ]
    await in_company(sharing, 6)
    assert (sharing.health().streams, sharing.health().alone) == (6, 1)
    Log.append(2, 3)
    await all_have_heard([*ways[:1], *ways[2:]], 2, 3)
    await all_have_heard(ways[1:2], 3)
    await leave(ways)
    assert (sharing.health().streams, sharing.health().alone, sharing_tasks()) == (0, 0, 0)


async def test_where_somebody_begins_and_as_what_key_it_came_makes_no_difference(sharing):
    Log.append(*range(20))
    ways = [
        Subscriber(sharing, caller="key 1 as ann"),
        Subscriber(sharing, variables={"after": 5}, caller="key 2 as ann"),
        Subscriber(sharing, variables={"after": 19, "unknown": 1}, caller="ann"),
        Subscriber(sharing, variables={"after": None}),
    ]
    await ways[1].ear.until(lambda ear: numbers_of(ear) == list(range(5, 20)))
    await in_company(sharing, 4)
    assert sharing.health().streams == 1
    await leave(ways)


async def test_a_place_in_the_document_itself_is_begun_at(sharing):
    Log.append(10, 11, 12)
    literal = "subscription { numbers(after: 1) { number } }"
    first, second = Subscriber(sharing, literal), Subscriber(sharing, literal)
    await all_have_heard([first, second], 11, 12)
    await in_company(sharing, 2)
    assert sharing.health().streams == 1
    late = Subscriber(sharing, literal)
    Log.append(13)
    await all_have_heard([first, second, late], 11, 12, 13)
    await leave([first, second, late])


async def test_a_slow_client_goes_alone_from_where_it_was_and_comes_back_and_nobody_waits_for_it(sharing):
    quick, slow = Subscriber(sharing), Subscriber(sharing, ear=Ear())
    await in_company(sharing, 2)
    slow.ear.deaf = True
    for number in range(30):
        Log.append(number)
        await all_have_heard([quick], number)
    assert (sharing.health().members, numbers_of(slow.ear)) == (1, [])
    slow.ear.deaf = False
    await all_have_heard([slow], *range(30))
    await turns()
    health = sharing.health()
    assert (health.members, health.alone, health.fallen) == (2, 0, 1)
    Log.append(99)
    await all_have_heard([quick, slow], 99)
    assert numbers_of(slow.ear) == numbers_of(quick.ear) == [*range(30), 99]
    await leave([quick, slow])


async def test_a_client_that_is_slow_for_a_moment_stays_in_company(sharing):
    quick, slow = Subscriber(sharing), Subscriber(sharing)
    await in_company(sharing, 2)
    slow.ear.deaf = True
    Log.append(1, 2)
    await all_have_heard([quick], 1, 2)
    slow.ear.deaf = False
    await all_have_heard([slow], 1, 2)
    await turns()
    written = slow.ear.at_once
    Log.append(3)
    await all_have_heard([slow], 3)
    assert (sharing.health().fallen, slow.ear.at_once > written) == (0, True)
    await leave([quick, slow])


@pytest.mark.parametrize("seed", range(4))
async def test_in_a_storm_everybody_is_told_everything_once_in_order_in_the_same_bytes(sharing, seed):
    """Clients come, go, come back behind their last place, and are deaf at times, while numbers rain."""
    dice = random.Random(seed)  # noqa: S311
    document = NUMBERS if seed % 2 else NUMBERS.replace("place number", "place number slowly")
    stories: list[tuple[int | None, list[Ear]]] = []  # where each began, and what it has heard with
    here: dict[int, Subscriber] = {}
    for moment in range(250):
        match dice.randrange(8):
            case 0 if len(stories) < 40:
                after = dice.choice([None, dice.randint(0, len(Log.numbers))])
                here[len(stories)] = Subscriber(sharing, document, {"after": after})
                stories.append((after, [here[len(stories)].ear]))
            case 1 if here:
                name = dice.choice(sorted(here))
                await here.pop(name).leave()
            case 2 if len(here) < len(stories):
                name = dice.choice(sorted(set(range(len(stories))) - set(here)))
                begun, ears = stories[name]
                last = next((ear.items[-1]["place"] for ear in reversed(ears) if ear.payloads), begun)
                here[name] = Subscriber(sharing, document, {"after": last})
                ears.append(here[name].ear)
            case 3 | 4 if here:
                ear = here[dice.choice(sorted(here))].ear
                ear.deaf = not ear.deaf
            case _:
                Log.append(*range(moment * 100, moment * 100 + dice.choice([1, 1, 1, 5, 40])))
        if dice.random() < 0.7:
            await turns(dice.randint(1, 20))
    for subscriber in here.values():
        subscriber.ear.deaf = False
        await subscriber.ear.until(lambda ear: ear.payloads and ear.items[-1]["place"] == len(Log.numbers))
    by_place: dict[int, set[bytes]] = {}
    for name, (begun, ears) in enumerate(stories):
        items = [item for ear in ears for item in ear.items]
        start = begun if begun is not None else items[0]["place"] if items else 0  # the first item says it
        told = [item["number"] for item in items if item["number"] is not None]
        reached = max([start, *(item["place"] for item in items)])
        assert told == Log.numbers[start:reached], name
        assert name not in here or reached == len(Log.numbers)
        for ear in ears:
            for payload, item in zip(ear.payloads, ear.items, strict=True):
                if item["number"] is not None:
                    by_place.setdefault(item["place"], set()).add(payload)
    assert all(len(payloads) == 1 for payloads in by_place.values())
    assert (sharing.health().members > 0, sharing.health().fallen > 0) == (True, True)
    await leave(list(here.values()))
    assert (sharing.health().streams, sharing.health().alone, sharing_tasks()) == (0, 0, 0)


async def test_whoever_comes_is_told_the_present_state_and_a_slow_client_is_spared_some(sharing):
    Progress.go(1)
    Progress.started = 0
    ask = "subscription { progress }"
    first = Subscriber(sharing, ask)
    await first.ear.until(lambda ear: ear.items == [1])
    slow = Subscriber(sharing, ask)
    await slow.ear.until(lambda ear: ear.items == [1])
    assert (Progress.started, sharing.health().members) == (1, 2)
    slow.ear.deaf = True
    for value in range(2, 40):
        Progress.go(value)
        await first.ear.until(lambda ear, wanted=value: ear.items[-1] == wanted)
    slow.ear.deaf = False
    await slow.ear.until(lambda ear: ear.items[-1] == 39)
    assert len(slow.ear.payloads) < 5
    assert sharing.health().fallen == 0
    Progress.go(40, over=True)
    for each in (first, slow):
        await each.ear.until(lambda ear: ear.end == [{"id": "1", "type": "complete"}])
        assert each.ear.items[-1] == 40
    late = Subscriber(sharing, ask)
    await late.ear.until(lambda ear: ear.end != [])
    assert late.ear.items == [40]
    assert (sharing.health().streams, sharing_tasks()) == (0, 0)


async def test_what_goes_wrong_is_told_to_all_who_share_it(sharing):
    Progress.go(1)
    many = [Subscriber(sharing, "subscription { progress }") for _ in range(3)]
    for each in many:
        await each.ear.until(lambda ear: ear.items == [1])
    Progress.go(-1)
    for each in many:
        await each.ear.until(lambda ear: ear.end != [])
        [end] = each.ear.end
        assert (end["type"], end["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL_ERROR")
        assert "swordfish" not in str(end)
    await turns()
    assert (sharing.health().streams, sharing_tasks()) == (0, 0)


async def test_queries_and_mistakes_are_answered_as_ever(sharing):
    query, mistake = Subscriber(sharing, "{ one }"), Subscriber(sharing, "subscription { nothing }")
    await asyncio.gather(query.task, mistake.task)
    assert (query.ear.items, query.ear.end) == ([1], [{"id": "1", "type": "complete"}])
    [end] = mistake.ear.end
    assert (end["type"], mistake.ear.payloads) == ("error", [])


async def test_nothing_is_kept_of_what_was_told(sharing):
    many = [Subscriber(sharing) for _ in range(20)]
    await in_company(sharing, 20)
    for each in many:
        each.ear._take = lambda _text: None  # the clients of this test shall not keep it either

    async def tell(count: int) -> None:
        for _ in range(count):
            wanted = sharing.health().deliveries + 20 * len(many)
            Log.append(*range(20))
            [stream] = sharing._streams.values()
            while sharing.health().deliveries < wanted or stream._pending:  # noqa: ASYNC110 - what is awaited is bookkeeping
                await asyncio.sleep(0)

    await tell(10)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.take_snapshot()
        await tell(40)
        gc.collect()
        after = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    grown = after.compare_to(before, "filename")
    kept = sum(one.size_diff for one in grown if "/tests/" not in one.traceback[0].filename)
    assert kept < 65_536  # what is under way just then; graphql-core alone would keep a million
    await leave(many)
