"""tearoff rebuild."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest_asyncio

from app.ids import new_id
from app.projections import PROJECTIONS
from app.reports.projection import Reports
from tests.cli.conftest import Tearoff
from tests.conftest import NOW
from tests.events.conftest import eventually
from tests.reports.told import ADA, ALONE, PROJECT, code, granted, redemption, refused, returned, rolled_back

# What transactions of other tests hold back, in whatever database, is in no figures yet.
_ALL_SETTLED = "SELECT max(tx) < pg_snapshot_xmin(pg_current_snapshot()) FROM events"


@pytest_asyncio.fixture
async def log(fresh_database: dict[str, Any]) -> AsyncIterator[asyncpg.Connection]:
    """A database of its own in whose log an order is redeemed and comes back in part, and another is refused."""
    connection = await asyncpg.connect(**fresh_database)
    organisation = new_id()
    await connection.execute("INSERT INTO organisations VALUES ($1, 'Test', $2)", organisation, NOW)
    await connection.execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " VALUES ($1, $2, 'Test shop', 'Europe/Warsaw', 'EUR', false, $3)",
        *(PROJECT, organisation, NOW),
    )
    order = redemption(code(ALONE, 300), customer_id=ADA)
    for event in (
        granted(order),
        rolled_back(returned(order, 1_000, 30)),
        refused((ALONE, None, ("EXPIRED",))),
    ):
        await connection.execute(
            "INSERT INTO events (project_id, kind, at, payload) VALUES ($1, $2, $3, $4)",
            *(event.project, event.kind.value, event.at, orjson.dumps(event.payload).decode()),
        )
    await eventually(lambda: connection.fetchval(_ALL_SETTLED))
    yield connection
    await connection.close()


async def tables(connection: asyncpg.Connection) -> dict[str, list[Any]]:
    """All that the projection of reports keeps."""
    return {
        table: sorted(tuple(row) for row in await connection.fetch(f"SELECT * FROM {table}"))
        for table in Reports.tables
    }


async def test_what_was_kept_is_made_anew_from_the_log(
    tmp_path: Path, fresh_database: dict[str, Any], log: asyncpg.Connection
) -> None:
    tearoff = Tearoff(tmp_path, fresh_database)
    every = await tearoff("rebuild")
    built = await tables(log)
    await log.execute("UPDATE report_figures SET redemptions = 999")
    await log.execute("DELETE FROM report_buyers")
    one = await tearoff("rebuild", "reports")
    assert (every.status, one.status) == (0, 0), every.err + one.err
    assert every.out.splitlines() == [f"Rebuilt {projection.name}." for projection in PROJECTIONS]
    assert one.out == "Rebuilt reports.\n"
    assert await tables(log) == built
    assert [len(rows) for rows in built.values()] == [9, 9, 1, 1, 0, 0]
    total = await log.fetchrow(
        "SELECT redemptions, order_value, returned_order_value, rejected FROM report_figures"
        " WHERE grain = 2 AND kind = 0"
    )
    assert total is not None
    assert tuple(total) == (1, 10_000, 1_000, 1)


async def test_a_log_whose_beginning_was_let_go_builds_nothing_and_nothing_is_emptied(
    tmp_path: Path, fresh_database: dict[str, Any], log: asyncpg.Connection
) -> None:
    tearoff = Tearoff(tmp_path, fresh_database)
    await tearoff("rebuild")
    built = await tables(log)
    await log.execute("UPDATE event_horizon SET epoch = 1, tx = '5', position = 1")
    refused = await tearoff("rebuild")
    assert refused.status == 1
    assert "The log does not reach back to its beginning any more" in refused.err
    assert await tables(log) == built


async def test_what_is_no_projection_is_said(tmp_path: Path, database: dict[str, Any]) -> None:
    told = await Tearoff(tmp_path, database)("rebuild", "fortunes")
    assert told.status == 1
    assert "There is no projection of the name fortunes: there are reports, activity." in told.err
