"""A little shop, a second project behind a wall of its own, and the parts of a process that some operations need."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from app.events.feed import Feed
from app.redemptions.till import Till
from tests.events.conftest import running_feed
from tests.graphql_schema.asking import PROCESS
from tests.graphql_schema.http_client import KEY
from tests.graphql_schema.little_shop import Shop, open_shop
from tests.redemptions.shop import tills


@pytest_asyncio.fixture(scope="module")
async def till(database: dict[str, Any]) -> AsyncIterator[Till]:
    """An open till, which operations find in their process; it is always NOW."""
    async with tills() as [opened]:
        PROCESS.till = opened
        yield opened
        del PROCESS.till


@pytest_asyncio.fixture(scope="module")
async def feed(database: dict[str, Any]) -> AsyncIterator[Feed]:
    """A running feed, which operations find in their process."""
    async with running_feed() as running:
        PROCESS.feed = running
        yield running
        del PROCESS.feed


@pytest_asyncio.fixture(scope="module")
async def shop() -> AsyncIterator[Shop]:
    """The little shop, open."""
    async with open_shop() as opened:
        yield opened


@pytest_asyncio.fixture
async def client(shop: Shop) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the little shop with a key."""
    async with httpx.AsyncClient(base_url=f"http://{shop.address}", headers=KEY) as client:
        yield client
