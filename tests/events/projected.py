"""What tests of projections share: a projection that keeps numbers, in a table of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from app.database import Connection, columns, execute, fetch, fetchval
from app.events.cursor import Cursor
from app.events.kinds import EventKind
from app.events.log import Event
from app.events.projection import projected
from app.events.projector import Projector
from app.events.read import head
from app.events.wake import Doorbell
from app.ids import new_id

LOOK_AGAIN_SECONDS = 0.02
QUICK: dict[str, Any] = {"rest_seconds": 0.01, "election_seconds": 0.05, "poll_seconds": 0.2}


class Numbers:
    """Keeps the numbers of one project's events in the order in which they were applied; twice told, twice kept."""

    kinds = frozenset({EventKind.CUSTOMER_CREATED})

    def __init__(self, project: UUID) -> None:
        self.project = project
        self.name = f"numbers_{new_id().hex}"
        self.tables = (self.name,)
        self.pages: list[int] = []

    async def apply(self, connection: Connection, events: Sequence[Event]) -> None:
        mine = [(event.payload["number"],) for event in events if event.project == self.project]
        self.pages.append(len(events))
        await connection.execute(
            f"INSERT INTO {self.name} (number) SELECT * FROM unnest($1::int[])", *columns(mine, 1)
        )

    async def kept(self) -> list[int]:
        """The numbers, in the order in which they were applied."""
        return [row["number"] for row in await fetch(f"SELECT number FROM {self.name} ORDER BY place")]


@asynccontextmanager
async def numbers_of(project: UUID) -> AsyncIterator[Numbers]:
    """A projection that begins where the log ends now: other tests' events are nothing to it."""
    made = Numbers(project)
    await execute(f"CREATE TABLE {made.name} (place bigserial PRIMARY KEY, number int)")
    await stand_at(made, await head())
    yield made
    await execute(f"DROP TABLE {made.name}")
    await execute("DELETE FROM projection_cursors WHERE name = $1", made.name)


async def stand_at(projection: Numbers, place: Cursor) -> None:
    """Put the projection's cursor somewhere."""
    await execute("DELETE FROM projection_cursors WHERE name = $1", projection.name)
    await execute(
        "INSERT INTO projection_cursors (name, epoch, tx, position, updated_at) VALUES ($1, $2, $3, $4, now())",
        projection.name,
        *place,
    )


@asynccontextmanager
async def projecting(*projections: Any, **options: Any) -> AsyncIterator[Projector]:
    """A projector and its doorbell, as a server process has them."""
    doorbell = Doorbell()
    await doorbell.start()
    projector = Projector(doorbell, projections, **QUICK, **options)
    await projector.start()
    try:
        yield projector
    finally:
        await projector.stop()
        await doorbell.stop()


async def caught_up_to(name: str, cursor: Cursor) -> Cursor:
    """Wait until a projection, in whichever process it is kept up, holds all up to a place; how far it is then."""
    while (at := await projected(name)) < cursor:  # noqa: ASYNC110 - another process may be the one that moves it
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return at


async def settled_head(project: UUID) -> Cursor:
    """The place of the project's last event, settled or not."""
    row = await fetchval(
        "SELECT ROW (epoch, tx::text, position) FROM events WHERE project_id = $1"
        " ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1",
        project,
    )
    return Cursor(row[0], int(row[1]), row[2])
