"""A till that is open."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from app.redemptions.till import Till
from tests.redemptions.shop import tills


@pytest_asyncio.fixture
async def till(project: UUID) -> AsyncIterator[Till]:
    """One open till; it is always NOW."""
    async with tills() as [opened]:
        yield opened
