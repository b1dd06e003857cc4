"""Appending: with the deed or not at all, in the order given."""

import asyncio
from uuid import UUID

from app.database import transaction
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.read import read_project
from tests.conftest import NOW, Statements
from tests.events.conftest import eventually, fail_to_record, numbers, write


async def test_events_of_one_deed_stand_in_the_order_they_were_given(project: UUID) -> None:
    async with transaction() as connection:
        await write(connection, project, *range(100))

    async def settled() -> bool:
        return len(await read_project(project)) == 100

    await eventually(settled)
    events = await read_project(project)
    assert numbers(events) == list(range(100))
    assert [event.cursor for event in events] == sorted(event.cursor for event in events)
    assert len({event.cursor.tx for event in events}) == 1
    assert {(event.project, event.kind, event.at) for event in events} == {
        (project, EventKind.CUSTOMER_CREATED, NOW)
    }


async def test_appending_many_events_is_one_statement_and_none_is_no_statement(
    project: UUID, statements: Statements
) -> None:
    async with transaction() as connection:
        await write(connection, project, 0)  # a new connection asks for the types of the columns first
        await asyncio.sleep(0)
        with statements.counted() as sent:
            await write(connection, project, *range(1, 100))
            await asyncio.sleep(0)  # asyncpg reports a statement one turn later
        assert len(sent) == 1
        with statements.counted() as sent:
            await append(connection, [])
            await asyncio.sleep(0)
        assert sent == []


async def test_a_payload_may_be_json_that_is_encoded_already(project: UUID) -> None:
    async with transaction() as connection:
        await append(connection, [NewEvent(project, EventKind.CUSTOMER_UPDATED, b'{"name":"\xc5\xbb"}', NOW)])

    async def settled() -> bool:
        return bool(await read_project(project))

    await eventually(settled)
    assert [event.payload for event in await read_project(project)] == [{"name": "Ż"}]


async def test_the_event_of_a_deed_that_fails_never_happened(project: UUID) -> None:
    await fail_to_record(project, 1)
    async with transaction() as connection:
        await write(connection, project, 2)

    async def settled() -> bool:
        return bool(await read_project(project))

    await eventually(settled)
    assert numbers(await read_project(project)) == [2]
