"""Migrations: they make what the models tell and no more, on the oldest and the newest PostgreSQL, once."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.operations import AlterModelOptions

from app.database.migrate import migrate, pending
from app.database.pool import tortoise_config
from app.embedded_postgres import EmbeddedPostgres
from tests.conftest import OLD_POSTGRES, UNSAFE_AND_FAST, administer, run_folder

COLUMNS = """
SELECT c.table_name, c.column_name, a.attnotnull AS required, format_type(a.atttypid, a.atttypmod) AS type,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary
               AND a.attnum = ANY (i.indkey)) AS is_key
FROM information_schema.columns c
JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name
WHERE c.table_schema = 'public' AND c.table_name <> 'tortoise_migrations' AND c.table_name !~ '^pgqueuer'
  AND NOT (SELECT relispartition FROM pg_class WHERE oid = a.attrelid)
"""

MIGRATE = """
import asyncio, json, sys
from app.database.migrate import migrate
asyncio.run(migrate(json.loads(sys.argv[1])))
"""

# The walls and the promises that hold even if a deed is wrong.
CONSTRAINTS = {
    "api_keys_kind",
    "api_keys_merchant",
    "campaigns_dates",
    "campaigns_kind",
    "campaigns_limit",
    "campaigns_main",
    "campaigns_partner",
    "campaigns_state",
    "campaigns_two_levels",
    "jobs_end",
    "jobs_state",
    "counters_never_negative",
    "event_horizon_is_one",
    "event_partitions_closed",
    "offers_campaign",
    "partner_rates_percent",
    "redemptions_amounts",
    "vouchers_campaign_key",
    "redemptions_shipping_discount",
    "vouchers_holder_key",
    "vouchers_kind",
    "vouchers_limit",
    "vouchers_only_unique_ones_have_holders",
}
UNIQUE_INDEXES = {
    "api_keys_secret": ["secret_hash"],
    "balance_buckets_lasting": ["project_id", "voucher_id"],
    "campaigns_in_project": ["project_id", "id"],
    "campaigns_name": ["project_id", "name"],
    "custom_events_source": ["project_id", "source_id"],
    "customers_in_project": ["project_id", "id"],
    "customers_source": ["project_id", "source_id"],
    "offers_version": ["project_id", "campaign_id", "version"],
    "partner_rates_since": ["project_id", "partner_id", "since"],
    "partners_in_project": ["project_id", "id"],
    "partners_name": ["project_id", "name"],
    "pool_codes_once": ["project_id", "pool_id", "code"],
    "pools_in_project": ["project_id", "id"],
    "pools_name": ["project_id", "name"],
    "publications_source": ["project_id", "source_id", "position"],
    "jobs_in_project": ["project_id", "id"],
    "redeemed_vouchers_redemption": ["project_id", "redemption_id", "position"],
    "rejected_vouchers_attempt": ["project_id", "rejected_redemption_id", "position"],
    "segment_members_once": ["project_id", "segment_id", "customer_id"],
    "segments_in_project": ["project_id", "id"],
    "segments_name": ["project_id", "name"],
    "vouchers_code": ["project_id", "code_key"],
    "vouchers_in_project": ["project_id", "id"],
    "vouchers_promotion": ["project_id", "campaign_id"],
}
INDEXES = """
SELECT i.indexrelid::regclass::text AS name, i.indisunique AS is_unique, i.indisprimary AS is_key, i.indisvalid,
       array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY k.place) AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'public'::regnamespace AND c.relname <> 'tortoise_migrations' AND c.relname !~ '^pgqueuer'
"""
# These serve the service as a whole, not one project.
ACROSS_PROJECTS = {"api_keys_secret", "idempotency_keys_age"}
# Tortoise's models know keys of one column only; these belong to keys in the database besides.
WIDER_KEYS = {
    ("redemptions", "project_id"),
    ("events", "epoch"),
    ("events", "tx"),
    ("events", "part"),
    ("events_let_go", "kind"),
    ("export_parts", "project_id"),
    ("export_parts", "number"),
} | {
    (table, column)
    for table, key in {
        "report_figures": "grain kind start subject currency channel redemption_point",
        "report_reasons": "grain kind start subject currency channel redemption_point reason",
        "report_buyers": "at redemption_id",
        "report_customers": "customer_id",
        "report_rates": "partner_id",
        "report_promises": "redemption_id partner_id",
        "customer_activity": "project_id customer_id epoch tx kind",
    }.items()
    for column in key.split()
}


@pytest.fixture(
    scope="module", params=["the run's PostgreSQL", *(["PostgreSQL 15"] if OLD_POSTGRES.exists() else [])]
)
def server(
    request: pytest.FixtureRequest, cluster: dict[str, Any], pytestconfig: pytest.Config
) -> Iterator[dict[str, Any]]:
    """Credentials of a server, of each version that the migrations must serve."""
    if request.param != "PostgreSQL 15":
        yield cluster
        return
    folder = run_folder(pytestconfig) / "pg15"
    with EmbeddedPostgres.start(folder, conf=UNSAFE_AND_FAST, bin=OLD_POSTGRES) as old:
        yield dict(old.credentials("postgres"))


@pytest_asyncio.fixture
async def empty_database(server: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """Credentials of a database without tables."""
    async with new_database(server) as credentials:
        yield credentials


@asynccontextmanager
async def new_database(server: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    name = f"migrate_{uuid4().hex[:12]}"
    await administer(server, f'CREATE DATABASE "{name}"')
    try:
        yield {**server, "database": name}
    finally:
        await administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


async def rows(credentials: dict[str, Any], statement: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(**credentials)
    try:
        found: list[asyncpg.Record] = await connection.fetch(statement)
        return found
    finally:
        await connection.close()


async def by_models(credentials: dict[str, Any]) -> None:
    """Make the tables from the models alone, as if there were no migrations."""
    async with TortoiseContext() as context:
        await context.init(config=tortoise_config(credentials))
        await context.generate_schemas()


async def shape(credentials: dict[str, Any]) -> dict[tuple[str, str], tuple[str, bool, bool]]:
    """Each column's type, whether it must have a value, whether it is in the primary key."""
    return {
        (row["table_name"], row["column_name"]): (row["type"], row["required"], row["is_key"])
        for row in await rows(credentials, COLUMNS)
    }


async def test_migrations_make_the_tables_that_the_models_tell(server: dict[str, Any]) -> None:
    async with new_database(server) as migrated, new_database(server) as modelled:
        await migrate(migrated)
        await by_models(modelled)
        made, told = await shape(migrated), await shape(modelled)
    assert made == {
        column: (type_, required, is_key or column in WIDER_KEYS)
        for column, (type_, required, is_key) in told.items()
    }
    assert len({table for table, _ in made}) == 39
    assert made[("redemptions", "currency")] == ("character(3)", True, False)
    assert made[("events", "tx")] == ("xid8", True, True)
    assert made[("events", "position")] == ("bigint", True, True)


async def test_the_models_ask_for_no_further_migration(cluster: dict[str, Any]) -> None:
    config = tortoise_config(cluster)
    async with TortoiseContext() as context:
        await context.init(config=config)
        assert context.apps is not None
        missing = await MigrationAutodetector(context.apps, config["apps"]).changes()
    wanted = [operation for writer in missing for operation in writer.operations]
    # A model's docstring would become its table's comment; rewording one is no reason to migrate.
    assert [vars(one) for one in wanted if not isinstance(one, AlterModelOptions)] == []


async def test_the_database_itself_keeps_walls_and_promises(empty_database: dict[str, Any]) -> None:
    await migrate(empty_database)
    constraints = await rows(
        empty_database,
        "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace",
    )
    assert {row["conname"] for row in constraints} >= CONSTRAINTS
    indexes = {row["name"]: row for row in await rows(empty_database, INDEXES)}
    unique = {name: row["columns"] for name, row in indexes.items() if row["is_unique"] and not row["is_key"]}
    assert unique == UNIQUE_INDEXES
    assert all(row["indisvalid"] for row in indexes.values())


async def test_every_index_starts_with_the_project(empty_database: dict[str, Any]) -> None:
    await migrate(empty_database)
    others = {
        row["name"]
        for row in await rows(empty_database, INDEXES)
        if not row["is_key"] and row["columns"][0] != "project_id"
    }
    assert others == ACROSS_PROJECTS


async def test_a_migrated_database_lacks_nothing_and_an_empty_one_everything(
    empty_database: dict[str, Any],
) -> None:
    connection = await asyncpg.connect(**empty_database)
    try:
        before = await pending(connection)
        await migrate(empty_database)
        after = await pending(connection)
    finally:
        await connection.close()
    assert before[0] == "0001_initial"
    assert after == []


async def test_two_processes_that_migrate_at_once_migrate_once(empty_database: dict[str, Any]) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", MIGRATE, json.dumps(empty_database)),
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(2)
    ]
    for process in processes:
        _, complaint = await process.communicate()
        assert process.returncode == 0, complaint.decode()
    applied = await rows(empty_database, "SELECT name FROM tortoise_migrations ORDER BY name")
    assert [row["name"] for row in applied] == sorted({row["name"] for row in applied})
    assert len(await rows(empty_database, "SELECT FROM event_epochs")) == 1


async def test_a_second_migration_changes_nothing(empty_database: dict[str, Any]) -> None:
    await migrate(empty_database)
    before = await shape(empty_database)
    await migrate(empty_database)
    assert await shape(empty_database) == before
    assert len(await rows(empty_database, "SELECT FROM event_epochs")) == 1


async def test_a_dump_restored_into_another_cluster_begins_a_new_epoch(
    empty_database: dict[str, Any],
) -> None:
    await migrate(empty_database)
    # The old cluster had come far; this one has not, so its next events would sort before the restored ones.
    append = (
        "INSERT INTO events (project_id, kind, at, payload{columns}) "
        "VALUES (gen_random_uuid(), 'PROJECT_CREATED', now(), '{{}}'{values})"
    )
    await rows(empty_database, append.format(columns=", epoch, tx", values=", 1, '900000000000'"))
    await migrate(empty_database)
    await rows(empty_database, append.format(columns="", values=""))
    in_order = await rows(empty_database, "SELECT epoch FROM events ORDER BY epoch, tx, position")
    assert [row["epoch"] for row in in_order] == [1, 2]
    by_writing = await rows(empty_database, "SELECT epoch FROM events ORDER BY position")
    assert [row["epoch"] for row in by_writing] == [1, 2]
    await migrate(empty_database)
    epochs = await rows(empty_database, "SELECT id FROM event_epochs ORDER BY id")
    assert [row["id"] for row in epochs] == [1, 2], "one restore, one epoch"
