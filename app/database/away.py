"""Whether an exception means that the database is away or busy: nobody made a mistake, and asking again helps."""

from collections.abc import Iterator

import asyncpg

_AWAY = (
    OSError,  # refused, reset, timed out, no such socket
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
_BUSY = (
    asyncpg.LockNotAvailableError,  # lock_timeout
    asyncpg.DeadlockDetectedError,
    asyncpg.QueryCanceledError,  # statement_timeout
)
_CLIENT = (asyncpg.InterfaceError, asyncpg.InternalClientError)
_HUNG_UP = ("connection is closed", "connection was closed", "cannot switch to state")


def is_away(fault: BaseException) -> bool:
    """Look at the exception and at what it was raised from: Tortoise wraps what asyncpg raises."""
    for cause in _causes(fault):
        if isinstance(cause, _AWAY):
            return True
        # asyncpg has no class of its own for a connection that was lost between two statements; one whose loss
        # it has heard of only in part "cannot switch to state" for the next.
        if isinstance(cause, _CLIENT) and any(words in str(cause) for words in _HUNG_UP):
            return True
    return False


def is_busy(fault: BaseException) -> bool:
    """Whether a statement was given up because it waited or took too long, or stood in another one's way."""
    return any(isinstance(cause, _BUSY) for cause in _causes(fault))


def _causes(fault: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = fault
    while cause is not None:
        yield cause
        cause = cause.__cause__
