"""Launching, pausing and ending: the states of a campaign and the only ways between them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.campaigns import keep
from app.campaigns.values import Campaign, CampaignState
from app.database import transaction
from app.database.standing_edits import begin_editing
from app.events.kinds import EventKind
from app.events.log import append
from app.events.wake import ring
from app.problem import Problems

DRAFT, LIVE, PAUSED, ENDED = (
    CampaignState.DRAFT,
    CampaignState.LIVE,
    CampaignState.PAUSED,
    CampaignState.ENDED,
)

# What may become what. An ended campaign stays ended.
MAY_BECOME: dict[CampaignState, set[CampaignState]] = {
    DRAFT: {LIVE, ENDED},
    LIVE: {PAUSED, ENDED},
    PAUSED: {LIVE, ENDED},
    ENDED: set(),
}
_DEED = {LIVE: "launched", PAUSED: "paused", ENDED: "ended"}
_STANDS = {DRAFT: "is a draft", LIVE: "is live already", PAUSED: "is paused already", ENDED: "has ended"}
_EVENT = {
    LIVE: EventKind.CAMPAIGN_LAUNCHED,
    PAUSED: EventKind.CAMPAIGN_PAUSED,
    ENDED: EventKind.CAMPAIGN_ENDED,
}


async def launch(project: UUID, id: UUID, now: datetime) -> Campaign | Problems:  # noqa: A002
    """Make a draft or paused campaign live. Codes: NOT_FOUND, INVALID_STATE, OFFER_REQUIRED."""
    return await _become(LIVE, project, id, now)


async def pause(project: UUID, id: UUID, now: datetime) -> Campaign | Problems:  # noqa: A002
    """Stop a live campaign until it is launched again: the next redemption is refused already.

    Codes: NOT_FOUND, INVALID_STATE.
    """
    return await _become(PAUSED, project, id, now)


async def end(project: UUID, id: UUID, now: datetime) -> Campaign | Problems:  # noqa: A002
    """End a campaign for good. Codes: NOT_FOUND, INVALID_STATE."""
    return await _become(ENDED, project, id, now)


async def _become(
    state: CampaignState,
    project: UUID,
    id: UUID,  # noqa: A002 - an id is what it is
    now: datetime,
) -> Campaign | Problems:
    async with transaction() as connection:
        if state is not LIVE:
            # A redemption that has already looked at the campaign would be granted after the answer.
            await begin_editing(connection, project)
        before = await keep.lock(connection, project, id)
        if before is None:
            return Problems.one("id", "NOT_FOUND", "There is no such campaign.")
        refusal = _refusal(before, state, now)
        if refusal is not None:
            return refusal
        after = replace(before, state=state, version=before.version + 1, updated_at=now)
        await keep.update(connection, project, after)
        await append(connection, [keep.event_of(project, _EVENT[state], after, now)])
    ring()
    return after


def _refusal(campaign: Campaign, state: CampaignState, now: datetime) -> Problems | None:
    if state not in MAY_BECOME[campaign.state]:
        message = f"The campaign {_STANDS[campaign.state]}, so it cannot be {_DEED[state]}."
        return Problems.one("id", "INVALID_STATE", message)
    if state is LIVE and campaign.ends_at is not None and campaign.ends_at <= now:
        message = f"The campaign's time was over at {campaign.ends_at.isoformat()}, so it cannot be launched."
        return Problems.one("id", "INVALID_STATE", message)
    if state is LIVE and not campaign.is_main and campaign.offer is None:
        return Problems.one("id", "OFFER_REQUIRED", "A sub-campaign needs an offer before it is launched.")
    return None
