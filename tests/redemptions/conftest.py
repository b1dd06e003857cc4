"""A till that is open, and a second project behind its own wall."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from app.database import execute
from app.ids import new_id
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.shop import tills


@pytest_asyncio.fixture
async def till(project: UUID) -> AsyncIterator[Till]:
    """One open till; it is always NOW."""
    async with tills() as [opened]:
        yield opened


@pytest_asyncio.fixture
async def second_project(project: UUID) -> UUID:
    """Another project of the same organisation."""
    second = new_id()
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " SELECT $1, organisation_id, 'Second shop', 'UTC', 'EUR', false, $3 FROM projects WHERE id = $2",
        second,
        project,
        NOW,
    )
    return second
