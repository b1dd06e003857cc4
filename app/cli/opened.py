"""The database as commands get it: found, reachable, of a version that will do, open while they work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from app.cli.house import OperatorError, reason_of
from app.database import Credentials, close_database, open_database
from app.database.address import located
from app.database.migrate import pending
from app.settings import Settings

OLDEST_POSTGRES = 15

_CONNECT_SECONDS = 10


@asynccontextmanager
async def reachable(settings: Settings) -> AsyncIterator[Credentials]:
    """The credentials of a database that answers; an embedded server runs as long as they are used.

    Raises OperatorError, SettingsError, EmbeddedPostgresError.
    """
    async with located(settings) as credentials:
        await _try(credentials)
        yield credentials


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """The database open for deeds; raises what `reachable` raises, and OperatorError where migrations are missing."""
    async with reachable(settings) as credentials:
        if missing := await missing_migrations(credentials):
            raise OperatorError(
                f"The database lacks {len(missing)} migration{'s' * (len(missing) > 1)}: run `tearoff migrate` first."
            )
        await open_database(credentials, pool_min=1, pool_max=5, by_index_max=1)
        try:
            yield
        finally:
            await close_database()


async def missing_migrations(credentials: Credentials) -> list[str]:
    """Names of the migrations that the database does not have yet."""
    connection: asyncpg.Connection = await asyncpg.connect(**credentials)
    try:
        return await pending(connection)
    finally:
        await connection.close()


async def _try(credentials: Credentials) -> None:
    where = f"{credentials['host'] or 'localhost'}, port {credentials['port']}"
    try:
        connection = await asyncpg.connect(**credentials, timeout=_CONNECT_SECONDS)
    except TimeoutError:
        raise OperatorError(
            f"The database at {where} did not answer within {_CONNECT_SECONDS} seconds."
        ) from None
    except asyncpg.InterfaceError as failure:
        raise OperatorError(f"The database at {where} cannot be used: {reason_of(failure)}.") from None
    except (OSError, asyncpg.PostgresError) as failure:
        raise OperatorError(f"The database at {where} cannot be reached: {reason_of(failure)}.") from None
    try:
        version = connection.get_server_version()
    finally:
        await connection.close()
    if version.major < OLDEST_POSTGRES:
        raise OperatorError(
            f"The database at {where} is PostgreSQL {version.major}, but {OLDEST_POSTGRES} or newer is needed."
        )
