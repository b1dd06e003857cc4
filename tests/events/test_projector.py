"""The projector: every event once, whatever dies; one process at a time; who waits is woken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app.database import Connection, connect, execute
from app.events.cursor import Cursor
from app.events.log import Event
from app.events.projection import empty, projected
from app.events.projector import Projector
from tests.events.conftest import eventually, record, write
from tests.events.projected import Numbers, caught_up_to, numbers_of, projecting, settled_head

Cut = Callable[[str], Awaitable[int]]


@pytest_asyncio.fixture
async def numbers(project: UUID) -> AsyncIterator[Numbers]:
    async with numbers_of(project) as made:
        yield made


async def all_applied(numbers: Numbers) -> Cursor:
    return await caught_up_to(numbers.name, await settled_head(numbers.project))


def leaders(*projectors: Projector) -> list[bool]:
    return [one.leads for projector in projectors for one in projector.health()]


async def test_what_happened_before_and_what_happens_is_applied_in_order(numbers: Numbers) -> None:
    await record(numbers.project, 1, 2)
    async with projecting(numbers) as projector:
        await all_applied(numbers)
        await record(numbers.project, 3)
        at = await all_applied(numbers)
        await eventually(lambda: projector.at(numbers.name) >= at)
    assert await numbers.kept() == [1, 2, 3]


async def test_of_two_processes_one_applies_and_each_event_counts_once(numbers: Numbers) -> None:
    async with projecting(numbers, page_size=7) as one, projecting(numbers, page_size=7) as other:
        await eventually(lambda: any(leaders(one, other)))
        for number in range(100):
            await record(numbers.project, number)
        await all_applied(numbers)
        assert sorted(leaders(one, other)) == [False, True]
    assert await numbers.kept() == list(range(100))


async def test_where_the_first_process_ends_the_second_goes_on(numbers: Numbers) -> None:
    async with projecting(numbers) as second:
        await eventually(lambda: leaders(second) == [True])
        async with projecting(numbers) as third:
            await record(numbers.project, 1)
            await all_applied(numbers)
            assert leaders(third) == [False]
            await second.stop()
            await eventually(lambda: leaders(third) == [True])
            await record(numbers.project, 2)
            await all_applied(numbers)
    assert await numbers.kept() == [1, 2]


async def test_cut_off_again_and_again_it_still_counts_each_event_once(numbers: Numbers, cut: Cut) -> None:
    async with projecting(numbers, page_size=3), projecting(numbers, page_size=3):
        for number in range(60):
            await record(numbers.project, number)
            if number % 10 == 5:
                await cut("tearoff projection")
        await all_applied(numbers)
    assert await numbers.kept() == list(range(60))


async def test_a_mistake_in_a_projection_holds_it_up_and_shows(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = numbers.apply
    failing = asyncio.Event()

    async def fail(connection: Connection, events: Sequence[Event]) -> None:
        await whole(connection, events)
        failing.set()
        raise ZeroDivisionError

    async with projecting(numbers) as projector:
        await eventually(lambda: leaders(projector) == [True])
        await eventually(lambda: projector.health()[0].lag == 0)
        with monkeypatch.context() as broken:
            broken.setattr(numbers, "apply", fail)
            await record(numbers.project, 1)
            await failing.wait()
            await eventually(lambda: projector.health()[0].lag > 0)
            assert await numbers.kept() == []
        await all_applied(numbers)
        await eventually(lambda: projector.health()[0].lag == 0)
    assert await numbers.kept() == [1]


async def test_whoever_waits_is_woken_in_the_process_that_applies_and_in_the_others(numbers: Numbers) -> None:
    async with projecting(numbers) as one, projecting(numbers) as other:
        await eventually(lambda: any(leaders(one, other)))
        before = await projected(numbers.name)
        waiting = [asyncio.create_task(projector.past(numbers.name, before)) for projector in (one, other)]
        await record(numbers.project, 1)
        async with asyncio.timeout(10):
            assert min(await asyncio.gather(*waiting)) > before
            await asyncio.gather(*(one.past(numbers.name, before) for one in (one, other)))


async def test_events_of_other_kinds_move_it_along(numbers: Numbers) -> None:
    async with projecting(numbers):
        before = await projected(numbers.name)
        await execute(
            "INSERT INTO events (project_id, kind, at, payload) VALUES ($1, 'PROJECT_CREATED', now(), '{}')",
            numbers.project,
        )
        assert await all_applied(numbers) > before
    assert await numbers.kept() == []


async def test_emptied_while_it_runs_it_comes_to_the_same_again(numbers: Numbers) -> None:
    async with projecting(numbers, page_size=50) as projector:
        await record(numbers.project, *range(20))
        at = await all_applied(numbers)
        before = await numbers.kept()
        await empty(numbers)
        await record(numbers.project, 20)
        await all_applied(numbers)
        await projector.past(numbers.name, at)
    assert before == list(range(20))
    assert await numbers.kept() == list(range(21))


async def test_an_open_transaction_elsewhere_makes_it_wait_and_nothing_is_passed_over(
    numbers: Numbers, database: dict[str, Any]
) -> None:
    slow = await connect()
    async with projecting(numbers) as projector:
        async with slow.transaction():
            await write(slow, numbers.project, 1)
            await record(numbers.project, 2)
            await eventually(lambda: projector.health()[0].lag > 0)
            assert await numbers.kept() == []
        await all_applied(numbers)
    await slow.close()
    assert await numbers.kept() == [1, 2]
