"""The place before an instant: exactly before the first event that happened then or later, in one short statement."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from app.database import connect, execute, fetch, transaction
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.read import head, place_before, read_page
from app.ids import new_id
from tests.conftest import NOW, Statements
from tests.events.conftest import eventually

MINUTE = timedelta(minutes=1)


async def record_at(project: UUID, *times: datetime) -> None:
    """Numbered events that happened at these times, each in a transaction of its own."""
    for number, at in enumerate(times):
        async with transaction() as connection:
            await append(connection, [NewEvent(project, EventKind.CUSTOMER_CREATED, {"number": number}, at)])

    async def settled() -> bool:
        [row] = await fetch(
            "SELECT max(tx) < pg_snapshot_xmin(pg_current_snapshot()) AS is_settled FROM events"
            " WHERE project_id = $1",
            project,
        )
        return bool(row["is_settled"])

    await eventually(settled)


async def behind(project: UUID, place: Cursor) -> list[datetime]:
    return [event.at for event in (await read_page(project, place, 1_000)).events()]


@pytest.mark.parametrize("seed", range(4))
async def test_it_is_where_a_look_at_every_event_finds_it(project: UUID, seed: int) -> None:
    """Deeds that took up to ten minutes stand late in the log, and other projects' events in between."""
    random = Random(seed)  # noqa: S311 - chance, not secrets
    times = sorted(NOW + MINUTE * random.uniform(0, 300) for _ in range(60))
    log = sorted(times, key=lambda at: at + MINUTE * random.choice([0, 0, 0, random.uniform(0, 10)]))
    await record_at(project, *log)
    await record_at(new_id(), NOW, NOW + 500 * MINUTE)
    for wanted in (*random.sample(times, 12), *(NOW + MINUTE * random.uniform(-20, 299) for _ in range(12))):
        first = next((place for place, at in enumerate(log) if at >= wanted), len(log))
        assert await behind(project, await place_before(project, wanted)) == log[first:]


async def test_before_everything_and_behind_everything(project: UUID) -> None:
    await record_at(project, NOW, NOW + 60 * MINUTE, NOW + 120 * MINUTE)
    assert len(await behind(project, await place_before(project, NOW - 999 * MINUTE))) == 3
    assert await place_before(project, NOW + 121 * MINUTE) == await head()
    assert await place_before(new_id(), NOW) == await head()


async def test_events_of_an_epoch_before_the_restore_of_a_dump_are_found(project: UUID) -> None:
    times = [NOW + hour * 60 * MINUTE for hour in range(8)]
    await record_at(project, *times)
    # In the database that was dumped transaction ids had come further.
    await execute(
        "UPDATE events SET epoch = 0, tx = (tx::text::bigint + 1000000000)::text::xid8"
        " WHERE project_id = $1 AND at < $2",
        project,
        times[4],
    )
    await execute("INSERT INTO event_epochs (id, started_at) VALUES (0, now())")
    try:
        for place, at in enumerate(times):
            assert await behind(project, await place_before(project, at)) == times[place:]
    finally:
        await execute("DELETE FROM events WHERE epoch = 0")
        await execute("DELETE FROM event_epochs WHERE id = 0")


async def test_what_is_not_settled_yet_comes_behind_it(project: UUID) -> None:
    """An older transaction is open, so an event of it may still come to stand before one that has committed."""
    await record_at(project, NOW)
    slow = await connect()
    try:
        deed = slow.transaction()
        await deed.start()
        await append(slow, [NewEvent(project, EventKind.CUSTOMER_CREATED, {"number": 1}, NOW + 60 * MINUTE)])
        async with transaction() as connection:
            later = NewEvent(project, EventKind.CUSTOMER_CREATED, {"number": 2}, NOW + 61 * MINUTE)
            await append(connection, [later])
        place = await place_before(project, NOW + 30 * MINUTE)
        await deed.commit()
    finally:
        await slow.close()

    async def both() -> bool:
        return await behind(project, place) == [NOW + 60 * MINUTE, NOW + 61 * MINUTE]

    await eventually(both)


async def test_it_costs_one_statement(project: UUID, statements: Statements) -> None:
    await record_at(project, NOW, NOW + 60 * MINUTE)
    with statements.counted() as sent:
        assert await place_before(project, NOW) > BEGINNING
    assert len(sent) == 1
