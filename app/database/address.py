"""Where the database is: at DATABASE_URL, or embedded in the state folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg

from app.database.pool import Credentials
from app.embedded_postgres import EmbeddedPostgres
from app.settings import Settings, SettingsError

_NAME = "tearoff"  # of the database in the embedded server

# Parts of an address that may stand in its query string, and asyncpg's words for them.
_PARAMETERS = {
    "host": "host",
    "port": "port",
    "user": "user",
    "password": "password",
    "dbname": "database",
    "database": "database",
    "sslmode": "ssl",
}


@asynccontextmanager
async def located(settings: Settings) -> AsyncIterator[Credentials]:
    """The credentials of the database; an embedded server is held, started if need be, as long as they are used.

    Raises SettingsError for an address that cannot be understood, EmbeddedPostgresError for a server that does
    not start. Whether a server of the operator's can be reached is for the one who connects to find out.
    """
    if settings.database_url is not None:
        yield read_address(settings.database_url)
        return
    server = await asyncio.to_thread(EmbeddedPostgres.start, settings.postgres_dir)
    try:
        await _make_database(server)
        yield {**server.credentials(_NAME)}
    finally:
        server.close()


def read_address(url: str) -> Credentials:
    """asyncpg's keywords for `postgresql://user:password@host:port/database?sslmode=require`.

    Raises SettingsError, without showing the address, for parameters that mean nothing here.
    """
    parts = urlsplit(url)
    found: dict[str, object] = {
        "host": unquote(parts.hostname) if parts.hostname else None,
        "port": parts.port,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "database": unquote(parts.path.strip("/")) or None,
    }
    for name, value in parse_qsl(parts.query):
        if name not in _PARAMETERS:
            known = ", ".join(sorted(_PARAMETERS))
            raise SettingsError(f"DATABASE_URL: {name} is not known here; its parameters are {known}.")
        found[_PARAMETERS[name]] = value
    try:
        found["port"] = int(str(found["port"] or 5432))
    except ValueError:
        raise SettingsError("DATABASE_URL: the port should be a number.") from None
    return found


async def _make_database(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(**server.credentials("postgres"))
    try:
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", _NAME):
            await connection.execute(f'CREATE DATABASE "{_NAME}"')
    except (asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
        pass  # another process of ours was faster
    finally:
        await connection.close()
