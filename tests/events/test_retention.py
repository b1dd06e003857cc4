"""Letting go of the log's oldest partitions: what is read is kept, who comes too late is told, nobody else notices."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.database import Connection, connect, execute, fetch, fetchval
from app.database.migrate import migrate
from app.events import retention
from app.events.cursor import BEGINNING, Cursor
from app.events.feed import Heartbeat
from app.events.partitions import exclusively
from app.events.projection import empty, projected
from app.events.read import CursorExpired, head, place_before, read_page, read_project
from app.events.retention import let_go, tend_log
from app.redemptions.audit import audit
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.events.conftest import Follower, eventually, numbers, record, running_feed, write
from tests.events.parted import KEPT, all_settled, forget, grow_old, horizon, next_partition, partitions
from tests.events.projected import numbers_of, stand_at
from tests.redemptions.shop import a_campaign, a_voucher, asking, redemption


async def months(project: UUID, count: int) -> list[Cursor]:
    """Three numbered events in each of so many closed partitions; gives the place of each event."""
    for month in range(count):
        await record(project, *range(month * 3, month * 3 + 3))
        await eventually(next_partition)

    async def settled() -> bool:
        return len(await read_project(project)) == count * 3

    await eventually(settled)
    return [event.cursor for event in await read_project(project)]


async def test_partitions_older_than_asked_for_go_and_the_horizon_is_where_they_ended(
    lonely_project: UUID,
) -> None:
    places = await months(lonely_project, 4)
    assert await forget() == 0
    await grow_old(401, upto=2)
    assert await forget() == 2
    assert await partitions() == [3, 4, 5]
    assert await horizon() == places[5]
    assert numbers(await read_project(lonely_project)) == [6, 7, 8, 9, 10, 11]
    assert numbers(await read_project(lonely_project, places[5])) == [6, 7, 8, 9, 10, 11]
    assert numbers(await read_project(lonely_project, places[8])) == [9, 10, 11]
    for place in (BEGINNING, places[0], places[4]):
        with pytest.raises(CursorExpired) as expired:
            await read_page(lonely_project, place)
        assert expired.value.oldest == places[5]
    await record(lonely_project, 12)
    assert await forget() == 0


async def test_nothing_is_let_go_where_events_are_kept_for_ever_or_a_clock_has_jumped(
    lonely_project: UUID,
) -> None:
    await months(lonely_project, 2)
    now = datetime.now(UTC)
    assert await let_go(now + timedelta(days=10_000), KEPT) == 0
    await grow_old(10_000, upto=2)
    assert await tend_log(now, timedelta(0)) == 0
    assert await partitions() == [1, 2, 3]
    assert await tend_log(now, KEPT) == 2


async def test_what_a_projection_has_not_read_is_kept(lonely_project: UUID) -> None:
    places = await months(lonely_project, 3)
    await grow_old(401, upto=3)
    await execute(
        "INSERT INTO projection_cursors (name, epoch, tx, position, updated_at) VALUES ('slow', $1, $2, $3, now())",
        *places[4],
    )
    assert await forget() == 1
    assert await partitions() == [2, 3, 4]
    await execute("UPDATE projection_cursors SET position = $1 WHERE name = 'slow'", places[5].position)
    assert places[4].tx == places[5].tx
    assert await forget() == 1
    assert await horizon() == places[5]
    await execute("UPDATE projection_cursors SET tx = $1, position = $2", places[8].tx, places[8].position)
    assert await forget() == 1


async def test_a_partition_in_use_is_let_go_another_time(lonely_project: UUID) -> None:
    await months(lonely_project, 1)
    await grow_old(401, upto=1)
    reader = await connect()
    try:
        reading = reader.transaction()
        await reading.start()
        await reader.fetch("SELECT count(*) FROM events")
        async with asyncio.timeout(10):
            assert await forget() == 0
        await record(lonely_project, 3)
        assert await horizon() == BEGINNING
        await reading.rollback()
    finally:
        await reader.close()
    assert await forget() == 1


async def test_of_many_processes_each_partition_is_let_go_once(lonely_project: UUID) -> None:
    await months(lonely_project, 3)
    await grow_old(401, upto=3)
    while await partitions() != [4]:
        await asyncio.gather(*(forget() for _ in range(4)))
    counts = await fetch("SELECT kind, count FROM events_let_go WHERE project_id = $1", lonely_project)
    assert [tuple(row) for row in counts] == [("CUSTOMER_CREATED", 9)]


async def test_an_instant_before_the_horizon_is_refused_with_the_first_one_that_is_not(
    lonely_project: UUID,
) -> None:
    await months(lonely_project, 1)
    await execute("UPDATE events SET at = at + make_interval(hours => (payload ->> 'number')::int)")
    await record(lonely_project, 3)
    await execute("UPDATE events SET at = $1 WHERE part = 2", NOW + timedelta(days=1))
    await grow_old(401, upto=1)
    assert await forget() == 1
    for instant in (NOW - timedelta(days=1), NOW, NOW + timedelta(hours=2)):
        with pytest.raises(CursorExpired) as expired:
            await place_before(lonely_project, instant)
        assert (expired.value.oldest, expired.value.until) == (await horizon(), NOW + timedelta(hours=2))
    await eventually(all_settled)
    place = await place_before(lonely_project, NOW + timedelta(hours=2, microseconds=1))
    assert numbers(await read_project(lonely_project, place)) == [3]


async def test_an_event_written_late_at_a_place_before_the_horizon_moves_its_instant(
    lonely_project: UUID,
) -> None:
    late = await connect()
    try:
        deal = late.transaction()
        await deal.start()
        await late.fetchval("SELECT pg_current_xact_id()")
        await record(lonely_project, 0)
        await eventually(next_partition)
        await write(late, lonely_project, 1)
        await late.execute("UPDATE events SET at = at + interval '1 hour' WHERE part = 2")
        await deal.commit()
    finally:
        await late.close()
    await grow_old(401, upto=1)
    assert await forget() == 1
    assert await fetchval("SELECT at FROM event_horizon") == NOW + timedelta(hours=1)


async def test_who_follows_the_present_notices_nothing_even_when_all_is_let_go(lonely_project: UUID) -> None:
    async with running_feed(heartbeat_seconds=0.05) as feed:
        live = Follower(feed.follow(lonely_project))
        await live.beat()
        places = await months(lonely_project, 3)
        assert await live.has(9) == list(range(9))
        await grow_old(401, upto=3)
        assert await forget() == 3
        assert await head() == await horizon() == places[8]
        beats = len(live.heartbeats)
        await eventually(lambda: len(live.heartbeats) > beats)
        assert live.heartbeats[-1] == places[8]
        await record(lonely_project, 9)
        assert await live.has(10) == list(range(10))
        returning = Follower(feed.follow(lonely_project, after=places[8]))
        assert await returning.has(1) == [9]
        assert feed.health().fallen_behind == 0
        await returning.leave()
        await live.leave()


async def test_who_catches_up_too_slowly_is_told_instead_of_missing_something(lonely_project: UUID) -> None:
    places = await months(lonely_project, 3)
    await grow_old(401, upto=2)
    async with running_feed(page_size=2) as feed:
        slow = feed.follow(lonely_project, after=BEGINNING)
        seen = [await anext(slow) for _ in range(3)]
        assert isinstance(seen.pop(), Heartbeat)
        assert numbers(seen) == [0, 1]
        assert await forget() == 2
        with pytest.raises(CursorExpired) as expired:
            await anext(slow)
        assert expired.value.oldest == places[5]
        going_on = Follower(feed.follow(lonely_project, after=expired.value.oldest))
        assert await going_on.has(3) == [6, 7, 8]
        await going_on.leave()


async def test_a_process_that_starts_tells_its_watchers_nothing_old(lonely_project: UUID) -> None:
    await months(lonely_project, 1)
    heard: list[int] = []
    async with running_feed() as feed:
        kind = (await read_project(lonely_project))[0].kind
        feed.watch(kind, lambda event: heard.append(event.payload["number"]))
        live = Follower(feed.follow(lonely_project))
        await live.beat()
        await record(lonely_project, 3)
        await live.has(1)
        await live.leave()
    assert heard == [3]


async def test_the_audit_counts_what_was_let_go(lonely_project: UUID) -> None:
    till = Till()
    await till.start()
    try:
        await a_voucher(lonely_project, await a_campaign(lonely_project), "SUMMER")
        redemption(await till.redeem(asking(lonely_project, "SUMMER")))
        await till.redeem(asking(lonely_project, "NOPE"))
        await eventually(next_partition)
        await till.redeem(asking(lonely_project, "NOPE"))
    finally:
        await till.close()
    await grow_old(401, upto=1)
    assert (await audit(lonely_project)).drift == 0
    assert await forget() == 1
    assert (await audit(lonely_project)).drift == (await audit()).drift == 0
    await execute("UPDATE events_let_go SET count = count + 1 WHERE kind = 'REDEMPTION_REJECTED'")
    found = {check.name: check.drift for check in (await audit(lonely_project)).checks if check.drift}
    assert found == {"events": 1}


async def test_a_restored_log_of_which_nothing_is_left_begins_a_new_epoch_too(
    fresh_database: dict[str, Any],
) -> None:
    connection = await asyncpg.connect(**fresh_database)
    try:
        await connection.execute("UPDATE event_horizon SET epoch = 1, tx = '1000000000000', position = 7")
        await migrate(fresh_database)
        assert await connection.fetchval("SELECT max(id) FROM event_epochs") == 2
        await migrate(fresh_database)
        assert await connection.fetchval("SELECT max(id) FROM event_epochs") == 2
    finally:
        await connection.close()


async def test_a_projection_that_begins_anew_meanwhile_keeps_the_log_and_none_begins_anew_without_it(
    lonely_project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await months(lonely_project, 1)
    await grow_old(401, upto=1)
    async with numbers_of(lonely_project) as numbers:
        [end] = (await read_project(lonely_project))[-1:]
        await stand_at(numbers, end.cursor)

        @asynccontextmanager
        async def emptied_before() -> AsyncIterator[Connection]:
            await empty(numbers)
            async with exclusively() as connection:
                yield connection

        with monkeypatch.context() as between:
            between.setattr(retention, "exclusively", emptied_before)
            assert await forget() == 0
        assert await projected(numbers.name) == BEGINNING
        assert await horizon() == BEGINNING
        await stand_at(numbers, end.cursor)
        assert await forget() == 1
        with pytest.raises(CursorExpired) as expired:
            await empty(numbers)
        assert expired.value.oldest == end.cursor
        assert await projected(numbers.name) == end.cursor
