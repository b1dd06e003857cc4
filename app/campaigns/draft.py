"""Drafting: a campaign is made, and changed, with a version for every change and one for every offer."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import asyncpg

from app.campaigns import keep
from app.campaigns.faults import faults_of
from app.campaigns.forget_counters import forget_counters
from app.campaigns.present_use import limits_below_use
from app.campaigns.values import Campaign, CampaignChanges, CampaignDraft, CampaignKind, CampaignState
from app.database import Connection, fetchrow, transaction
from app.database.standing_edits import begin_editing
from app.engine.shelf import Reference
from app.events.kinds import EventKind
from app.events.log import append
from app.events.wake import ring
from app.ids import new_id
from app.named_ids import faults_of_named
from app.problem import Problem, Problems
from app.unset import UNSET

_GROUND = """
SELECT p.time_zone, main.is_main
FROM projects p LEFT JOIN campaigns main ON main.project_id = p.id AND main.id = $2
WHERE p.id = $1
"""

# What a redemption under way has read of a campaign: the answer to a change of it waits for that redemption.
_STANDING = ("offer", "max_redemptions", "budgets", "starts_at", "ends_at", "time_zone")

_NAME_TAKEN = Problems.one("name", "NAME_TAKEN", "Another campaign of the project has this name.")


async def create_campaign(
    project: UUID, draft: CampaignDraft, by: UUID, now: datetime
) -> Campaign | Problems:
    """A new campaign in state DRAFT; `by` is the key that makes it.

    Codes: those of `faults_of`, NAME_TAKEN, at `main_id` NOT_FOUND, NOT_A_MAIN_CAMPAIGN, and NOT_FOUND at `partner_id`
    and at an id that rule or reward name.
    """
    campaign = await planned(project, draft, now)
    if isinstance(campaign, Problems):
        return campaign
    async with transaction() as connection:
        unknown = await faults_of_named_in(connection, project, campaign)
        if unknown:
            return Problems(unknown)
        if not await keep.insert(connection, project, campaign):
            return _NAME_TAKEN
        if campaign.kind is CampaignKind.CART_PROMOTION:
            await keep.insert_promotion(connection, project, campaign)
        if campaign.offer is not None:
            await keep.insert_offer(connection, project, campaign.id, campaign.offer, by, now)
        await append(connection, [keep.event_of(project, EventKind.CAMPAIGN_CREATED, campaign, now)])
    ring()
    return campaign


async def planned(project: UUID, draft: CampaignDraft, now: datetime) -> Campaign | Problems:
    """The campaign that the draft would become; nothing is kept. Codes as for `create_campaign`, as far as it looks."""
    ground = await fetchrow(_GROUND, project, draft.main_id)
    if ground is None:
        return Problems.one("", "NOT_FOUND", "There is no such project.")
    campaign = _drafted(draft, ground["time_zone"], now)
    problems = faults_of(campaign) + _faults_of_main(draft.main_id, ground["is_main"])
    return Problems(problems) if problems else campaign


async def update_campaign(
    project: UUID,
    id: UUID,  # noqa: A002 - an id is what it is
    changes: CampaignChanges,
    expected_version: int | None,
    by: UUID,
    now: datetime,
) -> Campaign | Problems:
    """Change the given fields. Every change raises the version; a changed offer becomes the next offer version.

    `expected_version` None changes whatever stands now. Codes: those of `faults_of`, NAME_TAKEN, NOT_FOUND,
    VERSION_CONFLICT, LIMIT_BELOW_USE, NOT_FOUND at `partner_id` and at an id that rule or reward name, and
    INVALID_STATE: an ended campaign keeps what it promised.
    """
    try:
        changed = await _change(project, id, changes, expected_version, by, now)
    except asyncpg.UniqueViolationError:  # it went no further than this deed's own transaction or savepoint
        return _NAME_TAKEN
    ring()
    return changed


async def _change(
    project: UUID,
    id: UUID,  # noqa: A002 - an id is what it is
    changes: CampaignChanges,
    expected_version: int | None,
    by: UUID,
    now: datetime,
) -> Campaign | Problems:
    async with transaction() as connection:
        if any(getattr(changes, name) is not UNSET for name in _STANDING):
            await begin_editing(connection, project)
        before = await keep.lock(connection, project, id)
        if before is None:
            return Problems.one("id", "NOT_FOUND", "There is no such campaign.")
        if expected_version is not None and expected_version != before.version:
            return _conflict(before.version, expected_version)
        after = changes.told_of(before)
        if after == before:
            return before
        problems = (
            faults_of(after)
            or _faults_of_an_ended(before, after)
            or await faults_of_named_in(connection, project, after, before)
            or await limits_below_use(connection, project, before, after, now)
        )
        if problems:
            return Problems(problems)
        after = replace(after, version=before.version + 1, updated_at=now)
        await keep.update(connection, project, after)
        if after.offer is not None and after.offer != before.offer:
            await keep.insert_offer(connection, project, id, after.offer, by, now)
        await forget_counters(connection, project, before, after)
        await append(connection, [keep.event_of(project, EventKind.CAMPAIGN_UPDATED, after, now)])
        return after


def _drafted(draft: CampaignDraft, project_zone: str, now: datetime) -> Campaign:
    offer = None if draft.offer is None else replace(draft.offer, version=1)
    return Campaign(
        id=new_id(),
        main_id=draft.main_id,
        is_main=draft.is_main,
        name=draft.name,
        description=draft.description,
        category=draft.category,
        state=CampaignState.DRAFT,
        time_zone=project_zone if draft.time_zone is None else draft.time_zone,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        max_redemptions=draft.max_redemptions,
        offer=offer,
        offer_version=None if offer is None else offer.version,
        metadata=draft.metadata,
        version=1,
        created_at=now,
        updated_at=now,
        budgets=draft.budgets,
        kind=draft.kind,
        is_listed=draft.is_listed,
        partner_id=draft.partner_id,
    )


def _faults_of_main(main: UUID | None, is_main: bool | None) -> tuple[Problem, ...]:
    if main is None or is_main:
        return ()
    if is_main is None:
        return (Problem(("main_id",), "NOT_FOUND", "There is no such main campaign."),)
    message = "A sub-campaign can only stand under a main campaign."
    return (Problem(("main_id",), "NOT_A_MAIN_CAMPAIGN", message),)


async def faults_of_named_in(
    connection: Connection, project: UUID, campaign: Campaign, before: Campaign | None = None
) -> tuple[Problem, ...]:
    """NOT_FOUND at each id that partner, rule or reward name and the project does not have; one statement at most.

    What the campaign named `before` is not looked at again.
    """
    named = []
    if campaign.partner_id is not None and (before is None or before.partner_id != campaign.partner_id):
        named.append(Reference(("partner_id",), "partner", campaign.partner_id))
    if campaign.offer is not None and (before is None or before.offer != campaign.offer):
        named += [one._replace(path=("offer", *one.path)) for one in campaign.offer.references]
    return await faults_of_named(connection, project, named, ())


def _faults_of_an_ended(before: Campaign, after: Campaign) -> tuple[Problem, ...]:
    if before.state is not CampaignState.ENDED:
        return ()
    message = "The campaign has ended: its offer, dates, time zone, limit and budgets stay as they were."
    return tuple(
        Problem((field,), "INVALID_STATE", message)
        for field in ("offer", "time_zone", "starts_at", "ends_at", "max_redemptions", "budgets")
        if getattr(before, field) != getattr(after, field)
    )


def _conflict(current: int, expected: int) -> Problems:
    message = f"The campaign is at version {current}, not {expected}: it was changed in the meantime."
    return Problems.one("expected_version", "VERSION_CONFLICT", message)
