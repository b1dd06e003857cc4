"""The pool of connections, the transaction, and raw SQL; Tortoise's models share all three."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any  # rows hold whatever the statement selects

import asyncpg
import orjson
from asyncpg.pool import PoolConnectionProxy
from tortoise import Tortoise
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContext
from tortoise.connection import get_connection, get_connections
from tortoise.transactions import in_transaction

Connection = asyncpg.Connection | PoolConnectionProxy
Credentials = Mapping[str, Any]  # what asyncpg.connect takes: host, port, user, password, database

RECORDS = (
    "app.projects.records",
    "app.customers.records",
    "app.segments.records",
    "app.pools.records",
    "app.partners.records",
    "app.campaigns.records",
    "app.vouchers.records",
    "app.wallets.records",
    "app.redemptions.records",
    "app.jobs.records",
    "app.exports.records",
    "app.events.records",
    "app.reports.records",
)

# For statements that look up a handful of rows: planned once per connection, when tables may still be empty, so by
# index, row by row, is the only good plan at any size. Planning them anew each time costs more than running them.
BY_INDEX = {
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
# A connection that has answered so many is replaced: what tables held when its plans were made is long past.
_STATEMENTS_PER_PLAN = 5_000

_opened: dict[str, Any] = {}  # the arguments of asyncpg.connect for connections outside the pool
_by_index: asyncpg.Pool | None = None


def tortoise_config(credentials: Mapping[str, object]) -> dict[str, Any]:
    """Tortoise's configuration: one connection, one app with every room's records and the top-level migrations."""
    return {
        "connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": dict(credentials)}},
        "apps": {
            "tearoff": {"models": list(RECORDS), "default_connection": "default", "migrations": "migrations"}
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(
    credentials: Credentials,
    *,
    pool_min: int = 1,
    pool_max: int = 10,
    by_index_max: int = 4,
    statement_timeout_ms: int = 15_000,
    lock_timeout_ms: int = 5_000,
    idle_in_transaction_timeout_ms: int = 10_000,
    on_connect: Callable[[Connection], None] | None = None,
) -> None:
    """Open the pools of this process; fails at once when the database cannot be reached.

    `credentials` are asyncpg's (host, port, user, password, database). `on_connect` sees every new
    connection (tests count statements with it).
    """

    async def prepare(connection: Connection) -> None:
        await _set_codecs(connection)
        if on_connect is not None:
            on_connect(connection)

    server_settings = {
        "application_name": "tearoff",
        "timezone": "UTC",
        # Each statement sees what was committed before it, whatever the server's own default: all locks rely on it.
        "default_transaction_isolation": "read committed",
        "statement_timeout": str(statement_timeout_ms),
        "lock_timeout": str(lock_timeout_ms),
        "idle_in_transaction_session_timeout": str(idle_in_transaction_timeout_ms),
    }
    _opened.clear()
    _opened.update(credentials, server_settings=server_settings)
    await Tortoise.init(
        config=tortoise_config(
            {
                **credentials,
                "min_size": pool_min,
                "max_size": pool_max,
                "server_settings": server_settings,
                "init": prepare,
                "reset": _as_it_is,
            }
        ),
        _enable_global_fallback=True,  # request tasks do not inherit the context of the start-up task
    )
    await _client().create_connection(with_db=True)
    global _by_index
    _by_index = await asyncpg.create_pool(
        **credentials,
        min_size=min(pool_min, by_index_max),
        max_size=by_index_max,
        max_queries=_STATEMENTS_PER_PLAN,
        server_settings={**server_settings, **BY_INDEX},
        init=prepare,
        reset=_as_it_is,
    )


async def close_database() -> None:
    """Close the pools; waits for connections in use."""
    global _by_index
    if _by_index is not None:
        await _by_index.close()
        _by_index = None
    await Tortoise.close_connections()


async def connect(**server_settings: str) -> asyncpg.Connection:
    """A connection of one's own outside the pool (the till, the doorbell); the caller closes it."""
    given = {**_opened, "server_settings": {**_opened["server_settings"], **server_settings}}
    connection: asyncpg.Connection = await asyncpg.connect(**given)
    await _set_codecs(connection)
    return connection


@asynccontextmanager
async def transaction() -> AsyncIterator[Connection]:
    """One transaction for raw SQL and Tortoise's models alike; nested, it is a savepoint.

    Do not start tasks inside that outlive it: they would inherit its connection.
    """
    context = in_transaction("default")
    try:
        async with AsyncExitStack() as stack:
            try:
                wrapper = await stack.enter_async_context(context)
            except BaseException as fault:
                await _give_up(context, fault)
                raise
            # Tortoise names the asyncpg connection of a transaction privately; this is the one place that asks.
            yield wrapper._connection
    finally:
        if hasattr(context, "token"):
            # Tortoise has done it, unless it was cancelled while it gave the connection back: then all that the
            # task asked later would go to a connection that is not its own any more.
            with suppress(ValueError):
                get_connections().reset(context.token)


async def _give_up(context: TransactionContext, fault: BaseException) -> None:
    """Who is cancelled during BEGIN has a connection already, which Tortoise gives back on the way out only."""
    if hasattr(context, "token"):
        with suppress(asyncpg.InterfaceError):  # a connection that was lost is back in the pool already
            context.client._connection.terminate()  # private, as above; nobody knows whether the transaction began
        with suppress(asyncpg.InterfaceError):  # what never began cannot be rolled back
            await context.__aexit__(type(fault), fault, fault.__traceback__)


async def fetch(statement: str, *values: object) -> list[asyncpg.Record]:
    """All rows of a statement, in the current transaction if there is one."""
    async with _current() as connection:
        rows: list[asyncpg.Record] = await connection.fetch(statement, *values)
    return rows


async def fetchrow(statement: str, *values: object) -> asyncpg.Record | None:
    """The first row of a statement, or None."""
    async with _current() as connection:
        return await connection.fetchrow(statement, *values)


async def fetch_by_index(statement: str, *values: object) -> list[asyncpg.Record]:
    """All rows of a short look-up, on a connection with the BY_INDEX plans: outside any transaction."""
    if _by_index is None:
        raise RuntimeError("the database is not open")
    rows: list[asyncpg.Record] = await _by_index.fetch(statement, *values)
    return rows


async def fetchval(statement: str, *values: object) -> Any:
    """The first column of the first row, or None."""
    async with _current() as connection:
        return await connection.fetchval(statement, *values)


async def execute(statement: str, *values: object) -> str:
    """Run a statement for its effect; gives PostgreSQL's command tag, such as `UPDATE 1`."""
    async with _current() as connection:
        tag: str = await connection.execute(statement, *values)
    return tag


def statement(package: str, name: str) -> str:
    """The text of a `.sql` file that lies beside its deed: `statement(__package__, "gather.sql")`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def columns(rows: Sequence[Sequence[object]], width: int) -> list[tuple[object, ...]]:
    """Rows turned into columns, for `unnest`; `width` empty columns when there is no row."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


@dataclass(frozen=True, slots=True)
class PoolUse:
    """How many connections the pools have: busy, idle, and the most they may open."""

    busy: int
    idle: int
    most: int


def pool_use() -> PoolUse:
    """How both pools are used at this moment."""
    pools = [pool for pool in (_client()._pool, _by_index) if pool is not None]  # private, as in _current
    idle = sum(pool.get_idle_size() for pool in pools)
    opened = sum(pool.get_size() for pool in pools)
    return PoolUse(opened - idle, idle, sum(pool.get_max_size() for pool in pools))


def _client() -> AsyncpgDBClient:
    client = get_connection("default")
    assert isinstance(client, AsyncpgDBClient)  # noqa: S101 - the engine named in tortoise_config
    return client


@asynccontextmanager
async def _current() -> AsyncIterator[Connection]:
    client = _client()
    if isinstance(client, TransactionWrapper):
        yield client._connection
        return
    pool = client._pool  # private, as above: Tortoise has no public way to its pool
    if pool is None:
        raise RuntimeError("the database is not open")
    async with pool.acquire() as connection:
        yield connection


async def _as_it_is(_connection: asyncpg.Connection) -> None:
    """What to do with a connection that comes back: nothing.

    asyncpg would send a statement that ends session settings, session locks and LISTEN; nobody here has any on a
    pooled connection, and it is a round trip per statement. An open transaction it rolls back all the same.
    """


async def _set_codecs(connection: Connection) -> None:
    """JSON columns hold Python values on both sides; text that is JSON already (Tortoise's) passes unchanged."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_encode_json, decoder=orjson.loads, format="text"
        )


def _encode_json(value: object) -> str:
    if isinstance(value, str):
        return value
    return (value if isinstance(value, bytes) else orjson.dumps(value)).decode()
