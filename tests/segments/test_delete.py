"""Deleting: a segment that nobody asks about goes with its list; one that an offer asks about stays."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from app.campaigns.draft import create_campaign, update_campaign
from app.campaigns.values import Campaign, CampaignChanges, CampaignDraft
from app.engine.rules.in_segment import InSegment
from app.ids import new_id
from app.segments import read
from app.segments.delete import delete_segment
from app.segments.values import Segment
from tests.conftest import NOW
from tests.redemptions.shop import KEY, a_campaign, offer
from tests.redemptions.shop import put as bring
from tests.segments.shop import a_segment, customers, faults, on_list, put, told

LATER = NOW + timedelta(hours=1)


async def test_a_segment_goes_with_its_list_and_is_told(project: UUID) -> None:
    friends = await a_segment(project)
    await put(project, friends, await customers(project, "ada", "bob"))
    assert await delete_segment(project, friends.id, 1, LATER) == friends
    assert await read.all_segments(project) == []
    assert await on_list(project, friends.id) == set()
    assert (await told(project, "SEGMENT_DELETED")) == [
        ("SEGMENT_DELETED", {"segment_id": friends.id.hex, "name": "Friends", "kind": "LIST", "version": 1})
    ]
    assert faults(await delete_segment(project, friends.id, None, LATER)) == [("id", "NOT_FOUND")]


@pytest.mark.parametrize("state", ["DRAFT", "LIVE", "PAUSED"])
async def test_a_segment_that_an_offer_asks_about_stays(project: UUID, state: str) -> None:
    friends = await a_segment(project)
    await put(project, friends, await customers(project, "ada"))
    asks = offer(rule=InSegment(friends.id))
    campaign = await a_campaign(project, "For friends", state=state, promise=asks)
    refused = await delete_segment(project, friends.id, None, LATER)
    assert faults(refused) == [("id", "SEGMENT_IN_USE")]
    assert "For friends" in str(refused)
    assert await read.all_segments(project) == [friends]
    assert len(await on_list(project, friends.id)) == 1
    await bring(project, campaign, "ENDED")
    assert await delete_segment(project, friends.id, None, LATER) == friends


async def test_an_earlier_version_of_an_offer_holds_no_segment(project: UUID) -> None:
    friends = await a_segment(project)
    campaign = await a_campaign(project, promise=offer(rule=InSegment(friends.id)))
    changed = await update_campaign(project, campaign, CampaignChanges(offer=offer()), None, KEY, LATER)
    assert isinstance(changed, Campaign)
    assert await delete_segment(project, friends.id, None, LATER) == friends


async def test_many_campaigns_are_named_by_the_first_three(project: UUID) -> None:
    friends = await a_segment(project)
    for n in range(5):
        await a_campaign(project, f"Campaign {n}", promise=offer(rule=InSegment(friends.id)))
    refused = await delete_segment(project, friends.id, None, LATER)
    assert "Campaign 0, Campaign 1, Campaign 2 and 2 more." in str(refused)


async def test_whoever_comes_too_late_is_told(project: UUID) -> None:
    friends = await a_segment(project)
    late = await delete_segment(project, friends.id, 7, LATER)
    assert faults(late) == [("expected_version", "VERSION_CONFLICT")]
    assert faults(await delete_segment(project, new_id(), None, LATER)) == [("id", "NOT_FOUND")]
    assert faults(await delete_segment(new_id(), friends.id, None, LATER)) == [("id", "NOT_FOUND")]
    assert await read.all_segments(project) == [friends]


async def test_no_offer_is_left_asking_about_a_segment_that_was_deleted_meanwhile(project: UUID) -> None:
    segments = [await a_segment(project, f"Segment {n}") for n in range(12)]
    deeds = [
        asyncio.gather(
            delete_segment(project, segment.id, None, LATER),
            create_campaign(
                project, CampaignDraft(segment.name, offer=offer(rule=InSegment(segment.id))), KEY, NOW
            ),
        )
        for segment in segments
    ]
    for deleted, created in await asyncio.gather(*deeds):
        assert isinstance(created, Campaign) != isinstance(deleted, Segment)
