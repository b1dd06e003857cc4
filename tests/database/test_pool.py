"""The pool: what a connection costs when it is given back, and in which state it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asyncpg.pool import PoolConnectionProxy

from app.database import execute, fetchval, pool_use
from app.database.pool import _client


@asynccontextmanager
async def next_connection() -> AsyncIterator[PoolConnectionProxy]:
    """The connection that the pool hands out next: the one that came back last."""
    pool = _client()._pool
    assert pool is not None
    async with pool.acquire() as connection:
        yield connection


@asynccontextmanager
async def everything_sent() -> AsyncIterator[list[str]]:
    """The statements that this connection sends, transaction control and asyncpg's own included."""
    sent: list[str] = []

    def note(record: Any) -> None:
        sent.append(record.query)

    async with next_connection() as connection:
        connection.add_query_logger(note)
    yield sent
    async with next_connection() as connection:
        connection.remove_query_logger(note)


async def test_a_connection_is_given_back_without_another_round_trip(database: dict[str, Any]) -> None:
    async with everything_sent() as sent:
        assert await fetchval("SELECT 1") == 1
        assert await fetchval("SELECT 2") == 2
    assert sent == ["SELECT 1", "SELECT 2"]


async def test_a_connection_that_is_given_back_inside_a_transaction_leaves_it(
    database: dict[str, Any],
) -> None:
    async with everything_sent() as sent:
        await execute("BEGIN")
    assert [statement.strip(";\n ") for statement in sent] == ["BEGIN", "ROLLBACK"]
    async with next_connection() as connection:
        assert not connection.is_in_transaction()


async def test_the_figures_count_both_pools(database: dict[str, Any]) -> None:
    before = pool_use()
    assert before.most == 24  # 20 of the pool that tests open, and 4 for look-ups by index
    async with next_connection():
        during = pool_use()
    assert during.busy == before.busy + 1
    assert pool_use().busy == before.busy
