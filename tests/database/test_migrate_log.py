"""The log of a database that is in use moves into partitions: whole, in order, on the oldest and newest PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from tortoise import Tortoise
from tortoise.context import TortoiseContext
from tortoise.migrations.api import migrate as run_migrations

from app.database.migrate import migrate
from app.database.pool import tortoise_config
from app.events.cursor import BEGINNING
from app.events.read import read_everything
from tests.database.test_migrate import empty_database, server

__all__ = ["empty_database", "server"]

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
_APPEND = (
    "INSERT INTO events (project_id, kind, at, payload) VALUES (gen_random_uuid(), 'PROJECT_CREATED', $1, $2)"
)


async def migrate_to(credentials: dict[str, Any], name: str) -> None:
    """As the service did when this was its newest migration."""
    async with TortoiseContext():
        await run_migrations(config=tortoise_config(credentials), target=f"tearoff.{name}")
        await Tortoise.close_connections()


async def numbers_in(connection: asyncpg.Connection) -> list[int]:
    page = await read_everything(connection, BEGINNING)
    return [event.payload["number"] for event in page.events()]


async def test_a_log_with_events_becomes_the_first_partition_and_goes_on(
    empty_database: dict[str, Any],
) -> None:
    await migrate_to(empty_database, "0004_partners")
    connection = await asyncpg.connect(**empty_database)
    try:
        for number in range(50):
            await connection.execute(_APPEND, AT + timedelta(days=number), f'{{"number": {number}}}')
        before = await connection.fetch("SELECT * FROM events ORDER BY epoch, tx, position")
        assert len(before) == 50
        await migrate(empty_database)
        await connection.reload_schema_state()
        after = await connection.fetch(
            "SELECT position, epoch, tx, project_id, kind, at, payload FROM events ORDER BY epoch, tx, position"
        )
        assert [dict(row) for row in after] == [dict(row) for row in before]
        await connection.execute(_APPEND, AT, '{"number": 50}')
        parts = await connection.fetch(
            "SELECT tableoid::regclass::text AS at, count(*) FROM events GROUP BY 1"
        )
        assert [tuple(row) for row in parts] == [("events_1", 51)]
        newest = await connection.fetchrow(
            "SELECT position, epoch FROM events ORDER BY position DESC LIMIT 1"
        )
        assert tuple(newest) == (before[-1]["position"] + 1, 1)
        [first] = await connection.fetch("SELECT id, closed_at, first_epoch, first_tx FROM event_partitions")
        assert tuple(first) == (1, None, 0, 0)
        assert (await numbers_in(connection))[:50] == list(range(50))
    finally:
        await connection.close()
