"""Keeping: a campaign held against changes does not hold up the minting of its codes."""

from uuid import UUID

from app.campaigns import keep
from app.database import execute, transaction
from app.database.pool import connect
from app.ids import new_id
from tests.campaigns.shop import a_campaign
from tests.conftest import NOW


async def test_codes_are_minted_while_the_campaign_is_being_changed(project: UUID) -> None:
    campaign = await a_campaign(project)
    beside = await connect(lock_timeout="1000")
    try:
        async with transaction() as connection:
            assert await keep.lock(connection, project, campaign.id) == campaign
            await beside.execute(
                "INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled, metadata,"
                " created_at) VALUES ($1, $2, $3, 'A', 'A', 'UNIQUE', true, '{}', $4)",
                new_id(),
                project,
                campaign.id,
                NOW,
            )
    finally:
        await beside.close()
    assert await execute("DELETE FROM vouchers WHERE project_id = $1", project) == "DELETE 1"


async def test_a_campaign_of_another_project_cannot_be_locked(project: UUID) -> None:
    campaign = await a_campaign(project)
    async with transaction() as connection:
        assert await keep.lock(connection, new_id(), campaign.id) is None
