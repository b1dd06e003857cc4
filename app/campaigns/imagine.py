"""Imagining: a campaign as it would be with a draft or an edit, checked like a real one; nothing is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.campaigns.draft import faults_of_named_in, planned
from app.campaigns.faults import faults_of
from app.campaigns.read import by_ids
from app.campaigns.values import Campaign, CampaignChanges, CampaignDraft
from app.database import transaction
from app.problem import Problems


@dataclass(frozen=True, slots=True)
class Imagined:
    """A campaign that is not there, in place of the one that is (`before`, None for a draft), and its main one."""

    after: Campaign
    before: Campaign | None = None
    main: Campaign | None = None


async def imagine_draft(project: UUID, draft: CampaignDraft, now: datetime) -> Imagined | Problems:
    """The campaign that the draft would become. Codes as for `create_campaign`, without NAME_TAKEN."""
    campaign = await planned(project, draft, now)
    if isinstance(campaign, Problems):
        return campaign
    return await _checked(project, campaign, None)


async def imagine_changed(project: UUID, campaign: UUID, changes: CampaignChanges) -> Imagined | Problems:
    """The campaign as it would be changed, whatever state it is in, and however much is used already.

    Codes: NOT_FOUND, those of `faults_of`, NOT_FOUND at an id that rule or reward name.
    """
    before = (await by_ids(project, [campaign])).get(campaign)
    if before is None:
        return Problems.one("id", "NOT_FOUND", "There is no such campaign.")
    after = changes.told_of(before)
    problems = faults_of(after)
    return Problems(problems) if problems else await _checked(project, after, before)


async def _checked(project: UUID, after: Campaign, before: Campaign | None) -> Imagined | Problems:
    async with transaction() as connection:
        unknown = await faults_of_named_in(connection, project, after)
    if unknown:
        return Problems(unknown)
    main = None if after.main_id is None else (await by_ids(project, [after.main_id])).get(after.main_id)
    return Imagined(after, before, main)
