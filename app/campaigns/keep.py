"""Keeping a campaign: its row and its offers' rows, written as part of a deed's transaction."""

from datetime import datetime
from uuid import UUID

from app.campaigns.read import COLUMNS, TABLES, campaign_of
from app.campaigns.values import Campaign
from app.database import Connection
from app.engine.offer import Offer
from app.events.kinds import EventKind
from app.events.log import NewEvent
from app.ids import new_id

# Names are unique; a taken one must not abort the transaction around the deed.
_INSERT = """
INSERT INTO campaigns (id, project_id, main_id, is_main, name, description, category, state, time_zone,
                       starts_at, ends_at, max_redemptions, offer_version, metadata, version, created_at, updated_at,
                       budgets, kind, is_listed, partner_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
ON CONFLICT (project_id, name) DO NOTHING
RETURNING id
"""

# Not FOR UPDATE: codes may go on being minted for the campaign, which takes a key share lock on its row.
_LOCK = f"SELECT {COLUMNS} FROM {TABLES} WHERE c.project_id = $1 AND c.id = $2 FOR NO KEY UPDATE OF c"  # noqa: S608

_UPDATE = """
UPDATE campaigns
SET name = $3, description = $4, category = $5, state = $6, time_zone = $7, starts_at = $8, ends_at = $9,
    max_redemptions = $10, offer_version = $11, metadata = $12, version = $13, updated_at = $14,
    budgets = $15, is_listed = $16, partner_id = $17
WHERE project_id = $1 AND id = $2
"""

_INSERT_PROMOTION = """
INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled, metadata, created_at)
VALUES ($1, $2, $3, $4, $5, 'PROMOTION', true, '{}', $6)
"""

_INSERT_OFFER = """
INSERT INTO offers (id, project_id, campaign_id, version, offer, created_at, created_by, segments)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def insert(connection: Connection, project: UUID, campaign: Campaign) -> bool:
    """Write a new campaign; False, and nothing written, when its name is taken."""
    made = await connection.fetchval(
        _INSERT,
        campaign.id,
        project,
        campaign.main_id,
        campaign.is_main,
        campaign.name,
        campaign.description,
        campaign.category,
        campaign.state.value,
        campaign.time_zone,
        campaign.starts_at,
        campaign.ends_at,
        campaign.max_redemptions,
        campaign.offer_version,
        dict(campaign.metadata),
        campaign.version,
        campaign.created_at,
        campaign.updated_at,
        [budget.to_json() for budget in campaign.budgets],
        campaign.kind.value,
        campaign.is_listed,
        campaign.partner_id,
    )
    return made is not None


async def insert_promotion(connection: Connection, project: UUID, campaign: Campaign) -> None:
    """Write the one voucher of a new cart promotion, through which it is counted, held and rolled back like any code.

    No look-up finds it by its code, which is the campaign's id in upper case: so it is a code however it is written.
    """
    code = campaign.id.hex.upper()
    await connection.execute(
        _INSERT_PROMOTION,
        new_id(),
        project,
        campaign.id,
        f"PROMOTION-{code}",
        f"PROMOTION{code}",
        campaign.created_at,
    )


async def lock(connection: Connection, project: UUID, campaign: UUID) -> Campaign | None:
    """The campaign as it stands, held against other changes until the transaction ends."""
    row = await connection.fetchrow(_LOCK, project, campaign)
    return None if row is None else campaign_of(row)


async def update(connection: Connection, project: UUID, campaign: Campaign) -> None:
    """Write a changed campaign; raises asyncpg.UniqueViolationError when its new name is taken."""
    await connection.execute(
        _UPDATE,
        project,
        campaign.id,
        campaign.name,
        campaign.description,
        campaign.category,
        campaign.state.value,
        campaign.time_zone,
        campaign.starts_at,
        campaign.ends_at,
        campaign.max_redemptions,
        campaign.offer_version,
        dict(campaign.metadata),
        campaign.version,
        campaign.updated_at,
        [budget.to_json() for budget in campaign.budgets],
        campaign.is_listed,
        campaign.partner_id,
    )


async def insert_offer(
    connection: Connection, project: UUID, campaign: UUID, offer: Offer, by: UUID, now: datetime
) -> None:
    """Write one version of the campaign's offer; versions are never changed."""
    segments = sorted(offer.segments)
    await connection.execute(
        _INSERT_OFFER, new_id(), project, campaign, offer.version, offer.to_json(), now, by, segments
    )


def event_of(project: UUID, kind: EventKind, campaign: Campaign, now: datetime) -> NewEvent:
    """What the log tells of a campaign."""
    payload = {
        "campaign_id": campaign.id.hex,
        "main_campaign_id": None if campaign.main_id is None else campaign.main_id.hex,
        "name": campaign.name,
        "state": campaign.state.value,
        "version": campaign.version,
        "partner_id": None if campaign.partner_id is None else campaign.partner_id.hex,
    }
    return NewEvent(project, kind, payload, now)
