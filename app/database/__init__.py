"""The ground: PostgreSQL, reached through one pool per process."""

from app.database.pool import (
    BY_INDEX,
    Connection,
    Credentials,
    close_database,
    columns,
    connect,
    execute,
    fetch,
    fetch_by_index,
    fetchrow,
    fetchval,
    open_database,
    pool_use,
    statement,
    transaction,
)

__all__ = [
    "BY_INDEX",
    "Connection",
    "Credentials",
    "close_database",
    "columns",
    "connect",
    "execute",
    "fetch",
    "fetch_by_index",
    "fetchrow",
    "fetchval",
    "open_database",
    "pool_use",
    "statement",
    "transaction",
]
