"""What every test may ask for: a PostgreSQL server, a migrated database, a fresh project, a statement counter.

One server serves the whole run; each worker has a database of its own. Tests are kept apart by the
product's own wall: each asks for a new project. Only tests about the whole database take a fresh one.
"""

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from app.database import close_database, execute, open_database
from app.database.migrate import migrate
from app.ids import new_id

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


class Statements:
    """Counts the SQL statements that this process's pool sends, transaction control left out."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, connection: Any) -> None:
        connection.add_query_logger(self._note)

    def _note(self, record: Any) -> None:
        text = " ".join(record.query.split())
        if not text.upper().startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SELECT PG_ADVISORY_UNLOCK")):
            self.seen.append(text)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Within the block, the list fills with the statements sent."""
        start = len(self.seen)
        within: list[str] = []
        yield within
        within.extend(self.seen[start:])


_STATEMENTS = Statements()


@pytest.fixture
def statements() -> Statements:
    """Count statements: `with statements.counted() as sent: …; assert len(sent) == 2`."""
    return _STATEMENTS


@pytest.fixture(scope="session")
def cluster() -> Iterator[dict[str, Any]]:
    """Credentials of a PostgreSQL server for this run; database is 'postgres'."""
    yield dict(host="/tmp/pgx", port=5499, user="postgres", password="", database="postgres")  # noqa: S108


async def _administer(cluster: dict[str, Any], statement: str) -> None:
    admin = await asyncpg.connect(**cluster)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


@pytest_asyncio.fixture(scope="session")
async def template(cluster: dict[str, Any]) -> AsyncIterator[str]:
    """The name of a migrated, empty database to copy."""
    name = f"template_{os.getpid()}"
    await _administer(cluster, f'CREATE DATABASE "{name}"')
    await migrate({**cluster, "database": name})
    yield name
    await _administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture
async def fresh_database(cluster: dict[str, Any], template: str) -> AsyncIterator[dict[str, Any]]:
    """Credentials of a new, migrated, empty database, for tests that start servers or look at the whole log."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await _administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield {**cluster, "database": name}
    await _administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture(scope="session")
async def database(cluster: dict[str, Any], template: str) -> AsyncIterator[dict[str, Any]]:
    """The worker's database, opened as the service opens its own."""
    name = f"worker_{os.getpid()}"
    await _administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    credentials = {**cluster, "database": name}
    await open_database(credentials, pool_max=20, on_connect=_STATEMENTS.watch)
    yield credentials
    await close_database()
    await _administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture
async def project(database: dict[str, Any]) -> uuid.UUID:
    """A new project behind its own wall (EUR, Europe/Warsaw)."""
    organisation, project = new_id(), new_id()
    await execute("INSERT INTO organisations (id, name, created_at) VALUES ($1, 'Test', $2)", organisation, NOW)
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " VALUES ($1, $2, 'Test shop', 'Europe/Warsaw', 'EUR', false, $3)",
        project,
        organisation,
        NOW,
    )
    return project
