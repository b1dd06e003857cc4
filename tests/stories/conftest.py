"""Two server processes on one database, kept for all stories of a worker; each story founds a shop of its own."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import pytest_asyncio

from tests.conftest import administer
from tests.server import Server, serving
from tests.stories.shop import Shop, founded


@asynccontextmanager
async def opened_books(credentials: dict[str, Any]) -> AsyncIterator[asyncpg.Pool]:
    """Connections of our own to the servers' database."""
    async with asyncpg.create_pool(**credentials, min_size=1, max_size=3) as pool:
        yield pool


@asynccontextmanager
async def two_servers(credentials: dict[str, Any], **variables: str) -> AsyncIterator[list[Server]]:
    """Two processes that know nothing of each other but the database; started at the same time."""
    async with AsyncExitStack() as stack:
        yield await asyncio.gather(
            stack.enter_async_context(serving(credentials, **variables)),
            stack.enter_async_context(serving(credentials, **variables)),
        )


@asynccontextmanager
async def new_database(cluster: dict[str, Any], template: str) -> AsyncIterator[dict[str, Any]]:
    """Credentials of a database for several stories."""
    name = f"stories_{uuid.uuid4().hex[:12]}"
    await administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield {**cluster, "database": name}
    await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest_asyncio.fixture(scope="session")
async def street_database(cluster: dict[str, Any], template: str) -> AsyncIterator[dict[str, Any]]:
    """The database of the two processes."""
    async with new_database(cluster, template) as database:
        yield database


@pytest_asyncio.fixture(scope="session")
async def street(street_database: dict[str, Any]) -> AsyncIterator[list[Server]]:
    """The two processes."""
    async with two_servers(street_database) as servers:
        yield servers


@pytest_asyncio.fixture(scope="session")
async def books(street_database: dict[str, Any]) -> AsyncIterator[asyncpg.Pool]:
    """The servers' database, read past the API."""
    async with opened_books(street_database) as pool:
        yield pool


@pytest_asyncio.fixture
async def shop(street: list[Server], books: asyncpg.Pool) -> AsyncIterator[Shop]:
    """A shop of one's own on the street; its callers stand at either process."""
    async with founded(books, street) as shop:
        yield shop
