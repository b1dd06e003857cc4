"""Launching: the few ways between four states, each with its event, and every other way refused."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.campaigns.launch import MAY_BECOME, end, launch, pause
from app.campaigns.read import find
from app.campaigns.values import Campaign, CampaignState
from app.database import execute
from app.ids import new_id
from app.problem import Problem, Problems
from tests.campaigns.shop import a_campaign, logged
from tests.conftest import NOW

LATER = NOW + timedelta(hours=1)
Deed = Callable[[UUID, UUID, datetime], Awaitable[Campaign | Problems]]
DEEDS: dict[CampaignState, Deed] = {
    CampaignState.LIVE: launch,
    CampaignState.PAUSED: pause,
    CampaignState.ENDED: end,
}
EVENTS = {
    CampaignState.LIVE: "CAMPAIGN_LAUNCHED",
    CampaignState.PAUSED: "CAMPAIGN_PAUSED",
    CampaignState.ENDED: "CAMPAIGN_ENDED",
}
WAYS = [(source, target) for source in CampaignState for target in DEEDS]


async def _standing(project: UUID, state: CampaignState, **more: Any) -> Campaign:
    campaign = await a_campaign(project, **more)
    await execute("UPDATE campaigns SET state = $2 WHERE id = $1", campaign.id, state.value)
    return replace(campaign, state=state)


def _refused(code: str, message: str) -> Problems:
    return Problems((Problem(("id",), code, message),))


@pytest.mark.parametrize(("source", "target"), [way for way in WAYS if way[1] in MAY_BECOME[way[0]]])
async def test_each_way_of_the_table_can_be_gone(
    project: UUID, source: CampaignState, target: CampaignState
) -> None:
    before = await _standing(project, source)
    after = await DEEDS[target](project, before.id, LATER)
    assert after == replace(before, state=target, version=2, updated_at=LATER)
    assert await find(project, before.id) == after
    kind, payload = (await logged(project))[-1]
    assert (kind, payload["state"], payload["campaign_id"]) == (EVENTS[target], target, before.id.hex)


@pytest.mark.parametrize(("source", "target"), [way for way in WAYS if way[1] not in MAY_BECOME[way[0]]])
async def test_every_other_way_is_refused_and_nothing_moves(
    project: UUID, source: CampaignState, target: CampaignState
) -> None:
    before = await _standing(project, source)
    refused = await DEEDS[target](project, before.id, LATER)
    assert isinstance(refused, Problems)
    assert [problem.code for problem in refused.all] == ["INVALID_STATE"]
    assert await find(project, before.id) == before
    assert len(await logged(project)) == 1


async def test_the_table_is_what_was_agreed(project: UUID) -> None:
    assert {(source.value, target.value) for source in CampaignState for target in MAY_BECOME[source]} == {
        ("DRAFT", "LIVE"),
        ("DRAFT", "ENDED"),
        ("LIVE", "PAUSED"),
        ("LIVE", "ENDED"),
        ("PAUSED", "LIVE"),
        ("PAUSED", "ENDED"),
    }


async def test_refusals_are_sentences(project: UUID) -> None:
    ended = await _standing(project, CampaignState.ENDED)
    assert await launch(project, ended.id, NOW) == _refused(
        "INVALID_STATE", "The campaign has ended, so it cannot be launched."
    )
    draft = await a_campaign(project, "Draft")
    assert await pause(project, draft.id, NOW) == _refused(
        "INVALID_STATE", "The campaign is a draft, so it cannot be paused."
    )


async def test_a_sub_campaign_needs_an_offer_and_a_main_one_does_not(project: UUID) -> None:
    sub, main = await a_campaign(project, "Sub", offer=None), await a_campaign(project, "Main", is_main=True)
    assert await launch(project, sub.id, NOW) == _refused(
        "OFFER_REQUIRED", "A sub-campaign needs an offer before it is launched."
    )
    launched = await launch(project, main.id, NOW)
    assert isinstance(launched, Campaign)
    assert launched.state is CampaignState.LIVE


async def test_a_campaign_whose_time_is_over_cannot_be_launched(project: UUID) -> None:
    campaign = await a_campaign(project, ends_at=LATER)
    assert await launch(project, campaign.id, LATER) == _refused(
        "INVALID_STATE",
        "The campaign's time was over at 2026-06-01T13:00:00+00:00, so it cannot be launched.",
    )
    assert isinstance(await launch(project, campaign.id, NOW), Campaign)


async def test_of_many_who_launch_at_once_one_does(project: UUID) -> None:
    campaign = await a_campaign(project)
    answers = await asyncio.gather(*(launch(project, campaign.id, NOW) for _ in range(6)))
    assert sum(isinstance(answer, Campaign) for answer in answers) == 1
    assert [kind for kind, _ in await logged(project)] == ["CAMPAIGN_CREATED", "CAMPAIGN_LAUNCHED"]


@pytest.mark.parametrize("deed", [launch, pause, end])
async def test_a_campaign_of_another_project_is_not_there(project: UUID, deed: Deed) -> None:
    campaign = await a_campaign(project)
    assert await deed(new_id(), campaign.id, NOW) == _refused("NOT_FOUND", "There is no such campaign.")
    assert await find(project, campaign.id) == campaign
