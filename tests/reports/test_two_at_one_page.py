"""Two processes at the same page of the log for a moment, as a server and a rebuild may be: it counts once."""

import asyncio
from random import Random
from uuid import UUID

from app.database import connect, execute
from app.events.cursor import BEGINNING, Cursor
from app.events.projection import found, go_on, projected
from app.events.read import read_page
from app.ids import new_id
from app.reports.projection import Reports
from tests.redemptions.holds import Clock, a_till_by
from tests.reports.bazaar import Bazaar
from tests.reports.kept_up import forget, keep_up, kept


class OwnReports(Reports):
    """The same tables under a cursor of its own: in the log of the tests stand other tests' inventions too."""

    def __init__(self) -> None:
        self.name = f"reports_{new_id().hex}"


async def race(reports: Reports, project: UUID, last: Cursor, page_size: int) -> list[bool]:
    """Two connections read page after page of the project and apply it at once; who was first, page by page."""
    one, other = await connect(), await connect()
    won = []
    at = BEGINNING
    while at < last:
        page = await read_page(project, at, page_size, reports.kinds)
        tries = await asyncio.gather(*(go_on(connection, reports, at, page) for connection in (one, other)))
        assert sorted(tries) == [False, True]
        won.append(tries[0])
        at = await projected(reports.name)
    await one.close()
    await other.close()
    return won


async def test_what_two_apply_at_once_counts_once_and_neither_stands_in_the_other_s_way(
    project: UUID,
) -> None:
    clock = Clock()
    async with a_till_by(clock) as till:
        bazaar = Bazaar(project, till, clock, Random(5))  # noqa: S311 - the same days every time
        await bazaar.furnish()
        for _ in range(60):
            await bazaar.go_on()
    last = await keep_up(project)
    alone = await kept(project)
    await forget(project)
    reports = OwnReports()
    connection = await connect()
    await found(connection, reports.name)
    await connection.close()
    won = await race(reports, project, last, page_size=9)
    assert len(won) > 5
    assert await kept(project) == alone
    await execute("DELETE FROM projection_cursors WHERE name = $1", reports.name)
