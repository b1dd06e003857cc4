"""A second project, behind its own wall."""

from uuid import UUID

import pytest_asyncio

from app.database import execute
from app.ids import new_id
from tests.conftest import NOW


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
