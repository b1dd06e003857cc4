"""Partitions of the log: opened while everybody writes, read as one log, whatever the clocks say."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from app.database import connect, execute, fetchval, statement
from app.events.cursor import BEGINNING, Cursor
from app.events.partitions import begin_partition, stretch
from app.events.read import PLANS, head, place_before, read_everything, read_page
from app.ids import new_id
from tests.conftest import NOW
from tests.events.conftest import Follower, eventually, numbers, record, running_feed, write
from tests.events.parted import all_settled, next_partition, part_of, partitions

CENTURY = timedelta(days=36_500)


async def all_of(project: UUID, after: Cursor | None, limit: int) -> list[int]:
    """Page by page to the end."""
    read: list[int] = []
    while (page := await read_page(project, after, limit)).is_full:
        assert page.rows
        read += numbers(page.events())
        after = page.reached
    assert page.reached == await head()
    return read + numbers(page.events())


async def a_parted_log(project: UUID) -> None:
    """Numbers 0 to 9 in five partitions; 5 was written late, into the fourth, by a transaction older than the third."""
    await record(project, 0, 1)
    await eventually(next_partition)
    await record(new_id(), -1)
    await eventually(next_partition)
    late = await connect()
    try:
        deal = late.transaction()
        await deal.start()
        await late.fetchval("SELECT pg_current_xact_id()")
        await record(project, 2, 3, 4)
        await eventually(next_partition)
        await write(late, project, 5)
        await deal.commit()
    finally:
        await late.close()
    await record(project, 6, 7)
    await eventually(next_partition)
    await record(project, 8, 9)


IN_ORDER = [0, 1, 5, 2, 3, 4, 6, 7, 8, 9]


async def test_a_log_in_partitions_is_read_as_one_from_every_place_and_in_pages_of_any_size(
    lonely_project: UUID,
) -> None:
    await a_parted_log(lonely_project)
    assert await partitions() == [1, 2, 3, 4, 5]
    assert [await part_of(number) for number in IN_ORDER] == [1, 1, 4, 3, 3, 3, 4, 4, 5, 5]

    await eventually(all_settled)
    events = (await read_page(lonely_project, None)).events()
    assert numbers(events) == IN_ORDER
    for limit in (1, 3, 100):
        for passed, place in enumerate([None, *(event.cursor for event in events)]):
            assert await all_of(lonely_project, place, limit) == IN_ORDER[passed:], (limit, passed)
    assert await head() == events[-1].cursor


async def test_the_process_reads_all_projects_across_partitions(lonely_project: UUID) -> None:
    await a_parted_log(lonely_project)
    await eventually(all_settled)
    connection = await connect(**PLANS)
    try:
        for limit in (1, 2, 100):
            read: list[int] = []
            at, is_full = BEGINNING, True
            while is_full:
                page = await read_everything(connection, at, limit)
                read += [event.payload["number"] for event in page.events() if "number" in event.payload]
                at, is_full = page.reached, page.is_full
            assert [number for number in read if number >= 0] == IN_ORDER, limit
    finally:
        await connection.close()


async def test_the_place_of_an_instant_is_found_in_every_partition(lonely_project: UUID) -> None:
    now = datetime.now(UTC)
    await execute("UPDATE event_partitions SET opened_at = now() - interval '9 days'")
    for day in range(8):
        await execute(
            "INSERT INTO events (project_id, kind, at, payload) VALUES ($1, 'CUSTOMER_CREATED', $2, $3)",
            *(lonely_project, now - timedelta(days=8 - day), {"number": day}),
        )
        await eventually(next_partition)
        await execute(
            "UPDATE event_partitions SET closed_at = now() - make_interval(days => 8 - $1) WHERE id = $1 + 1",
            day,
        )
    assert len(await partitions()) == 9
    await eventually(all_settled)
    for day in range(8):
        for hours in (-1, 0):
            place = await place_before(lonely_project, now - timedelta(days=8 - day, hours=-hours))
            assert await all_of(lonely_project, place, 100) == list(range(day, 8)), (day, hours)
    assert await place_before(lonely_project, now + timedelta(days=1)) == await head()


@pytest.mark.parametrize("statement_of", ["read_settled.sql", "read_project.sql"])
async def test_reading_opens_the_partitions_around_the_place_only(
    lonely_project: UUID, statement_of: str
) -> None:
    for number in range(14):
        await record(lonely_project, *range(number * 10, number * 10 + 10))
        await eventually(all_settled)  # else the next one may hold events that stand before these
        await eventually(next_partition)
    await record(lonely_project, 140)
    await eventually(all_settled)
    page = await read_page(lonely_project, None, 100)
    places = {event.payload["number"]: event.cursor for event in page.events()}
    assert await part_of(75) == 8
    connection = await connect(**PLANS)
    try:
        types = "smallint, xid8, bigint, bigint" + (", uuid" if "project" in statement_of else "")
        await connection.execute(
            f"PREPARE reading ({types}, text[], bigint, boolean) AS {statement('app.events', statement_of)}"
        )
        epoch, tx, position = places[75]
        project = f"'{lonely_project}', " if "project" in statement_of else ""
        explain = (
            f"EXPLAIN (ANALYZE) EXECUTE reading ({epoch}, '{tx}', {position}, 3, {project}NULL, 100000, true)"
        )

        async def opens_few() -> bool:
            """The one around the place, and the last one for the end of the log."""
            plan = await connection.fetch(explain)
            opened = {found[1] for row in plan if (found := re.search(r" on (events_\d+) ", row[0]))}
            assert "events_8" in opened
            return opened <= {"events_8", "events_9", "events_14", "events_15"}

        await eventually(
            opens_few
        )  # while a transaction is open elsewhere, the settled end lies further back
    finally:
        await connection.close()


async def test_however_the_clocks_jump_every_event_finds_its_partition(lonely_project: UUID) -> None:
    month = timedelta(days=30)
    now = datetime.now(UTC)
    await record(lonely_project, 0)
    assert await begin_partition(now + CENTURY, month) == 0, "the database's clock says otherwise"
    assert await begin_partition(now - CENTURY, month) == 0
    await record(lonely_project, 1)
    await execute("UPDATE event_partitions SET opened_at = now() + interval '100 years'")
    assert await begin_partition(now, month) == 0
    await record(lonely_project, 2)
    await execute("UPDATE event_partitions SET opened_at = now() - interval '100 years'")
    assert await begin_partition(now, month) == 1
    await record(lonely_project, 3)
    for at in (NOW - CENTURY, NOW + CENTURY):  # an event's own time may lie anywhere
        await execute(
            "INSERT INTO events (project_id, kind, at, payload) VALUES ($1, 'CUSTOMER_CREATED', $2, $3)",
            *(lonely_project, at, {"number": 4}),
        )
    assert [await part_of(number) for number in range(4)] == [1, 1, 1, 2]
    assert await fetchval("SELECT count(*) FROM events_2") == 3


async def test_of_many_processes_one_opens_the_next_partition(lonely_project: UUID) -> None:
    await record(lonely_project, 0)
    assert sum(await asyncio.gather(*(next_partition() for _ in range(6)))) == 1
    assert await partitions() == [1, 2]
    assert await next_partition() == 0, "an empty one needs no successor"


async def test_partitions_change_while_everybody_writes_and_follows(lonely_project: UUID) -> None:
    async with running_feed() as feed:
        follower = Follower(feed.follow(lonely_project, after=await head()))
        opened = 0

        async def writer(first: int) -> None:
            for number in range(first, first + 40):
                await record(lonely_project, number)

        writing = asyncio.gather(*(writer(first) for first in (0, 100, 200, 300)))
        while not writing.done():
            opened += await next_partition()
            await asyncio.sleep(0.01)
        await writing
        received = await follower.has(160)
        await follower.leave()
    assert opened >= 2
    assert sorted(received) == [first + place for first in (0, 100, 200, 300) for place in range(40)]
    assert len(await partitions()) == opened + 1
    cursors = [event.cursor for event in follower.events]
    assert cursors == sorted(cursors)
    assert await all_of(lonely_project, None, 7) == received


async def test_while_somebody_reads_for_long_the_partition_goes_on_and_nobody_waits(
    lonely_project: UUID,
) -> None:
    await record(lonely_project, 0)
    reader = await connect()
    try:
        reading = reader.transaction()
        await reading.start()
        await reader.fetch("SELECT count(*) FROM events")
        async with asyncio.timeout(10):
            assert await next_partition() == 0
        await record(lonely_project, 1)
        await reading.rollback()
    finally:
        await reader.close()
    assert await next_partition() == 1
    assert [await part_of(number) for number in range(2)] == [1, 1]


@pytest.mark.parametrize(("days", "length"), [(0, 30), (1, 1), (26, 2), (400, 30), (36_500, 30)])
def test_about_thirteen_partitions_make_up_what_is_kept_none_shorter_than_a_day(
    days: int, length: int
) -> None:
    assert stretch(timedelta(days=days)) == timedelta(days=length)
