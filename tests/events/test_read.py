"""Reading: only what is settled, in order, page by page, behind the wall of the project."""

from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app.database import connect, execute, fetchval, transaction
from app.database.migrate import migrate
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.read import head, read_everything, read_page, read_project
from app.ids import new_id
from tests.conftest import NOW
from tests.events.conftest import eventually, numbers, record, write


async def settled(project: UUID, count: int) -> None:
    async def there() -> bool:
        return len(await read_project(project)) == count

    await eventually(there)


async def test_a_committed_event_waits_for_the_older_transaction_that_is_still_open(project: UUID) -> None:
    older, younger = await connect(), await connect()
    try:
        slow = older.transaction()
        await slow.start()
        await write(older, project, 1)
        async with younger.transaction():
            await write(younger, project, 2)
        assert await fetchval("SELECT count(*) FROM events WHERE project_id = $1", project) == 1
        assert await read_project(project) == [], "number 1 may still come before number 2"
        await slow.commit()
    finally:
        await older.close()
        await younger.close()
    await settled(project, 2)
    assert numbers(await read_project(project)) == [1, 2]


async def test_pages_follow_each_other_without_gap_or_repetition(project: UUID) -> None:
    for number in range(0, 10, 2):
        await record(project, number, number + 1)
    await settled(project, 10)
    read: list[int] = []
    at, pages = BEGINNING, 0
    while (page := await read_page(project, at, 3)).is_full:
        assert page.reached == page.events()[-1].cursor
        read += numbers(page.events())
        at, pages = page.reached, pages + 1
    read += numbers(page.events())
    assert pages == 3
    assert read == list(range(10))
    assert await read_project(project, page.reached) == []


async def record_large(project: UUID, *sizes: int) -> None:
    """Numbered events whose payloads have so many bytes as JSON text."""
    async with transaction() as connection:
        for number, size in enumerate(sizes):
            payload = orjson.dumps({"number": number, "fill": ""})
            filled = payload.replace(b'""', b'"' + b"x" * (size - len(payload)) + b'"')
            await append(connection, [NewEvent(project, EventKind.CUSTOMER_CREATED, filled, NOW)])


async def test_a_page_ends_with_the_event_that_fills_its_bytes_and_nothing_is_passed_over(
    project: UUID,
) -> None:
    await record_large(project, 400, 599, 100, 1_000, 5_000, 50, 100, 100)
    await settled(project, 8)
    pages: list[list[int]] = []
    at, is_full = BEGINNING, True
    while is_full:
        page = await read_page(project, at, 3, most_bytes=1_000)
        pages.append(numbers(page.events()))
        at, is_full = page.reached, page.is_full
    assert pages == [[0, 1, 2], [3], [4], [5, 6, 7], []]
    assert [event.size for event in await read_project(project)][3:5] == [1_000, 5_000]


async def test_the_process_reads_all_projects_in_pages_that_are_bounded_by_bytes_too(project: UUID) -> None:
    start = await head()
    await record_large(project, *[2_000] * 7)
    await settled(project, 7)
    connection = await connect()
    try:
        read: list[int] = []
        at, is_full = start, True
        while is_full:
            page = await read_everything(connection, at, most_bytes=4_000)
            assert len(page.rows) <= 2 or any(row["size"] < 2_000 for row in page.rows)
            read += [event.payload["number"] for event in page.events() if event.project == project]
            at, is_full = page.reached, page.is_full
    finally:
        await connection.close()
    assert read == list(range(7))


async def test_only_the_kinds_asked_for_are_read(project: UUID) -> None:
    # Of kinds that no projection is told of: what stands in these is no redemption.
    await record(project, 1, kind=EventKind.POOL_FILLED)
    await record(project, 2, kind=EventKind.CAMPAIGN_PAUSED)
    await record(project, 3, kind=EventKind.VOUCHERS_MINTED)
    await settled(project, 3)
    wanted = {EventKind.POOL_FILLED, EventKind.VOUCHERS_MINTED}
    assert numbers(await read_project(project, kinds=wanted)) == [1, 3]
    assert await read_project(project, kinds=[]) == []


async def test_another_project_reads_nothing(project: UUID) -> None:
    await record(project, 1)
    await settled(project, 1)
    assert await read_project(new_id()) == []


async def test_a_kind_that_only_a_newer_version_knows_is_passed_over(project: UUID) -> None:
    await execute(
        "INSERT INTO events (project_id, kind, at, payload) VALUES ($1, 'MOON_LANDED', $2, '{}')",
        project,
        NOW,
    )
    await record(project, 2)
    await settled(project, 1)
    page = await read_page(project, BEGINNING)
    assert len(page.rows) == 2
    assert numbers(page.events()) == [2]


async def test_what_commits_after_asking_for_the_head_stands_behind_it(project: UUID) -> None:
    await record(project, 1)
    await settled(project, 1)
    older = await connect()
    try:
        slow = older.transaction()
        await slow.start()
        await write(older, project, 2)
        newest = await head()
        await slow.commit()
    finally:
        await older.close()
    await record(project, 3)
    await settled(project, 3)
    assert numbers(await read_project(project, newest)) == [2, 3]


async def test_a_place_is_always_that_of_an_event_whatever_transactions_left_nothing_behind(
    project: UUID,
) -> None:
    """A crash may give the numbers of such transactions to others, whose events a reader must not have passed."""
    await record(project, 1)
    await settled(project, 1)
    [event] = await read_project(project)
    for _ in range(3):
        async with transaction() as connection:
            burnt = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint")
    assert burnt > event.cursor.tx
    assert await head() == event.cursor
    assert (await read_page(project, BEGINNING)).reached == event.cursor
    assert (await read_page(project, event.cursor)).reached == event.cursor
    connection = await connect()
    try:
        assert (await read_everything(connection, event.cursor)).reached == event.cursor
    finally:
        await connection.close()


async def test_the_head_never_goes_back(project: UUID) -> None:
    seen = [await head()]
    for number in range(20):
        await record(project, number)
        seen.append(await head())
    assert seen == sorted(seen)


async def test_a_cursor_of_another_installation_reaches_no_further_than_this_log(project: UUID) -> None:
    async with transaction() as connection:
        await write(connection, project, 1)
    page = await read_page(project, Cursor(30_000, 1, 1))
    assert page.events() == []
    assert page.reached < Cursor(30_000, 0, 0)


async def test_after_a_restore_the_old_events_stay_before_the_new_ones(
    database: dict[str, Any], fresh_database: dict[str, Any]
) -> None:
    """A restored log holds transaction ids that its new cluster has not reached yet."""
    connection = await asyncpg.connect(**fresh_database)
    project = new_id()
    try:
        await connection.execute(
            "INSERT INTO events (tx, project_id, kind, at, payload)"
            " VALUES ('1', $1, 'CUSTOMER_CREATED', $2, '{\"number\": 1}'),"
            " ('1000000000000', $1, 'CUSTOMER_CREATED', $2, '{\"number\": 2}')",
            project,
            NOW,
        )
        before = await read_everything(connection, BEGINNING)
        assert numbers(before.events()) == [1], "the second one seems to come from the future"
        assert before.unsettled == Cursor(1, 1_000_000_000_000, 2)

        await migrate(fresh_database)
        await write(connection, project, 3)

        async def all_settled() -> bool:
            return len((await read_everything(connection, BEGINNING)).rows) == 3

        await eventually(all_settled)
        after = await read_everything(connection, before.reached)
        assert numbers(after.events()) == [2, 3]
        assert [event.cursor.epoch for event in after.events()] == [1, 2]
        assert after.unsettled is None

        await migrate(fresh_database)
        assert await connection.fetchval("SELECT count(*) FROM event_epochs") == 2, "one restore, one epoch"
    finally:
        await connection.close()
