"""One step of a projection: all or nothing, once; and emptying one."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from app.database import Connection, connect, execute
from app.events.cursor import BEGINNING
from app.events.log import Event
from app.events.projection import empty, found, go_on, projected, read_ahead
from app.events.read import SettledPage, head
from tests.events.conftest import eventually, record
from tests.events.projected import Numbers, numbers_of, settled_head


@pytest_asyncio.fixture
async def numbers(project: UUID) -> AsyncIterator[Numbers]:
    async with numbers_of(project) as made:
        yield made


@pytest_asyncio.fixture
async def connection(database: dict[str, Any]) -> AsyncIterator[asyncpg.Connection]:
    opened = await connect()
    yield opened
    await opened.close()


async def settled_page(connection: asyncpg.Connection, numbers: Numbers) -> SettledPage:
    """The next page, once all of the project's events have settled."""
    last = await settled_head(numbers.project)

    async def has_settled() -> bool:
        return await head() >= last

    await eventually(has_settled)
    return await read_ahead(connection, numbers, await projected(numbers.name), 10_000)


async def test_a_page_is_applied_with_its_cursor_and_only_by_the_first_who_tries(
    connection: asyncpg.Connection, numbers: Numbers
) -> None:
    before = await projected(numbers.name)
    await record(numbers.project, 1, 2, 3)
    page = await settled_page(connection, numbers)
    assert await go_on(connection, numbers, before, page)
    assert not await go_on(connection, numbers, before, page)
    assert await numbers.kept() == [1, 2, 3]
    assert await projected(numbers.name) == page.reached


async def test_what_fails_half_way_has_not_happened(
    connection: asyncpg.Connection, numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await projected(numbers.name)
    await record(numbers.project, 1, 2)
    page = await settled_page(connection, numbers)
    whole = numbers.apply

    async def fail_after(connection: Connection, events: Sequence[Event]) -> None:
        await whole(connection, events)
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(numbers, "apply", fail_after)
        with pytest.raises(ZeroDivisionError):
            await go_on(connection, numbers, before, page)
    assert await numbers.kept() == []
    assert await projected(numbers.name) == before
    assert await go_on(connection, numbers, before, page)
    assert await numbers.kept() == [1, 2]


async def test_a_projection_that_is_new_begins_at_the_beginning(
    connection: asyncpg.Connection, numbers: Numbers
) -> None:
    await execute("DELETE FROM projection_cursors WHERE name = $1", numbers.name)
    assert await projected(numbers.name) == BEGINNING
    assert await found(connection, numbers.name) == BEGINNING
    assert await found(connection, numbers.name) == BEGINNING


async def test_emptied_it_holds_nothing_and_has_read_nothing(
    connection: asyncpg.Connection, numbers: Numbers
) -> None:
    await record(numbers.project, 1, 2)
    page = await settled_page(connection, numbers)
    await go_on(connection, numbers, await projected(numbers.name), page)
    await empty(numbers)
    assert await numbers.kept() == []
    assert await projected(numbers.name) == BEGINNING
    # What somebody had read before comes too late.
    assert not await go_on(connection, numbers, page.reached, page)
    assert await numbers.kept() == []


async def test_a_table_in_use_is_not_emptied_and_nobody_waits_long_for_it(
    connection: asyncpg.Connection, numbers: Numbers
) -> None:
    before = await projected(numbers.name)
    async with connection.transaction():
        await connection.execute(f"SELECT FROM {numbers.name}")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await empty(numbers)
    assert await projected(numbers.name) == before
