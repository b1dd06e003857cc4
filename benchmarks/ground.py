"""The ground of a run: a PostgreSQL of its own, durable as in earnest, in a folder that is gone afterwards."""

import asyncio
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import asyncpg

from app.database import Credentials
from app.database.migrate import migrate
from app.embedded_postgres import EmbeddedPostgres
from app.embedded_postgres.home import Home, lock_file, locked_within
from app.embedded_postgres.programs import find

DATABASE = "benchmarks"
_FAREWELL_SECONDS = 30
_ASKED = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a run takes place. `postmaster` is PostgreSQL's first process; `server` what it says of itself."""

    folder: Path
    credentials: Credentials
    dsn: str
    postmaster: int
    pgbench: Path
    server: dict[str, str]

    @property
    def words(self) -> str:
        """What figures depend on, in one line: machine, interpreter, PostgreSQL and how durable it is."""
        durable = ", ".join(
            f"{name}={value}" for name, value in self.server.items() if name != "server_version"
        )
        return (
            f"{platform.python_implementation()} {platform.python_version()} ({platform.python_compiler()}), "
            f"PostgreSQL {self.server['server_version']} ({durable}), {os.cpu_count()} cores, "
            f"{platform.system()} {platform.machine()}"
        )


@contextmanager
def prepared_ground(inside: Path) -> Iterator[Ground]:
    """A server with a migrated, empty database, in a folder made `inside`. However the run ends, nothing is left."""
    # The path of the server's socket must be short, and its account must be able to pass through.
    folder = Path(tempfile.mkdtemp(prefix="tear-bench-", dir=inside)).resolve()
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres.start(folder / "pg") as server:
            home = server.home
            found = asyncio.run(_prepare(server))
            yield Ground(
                folder=folder,
                credentials={**server.credentials(DATABASE)},
                dsn=server.dsn(DATABASE),
                postmaster=home.status()[0],
                pgbench=find() / "pgbench",
                server=found,
            )
    finally:
        _see_off(Home(folder / "pg"))
        shutil.rmtree(folder, ignore_errors=True)


async def another(ground: Ground, name: str) -> Ground:
    """The same server with one more database, migrated and empty."""
    connection = await asyncpg.connect(**ground.credentials)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    credentials = {**ground.credentials, "database": name}
    await migrate(credentials)
    return replace(ground, credentials=credentials, dsn=ground.dsn.replace(f"/{DATABASE}?", f"/{name}?"))


async def settle_down(ground: Ground) -> None:
    """Start a measurement from the same state as all others: dirty pages written, statistics fresh."""
    connection = await asyncpg.connect(**ground.credentials)
    try:
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _prepare(server: EmbeddedPostgres) -> dict[str, str]:
    admin = await asyncpg.connect(**server.credentials("postgres"))
    try:
        await admin.execute(f'CREATE DATABASE "{DATABASE}"')
        found = {name: str(await admin.fetchval(f"SHOW {name}")) for name in _ASKED}
    finally:
        await admin.close()
    await migrate({**server.credentials(DATABASE)})
    return found


def _see_off(home: Home) -> None:
    """The last user has let go of the server: wait until it has stopped."""
    if not home.path.is_dir():
        return
    with lock_file(home.supervisor) as supervisor, lock_file(home.serving) as serving:
        locked_within(supervisor, _FAREWELL_SECONDS)
        locked_within(serving, _FAREWELL_SECONDS)
