"""A database that is away is told from a mistake of ours."""

from typing import Any

import asyncpg
import pytest

from app.database.away import is_away


async def test_a_connection_that_the_server_ends_is_away_now_and_afterwards(cluster: dict[str, Any]) -> None:
    doomed, other = await asyncpg.connect(**cluster), await asyncpg.connect(**cluster)
    try:
        await other.execute("SELECT pg_terminate_backend($1, 5000)", doomed.get_server_pid())
        for _ in range(2):
            with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as caught:
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
    finally:
        await connection.close()
    assert not is_away(ValueError("connection is closed"))
