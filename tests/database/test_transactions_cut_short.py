"""Transactions whose task is cancelled while they begin or end: the pool loses nothing, and the task can go on."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.database import fetchval, pool_use, transaction


async def test_who_is_cancelled_during_begin_gives_the_connection_back(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = asyncpg.connection.Connection.execute

    async def interrupted(connection: Any, query: str, *values: Any, **more: Any) -> Any:
        if query.startswith("BEGIN"):
            asyncio.get_running_loop().call_soon(task.cancel)
        return await real(connection, query, *values, **more)

    async def deed() -> None:
        async with transaction():
            pass

    before = pool_use()
    with monkeypatch.context() as patched:
        patched.setattr(asyncpg.connection.Connection, "execute", interrupted)
        for _ in range(before.most):
            task = asyncio.ensure_future(deed())
            with pytest.raises(asyncio.CancelledError):
                await task
    assert pool_use().busy == before.busy
    async with asyncio.timeout(5), transaction() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_who_is_cancelled_while_it_gives_the_connection_back_can_take_another(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = asyncpg.pool.Pool.release
    task = asyncio.current_task()
    assert task is not None

    async def interrupted(pool: Any, connection: Any, **more: Any) -> None:
        task.cancel()
        await real(pool, connection, **more)

    with monkeypatch.context() as patched, suppress(asyncio.CancelledError):
        patched.setattr(asyncpg.pool.Pool, "release", interrupted)
        async with transaction():
            pass
    task.uncancel()
    assert await fetchval("SELECT 1") == 1
    async with transaction() as connection:
        assert await connection.fetchval("SELECT 2") == 2
    assert pool_use().busy == 0
