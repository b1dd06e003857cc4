"""A log in several partitions, for tests: opened at will, made old at will."""

from datetime import UTC, datetime, timedelta

from app.database import execute, fetch, fetchrow, fetchval
from app.events.cursor import Cursor
from app.events.partitions import begin_partition
from app.events.read import head
from app.events.retention import let_go

KEPT = timedelta(days=400)


async def all_settled() -> bool:
    """Whether the newest event is settled: transactions of other databases hold it back, too."""
    newest = await fetchrow("SELECT epoch, tx, position FROM events ORDER BY 1 DESC, 2 DESC, 3 DESC LIMIT 1")
    return newest is not None and await head() == Cursor(*newest)


async def next_partition() -> int:
    """Open the next partition, if the open one holds anything and nobody is in the way: `eventually` it is opened."""
    return await begin_partition(datetime.now(UTC), timedelta(0))


async def grow_old(days: int, upto: int) -> None:
    """Let the partitions up to one have been closed so many days earlier."""
    await execute(
        "UPDATE event_partitions SET closed_at = closed_at - make_interval(days => $1) WHERE id <= $2",
        days,
        upto,
    )


async def forget() -> int:
    """The chore, today, with 400 days."""
    return await let_go(datetime.now(UTC), KEPT)


async def partitions() -> list[int]:
    """The partitions there are."""
    rows = await fetch(
        "SELECT substr(inhrelid::regclass::text, 8)::int AS part FROM pg_inherits"
        " WHERE inhparent = 'events'::regclass ORDER BY part"
    )
    told = await fetch("SELECT id FROM event_partitions ORDER BY id")
    assert [row["part"] for row in rows] == [row["id"] for row in told]
    return [row["part"] for row in rows]


async def horizon() -> Cursor:
    """The last place that was let go."""
    [row] = await fetch("SELECT epoch, tx, position FROM event_horizon")
    return Cursor(*row)


async def part_of(number: int) -> int:
    """The partition of the event with a number."""
    part: int = await fetchval("SELECT part FROM events WHERE (payload ->> 'number')::int = $1", number)
    return part
