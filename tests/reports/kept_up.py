"""The projection as tests keep it up: one project's events alone, for in the same log stand other tests' inventions."""

from typing import Any
from uuid import UUID

from app.database import connect, fetch, transaction
from app.events.cursor import Cursor
from app.events.read import head, read_page
from app.reports.projection import Reports
from tests.events.conftest import eventually
from tests.events.projected import LOOK_AGAIN_SECONDS, settled_head

TABLES = Reports.tables


async def keep_up(project: UUID, after: Cursor | None = None, page_size: int = 100) -> Cursor:
    """Apply the project's events behind a place, all that have happened so far; the place of the last one."""
    last = await settled_head(project)

    async def has_settled() -> bool:
        return await head() >= last

    await eventually(has_settled, LOOK_AGAIN_SECONDS)
    reports, at = Reports(), after
    while at is None or at < last:
        page = await read_page(project, at or Cursor(0, 0, 0), page_size, reports.kinds)
        async with transaction() as connection:
            if events := page.events():
                await reports.apply(connection, events)
        at = page.reached
    return at


async def forget(project: UUID) -> None:
    """Empty the tables of one project."""
    connection = await connect()
    for table in TABLES:
        await connection.execute(f"DELETE FROM {table} WHERE project_id = $1", project)
    await connection.close()


async def kept(project: UUID) -> dict[str, list[tuple[Any, ...]]]:
    """All that the tables hold of a project, sorted."""
    return {
        table: sorted(
            tuple(row) for row in await fetch(f"SELECT * FROM {table} WHERE project_id = $1", project)
        )
        for table in TABLES
    }
