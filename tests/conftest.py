"""What every test may ask for: a PostgreSQL server, a migrated database, a fresh project, a statement counter.

One server serves the whole run; each worker has a database of its own. Tests are kept apart by the
product's own wall: each asks for a new project. Only tests about the whole database take a fresh one.
TEAROFF_TEST_POSTGRES_BIN names the folder of another PostgreSQL's programs to test on.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from app.database import close_database, execute, open_database
from app.database.migrate import migrate
from app.embedded_postgres import EmbeddedPostgres
from app.embedded_postgres.home import Home, lock_file, locked_within
from app.ids import new_id

# How busy the machine is must not decide whether a property holds.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

pytest_plugins = ["tests.open_shop"]

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

# Durable enough for tests: the server does not outlive them.
UNSAFE_AND_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "400",
}

# The oldest version that is supported, where Debian's package puts it.
OLD_POSTGRES = Path("/usr/lib/postgresql/15/bin")
CHROMIUM = shutil.which("chromium")
_WITHOUT_BROWSER = CHROMIUM is None and os.environ.get("TEAROFF_DEMAND_BROWSER") != "1"

_RUN_FOLDER = pytest.StashKey[Path]()


def run_folder(config: pytest.Config) -> Path:
    """The folder of this run, with a short path; removed afterwards, servers in it are seen off."""
    return config.stash[_RUN_FOLDER]


def pytest_configure(config: pytest.Config) -> None:
    """Agree on a folder for the run's server: made by the first process, told to the workers of xdist."""
    told: dict[str, str] | None = getattr(config, "workerinput", None)
    if told is not None:
        config.stash[_RUN_FOLDER] = Path(told["run_folder"])
        return
    # The path of the server's socket must be short, and its account must be able to pass through.
    folder = Path(tempfile.mkdtemp(prefix="tear-", dir="/tmp")).resolve()
    folder.chmod(0o711)
    config.stash[_RUN_FOLDER] = folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Called by xdist in the first process for each worker."""
    node.workerinput["run_folder"] = str(node.config.stash[_RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last user has let go of the server: see it off, and leave nothing behind."""
    folder = config.stash.get(_RUN_FOLDER, None)
    if folder is None or hasattr(config, "workerinput"):
        return
    for home in map(Home, folder.iterdir()):
        with lock_file(home.supervisor) as supervisor, lock_file(home.serving) as serving:
            locked_within(supervisor, 20)
            locked_within(serving, 20)
    shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium its tests are left out, unless somebody insists: then they fail."""
    if _WITHOUT_BROWSER:
        left_out = [item for item in items if item.get_closest_marker("browser")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was left out because this machine lacks something is said, never passed over."""
    if not OLD_POSTGRES.exists():
        terminalreporter.write_line("Left out: migrations on PostgreSQL 15 (there is no postgresql-15 here).")
    if _WITHOUT_BROWSER:
        terminalreporter.write_line("Left out: GraphiQL in a browser (there is no Chromium here).")


# Transaction control, and asyncpg's own look-up of types, once per connection and type.
_NOT_OURS = (
    *("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SELECT PG_ADVISORY_UNLOCK"),
    *("WITH RECURSIVE TYPEINFO_TREE", "SELECT CURRENT_SETTING('JIT')", "SELECT SET_CONFIG('JIT'"),
)


class Statements:
    """Counts the SQL statements that this process's pool sends, transaction control left out."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, connection: Any) -> None:
        connection.add_query_logger(self._note)

    def _note(self, record: Any) -> None:
        text = " ".join(record.query.split())
        if not text.upper().startswith(_NOT_OURS):
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
def cluster(pytestconfig: pytest.Config) -> Iterator[dict[str, Any]]:
    """Credentials of the run's PostgreSQL server; database is 'postgres'."""
    programs = os.environ.get("TEAROFF_TEST_POSTGRES_BIN")
    folder = run_folder(pytestconfig) / "pg"
    with EmbeddedPostgres.start(
        folder, conf=UNSAFE_AND_FAST, bin=Path(programs) if programs else None
    ) as server:
        yield dict(server.credentials("postgres"))


async def administer(cluster: dict[str, Any], statement: str) -> None:
    """Run a statement that belongs to the server, not to one database."""
    admin = await asyncpg.connect(**cluster)
    try:
        await admin.execute(statement)
    finally:
        await admin.close()


@pytest_asyncio.fixture(scope="session")
async def template(cluster: dict[str, Any]) -> AsyncIterator[str]:
    """The name of a migrated, empty database to copy."""
    name = f"template_{os.getpid()}"
    await administer(cluster, f'CREATE DATABASE "{name}"')
    await migrate({**cluster, "database": name})
    yield name
    await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture
async def fresh_database(cluster: dict[str, Any], template: str) -> AsyncIterator[dict[str, Any]]:
    """Credentials of a new, migrated, empty database, for tests that start servers or look at the whole log."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    await administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield {**cluster, "database": name}
    await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture(scope="session")
async def database(cluster: dict[str, Any], template: str) -> AsyncIterator[dict[str, Any]]:
    """The worker's database, opened as the service opens its own."""
    name = f"worker_{os.getpid()}"
    await administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    credentials = {**cluster, "database": name}
    await open_database(credentials, pool_max=20, on_connect=_STATEMENTS.watch)
    yield credentials
    await close_database()
    await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture
async def project(database: dict[str, Any]) -> uuid.UUID:
    """A new project behind its own wall (EUR, Europe/Warsaw)."""
    return await a_project()


@pytest_asyncio.fixture
async def lonely_project(
    database: dict[str, Any], fresh_database: dict[str, Any]
) -> AsyncIterator[uuid.UUID]:
    """A project in a database of its own, which is open meanwhile: for tests that change the log for everybody."""
    await close_database()
    await open_database(fresh_database, pool_max=20, on_connect=_STATEMENTS.watch)
    yield await a_project()
    await close_database()
    await open_database(database, pool_max=20, on_connect=_STATEMENTS.watch)


async def a_project() -> uuid.UUID:
    """As the fixture, in the database that is open."""
    organisation, project = new_id(), new_id()
    await execute(
        "INSERT INTO organisations (id, name, created_at) VALUES ($1, 'Test', $2)", organisation, NOW
    )
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " VALUES ($1, $2, 'Test shop', 'Europe/Warsaw', 'EUR', false, $3)",
        project,
        organisation,
        NOW,
    )
    return project


@pytest_asyncio.fixture
async def another_project(project: uuid.UUID) -> uuid.UUID:
    """Another project of the same organisation (EUR, UTC)."""
    another = new_id()
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " SELECT $1, organisation_id, 'Another shop', 'UTC', 'EUR', false, $3 FROM projects WHERE id = $2",
        another,
        project,
        NOW,
    )
    return another
