"""A database that is away or busy is told from a mistake of ours."""

import asyncio
from typing import Any

import asyncpg
import pytest

from app.database.away import is_away, is_busy


async def test_a_connection_that_the_server_ends_is_away_now_and_afterwards(cluster: dict[str, Any]) -> None:
    doomed, other = await asyncpg.connect(**cluster), await asyncpg.connect(**cluster)
    try:
        await other.execute("SELECT pg_terminate_backend($1, 5000)", doomed.get_server_pid())
        for _ in range(2):
            with pytest.raises(
                (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
            ) as caught:
                await doomed.execute("SELECT 1")
            assert is_away(caught.value)
    finally:
        await other.close()


async def test_a_server_that_is_not_there_is_away(cluster: dict[str, Any]) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        await asyncpg.connect(**{**cluster, "host": "/nowhere"})
    assert is_away(caught.value)


async def test_what_wraps_it_is_seen_through() -> None:
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = asyncpg.AdminShutdownError("terminating connection")
    assert is_away(wrapped)
    assert is_away(
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")
    )


async def test_a_wrong_statement_is_a_mistake_and_not_away(cluster: dict[str, Any]) -> None:
    connection = await asyncpg.connect(**cluster)
    try:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await connection.execute("SELECT nonsense")
        assert not is_away(caught.value)
        assert not is_busy(caught.value)
    finally:
        await connection.close()
    assert not is_away(ValueError("connection is closed"))


async def test_a_statement_that_waits_or_takes_too_long_means_busy_and_not_away(
    cluster: dict[str, Any],
) -> None:
    impatient = {"statement_timeout": "50ms", "lock_timeout": "20ms"}
    holder = await asyncpg.connect(**cluster)
    waiter = await asyncpg.connect(**cluster, server_settings=impatient)
    try:
        await holder.execute("SELECT pg_advisory_lock(7001)")
        for statement, kind in (
            ("SELECT pg_advisory_lock(7001)", asyncpg.LockNotAvailableError),
            ("SELECT pg_sleep(5)", asyncpg.QueryCanceledError),
        ):
            with pytest.raises(kind) as caught:
                await waiter.execute(statement)
            wrapped = RuntimeError("wrapped")
            wrapped.__cause__ = caught.value
            assert is_busy(wrapped)
            assert not is_away(wrapped)
    finally:
        await holder.close()
        await waiter.close()


async def test_a_deadlock_means_busy_and_not_away(cluster: dict[str, Any]) -> None:
    hasty = {"deadlock_timeout": "10ms"}
    one = await asyncpg.connect(**cluster, server_settings=hasty)
    two = await asyncpg.connect(**cluster, server_settings=hasty)
    try:
        await one.execute("SELECT pg_advisory_lock(7002)")
        await two.execute("SELECT pg_advisory_lock(7003)")

        async def cross(connection: asyncpg.Connection, lock: int) -> BaseException | None:
            try:
                await connection.execute("SELECT pg_advisory_lock($1)", lock)
            except asyncpg.PostgresError as fault:
                await connection.execute("SELECT pg_advisory_unlock_all()")
                return fault
            return None

        faults = [fault for fault in await asyncio.gather(cross(one, 7003), cross(two, 7002)) if fault]
        assert faults
        for fault in faults:
            assert isinstance(fault, asyncpg.DeadlockDetectedError)
            assert is_busy(fault)
            assert not is_away(fault)
    finally:
        await one.close()
        await two.close()
