"""A second project, behind a wall of its own."""

from uuid import UUID

import pytest_asyncio

from app.database import execute
from app.ids import new_id
from tests.conftest import NOW


@pytest_asyncio.fixture
async def another_project(project: UUID) -> UUID:
    """Another project of the same organisation (EUR, UTC)."""
    another = new_id()
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " SELECT $1, organisation_id, 'Another shop', 'UTC', 'EUR', false, $3 FROM projects WHERE id = $2",
        another,
        project,
        NOW,
    )
    return another
