"""The ground: PostgreSQL, reached through one pool per process."""

from app.database.pool import (
    Connection,
    Credentials,
    close_database,
    columns,
    connect,
    execute,
    fetch,
    fetchrow,
    fetchval,
    open_database,
    pool_use,
    statement,
    transaction,
)

__all__ = [
    "Connection",
    "Credentials",
    "close_database",
    "columns",
    "connect",
    "execute",
    "fetch",
    "fetchrow",
    "fetchval",
    "open_database",
    "pool_use",
    "statement",
    "transaction",
]
