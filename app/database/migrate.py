"""Bringing the database to the shape this version needs; safe to run from many processes at once."""

import asyncio
from pkgutil import iter_modules

import asyncpg
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.migrations.api import migrate as run_migrations

import migrations
from app.database.pool import Connection, Credentials, tortoise_config

# Any number will do, as long as all versions of the service agree on it.
_LOCK = 7_348_920_114


async def migrate(credentials: Credentials) -> None:
    """Apply all migrations that are missing. Processes that come second wait until the first is done.

    The lock is polled: a session blocked in `pg_advisory_lock` holds a snapshot, and an index built
    concurrently by the other process would wait for that snapshot for ever.
    """
    guard: asyncpg.Connection = await asyncpg.connect(**credentials)
    try:
        while not await guard.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.1)
        async with TortoiseContext():
            await run_migrations(config=tortoise_config(credentials))
            await Tortoise.close_connections()
        await _begin_epoch_if_restored(guard)
    finally:
        await guard.close()


async def pending(connection: Connection) -> list[str]:
    """Names of the migrations that this version brings and the database does not have yet."""
    brought = sorted(module.name for module in iter_modules(migrations.__path__))
    if await connection.fetchval("SELECT to_regclass('tortoise_migrations')") is None:
        return brought
    rows = await connection.fetch("SELECT name FROM tortoise_migrations WHERE app = 'tearoff'")
    applied = {row["name"] for row in rows}
    return [name for name in brought if name not in applied]


async def _begin_epoch_if_restored(connection: asyncpg.Connection) -> None:
    """After a dump is restored into another cluster, transaction ids start again below those in the log.

    Events order by (epoch, tx, position), so a new epoch keeps old events before new ones.
    """
    async with connection.transaction():
        await connection.execute("LOCK TABLE event_epochs IN EXCLUSIVE MODE")
        restored = await connection.fetchval(
            """SELECT EXISTS (
                 SELECT FROM (
                   SELECT epoch, tx FROM events
                   UNION ALL SELECT epoch, tx FROM event_horizon
                   UNION ALL SELECT first_epoch, first_tx FROM event_partitions
                 ) AS log
                 WHERE epoch = (SELECT max(id) FROM event_epochs)
                   AND tx >= pg_snapshot_xmax(pg_current_snapshot()))"""
        )
        if restored:
            epoch = await connection.fetchval(
                "INSERT INTO event_epochs (id, started_at) SELECT max(id) + 1, now() FROM event_epochs RETURNING id"
            )
            await connection.execute(f"ALTER TABLE events ALTER COLUMN epoch SET DEFAULT {int(epoch)}")
