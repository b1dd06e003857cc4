"""The queue that hands jobs to runners: pgqueuer, in this database, under names that no environment can change."""

from collections.abc import Sequence
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.qb import (
    DBSettings,
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.types import Channel

from app.database import Connection
from app.ids import from_bytes

CHANNEL = Channel("ch_pgqueuer")

# Said outright, because pgqueuer would read each of them from the environment, from `TRIGGER` and `FUNCTION` even.
# They are its own defaults, so that its own tools find their tables.
_SETTINGS = DBSettings(
    prefix="",
    db_schema=None,
    channel=CHANNEL,
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
)


def install_text() -> str:
    """The statements that make pgqueuer's tables, as its installed version has them."""
    return QueryBuilderEnvironment(_SETTINGS).build_install_query()


def queries(connection: Connection) -> Queries:
    """pgqueuer's queries over a connection, inside its transaction if it has one."""
    return Queries(
        AsyncpgDriver(connection),  # type: ignore[arg-type]  # a pool's connection does as well
        qbe=QueryBuilderEnvironment(_SETTINGS),
        qbq=QueryQueueBuilder(_SETTINGS),
        qbs=QuerySchedulerBuilder(_SETTINGS),
    )


async def enqueue(connection: Connection, kind: str, jobs: Sequence[tuple[UUID, UUID]]) -> None:
    """Queue the jobs (project, id) as part of the connection's transaction; those that are queued already stay so.

    pgqueuer tells runners by NOTIFY, which holds a lock of the whole cluster while the transaction commits: jobs are
    asked for seldom.
    """
    await queries(connection).enqueue(
        [kind] * len(jobs),
        [project.bytes + job.bytes for project, job in jobs],
        [0] * len(jobs),
        dedupe_key=[job.hex for _, job in jobs],
        on_conflict="skip",
    )


def named(payload: bytes | None) -> tuple[UUID, UUID]:
    """The project and the id of the job in what `enqueue` wrote."""
    assert payload is not None  # noqa: S101 - enqueue has seen to it
    return from_bytes(payload[:16]), from_bytes(payload[16:])
