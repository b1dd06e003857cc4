"""The till's own connection: dialled, renewed when it is lost or stale, and the transaction of a batch on it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from time import perf_counter
from uuid import UUID

import asyncpg

from app.database import BY_INDEX, connect
from app.database.standing_edits import begin_redeeming
from app.redemptions.expire import HoldsExpired, expire_all
from app.redemptions.timings import Cause, Timings

# There is no database behind the connection, or none that can write: the batch comes again on a new one.
_LOST = (
    OSError,  # TimeoutError is one of them
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # after a fail-over, the server that was left
    asyncpg.InsufficientResourcesError,  # a full disk, no memory
)
# The connection must go, because what it remembers of statements or tables does not fit any more.
_STALE = (asyncpg.InternalClientError, asyncpg.InvalidCachedStatementError)
# Somebody else was faster, or stood in the way: the batch was undone and simply comes again.
_CLASH = (
    *_STALE,
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    HoldsExpired,  # although they were expired a moment ago
)
# Somebody stands in the way for longer than anybody of ours would.
_STUCK = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)
# A plan made when a table was nearly empty may follow the wrong index; a new one costs a few milliseconds.
_REPLAN_SECONDS = 10.0
_HURRIED_MS = 100
_FAREWELL_SECONDS = 5.0


class OwnConnection:
    """A connection outside the pools that comes back by itself.

    `lock_timeout_ms` bounds the wait for one lock. A database that cannot be dialled within `patience` seconds, or has
    not ended a transaction after `silence` seconds, is taken for lost: a cut network tells nobody.
    `timings` are those of the last transaction that was committed.
    """

    def __init__(self, *, lock_timeout_ms: int, patience: float, silence: float) -> None:
        self.timings = Timings(0.0, 0.0, 0.0)
        self._lock_timeout_ms, self._patience, self._silence = lock_timeout_ms, patience, silence
        self._hurried_ms = min(_HURRIED_MS, lock_timeout_ms)
        self._connection: asyncpg.Connection | None = None
        self._replan_at = 0.0
        self._locking = 0.0

    async def ready(self) -> asyncpg.Connection:
        """The connection, dialled if need be; its plans are thrown away now and then, for tables grow."""
        now = asyncio.get_running_loop().time()
        if self._connection is None:
            async with asyncio.timeout(self._patience):
                self._connection = await connect(
                    application_name="tearoff till", lock_timeout=str(self._lock_timeout_ms), **BY_INDEX
                )
        elif now < self._replan_at:
            return self._connection
        else:
            with self._watched(self._connection):
                await self._connection.execute("DISCARD PLANS")
        self._replan_at = now + _REPLAN_SECONDS
        return self._connection

    @asynccontextmanager
    async def transaction(
        self, projects: Collection[UUID], *, hurried: bool = False
    ) -> AsyncIterator[asyncpg.Connection]:
        """A transaction that begins with the locks that keep limits as they are; asyncpg's own cannot.

        `hurried`, it waits only a moment for each lock.
        """
        connection = await self.ready()
        began, self._locking = perf_counter(), 0.0
        begin = begin_redeeming(projects)
        if hurried:
            begin = f"BEGIN; SET LOCAL lock_timeout = {self._hurried_ms};{begin.removeprefix('BEGIN;')}"
        with self._watched(connection):
            try:
                await connection.execute(begin)
                yield connection
            except BaseException:
                if not connection.is_closed():
                    await connection.execute("ROLLBACK")
                raise
            committing = perf_counter()
            await connection.execute("COMMIT")
        ended = perf_counter()
        self.timings = Timings(ended - began, ended - committing, self._locking)

    async def expire_holds(self, projects: Collection[UUID], now: datetime, *, hurried: bool = False) -> None:
        """Expire all holds of the projects whose time is over, in transactions of their own."""
        connection = await self.ready()
        with self._watched(connection):
            if hurried:
                await connection.execute(f"SET lock_timeout = {self._hurried_ms}")
            try:
                await expire_all(connection, projects, now)
            finally:
                if hurried and not connection.is_closed():
                    await connection.execute("RESET lock_timeout")

    def blame(self, fault: Exception) -> Cause:
        """What a fault means; a connection that is of no use any more is dropped, and the next try dials anew."""
        connection = self._connection
        if connection is None:
            away = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
            return Cause.LOST if isinstance(fault, away) else Cause.FAULT
        lost = isinstance(fault, _LOST) or connection.is_closed()
        if lost or isinstance(fault, _STALE) or connection.is_in_transaction():
            connection.terminate()
            self._connection = None
        if lost:
            return Cause.LOST
        if isinstance(fault, _CLASH):
            return Cause.CLASH
        return Cause.STUCK if isinstance(fault, _STUCK) else Cause.FAULT

    @contextmanager
    def _watched(self, connection: asyncpg.Connection) -> Iterator[None]:
        alarm = asyncio.get_running_loop().call_later(self._silence, connection.terminate)
        try:
            yield
        finally:
            alarm.cancel()

    def locked(self, seconds: float) -> None:
        """So long the transaction under way took to lock counters and balances."""
        self._locking = seconds

    async def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            await self._connection.close(timeout=_FAREWELL_SECONDS)
            self._connection = None
