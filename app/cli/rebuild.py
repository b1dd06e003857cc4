"""`tearoff rebuild`: empty what is kept up from the event log, and read the log again from its beginning."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import asyncpg
import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from app.cli.house import OperatorError, err, out
from app.cli.opened import opened
from app.database import connect, fetchval
from app.events.cursor import BEGINNING, Cursor
from app.events.projection import Projection, empty, found, go_on, read_ahead
from app.events.read import CursorExpired, head
from app.projections import PROJECTIONS
from app.settings import Settings, load

ATTEMPTS = 30

_LET_GO = """
SELECT EXISTS (SELECT FROM event_horizon WHERE (epoch, tx, position) > (0::smallint, '0'::xid8, 0::bigint))
"""
_TOO_LATE = (
    "The log does not reach back to its beginning any more: what was built from the part that was let go could not be"
    " built again."
)
_FIRST = "SELECT tx FROM events WHERE epoch = $1 ORDER BY epoch, tx, position LIMIT 1"


def rebuild(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which projection; without, all of them.")
    ] = None,
) -> None:
    """Build projections, such as the figures of reports, anew from the event log.

    Servers go on meanwhile and help; what they show of a projection grows until it is whole again. It needs the whole
    log: where its beginning has been let go, nothing is touched.
    """
    chosen = _chosen(name)
    asyncio.run(_rebuild(load(), chosen))
    for one in chosen:
        out.print(f"Rebuilt {one.name}.")


def _chosen(name: str | None) -> Sequence[Projection]:
    chosen = [one for one in PROJECTIONS if name in {None, one.name}]
    if name is not None and not chosen:
        there_are = ", ".join(one.name for one in PROJECTIONS)
        raise OperatorError(f"There is no projection of the name {name}: there are {there_are}.")
    return chosen


async def _rebuild(settings: Settings, chosen: Sequence[Projection]) -> None:
    async with opened(settings):
        if await fetchval(_LET_GO):
            raise OperatorError(f"{_TOO_LATE} Nothing was touched.")
        for one in chosen:
            await _emptied(one)
            await _replayed(one)


async def _emptied(projection: Projection) -> None:
    for _ in range(ATTEMPTS):
        try:
            return await empty(projection)
        except CursorExpired:  # while another projection was being built
            raise OperatorError(f"{_TOO_LATE} {projection.name} was not touched.") from None
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            continue  # a long report reads it; the feeds have gone on in between
    raise OperatorError(f"The tables of {projection.name} are in use all the time. Nothing was touched.")


async def _replayed(projection: Projection) -> None:
    """Up to where the log ends now; what happens meanwhile the servers see to, or the next start of one."""
    at, until = BEGINNING, await head()
    first = await fetchval(_FIRST, until.epoch) or 0
    connection = await connect(application_name="tearoff rebuild", synchronous_commit="off")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=err, transient=True) as progress:
            # By transactions, which tell roughly how far it is and need no counting.
            bar = progress.add_task(f"Rebuilding {projection.name}", total=until.tx - first)
            while at < until:
                at = await _one_page(connection, projection)
                progress.update(bar, completed=at.tx - first if at.epoch == until.epoch else 0)
    finally:
        await connection.close()


async def _one_page(connection: asyncpg.Connection, projection: Projection) -> Cursor:
    at = await found(connection, projection.name)
    page = await read_ahead(connection, projection, at)
    if page.reached > at:
        await go_on(connection, projection, at, page)  # where a server was faster, its page is as good
    return await found(connection, projection.name)
