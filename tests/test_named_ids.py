"""Ids that rules and rewards name: whoever saves one names what the project has, and what is asked about stays."""

import asyncio
from uuid import UUID

from app.campaigns.draft import create_campaign
from app.campaigns.values import Campaign, CampaignDraft
from app.database import execute, fetchval, transaction
from app.engine.offer import Offer
from app.engine.rewards.external_code import ExternalCode
from app.engine.rules.all_of import AllOf
from app.engine.rules.caller_key import CallerKey
from app.engine.rules.in_segment import InSegment
from app.engine.rules.none_of import NoneOf
from app.engine.rules.redemptions_made import RedemptionsMade
from app.engine.shelf import Reference, rules
from app.ids import new_id
from app.named_ids import faults_of_named
from app.problem import Problem, Problems
from app.segments.delete import delete_segment
from app.segments.draft import create_segment, update_segment
from app.segments.values import Segment, SegmentChanges, SegmentDraft
from tests.campaigns.shop import KEY, TEN_PERCENT, a_campaign, faults_of, offers_kept, update
from tests.conftest import NOW
from tests.projects.shop import a_key
from tests.segments.shop import a_segment

GONE = UUID(int=0x404)


def asking(rule: AllOf | InSegment | RedemptionsMade) -> Offer:
    return Offer(1, rule, TEN_PERCENT.reward)


async def _drafted(project: UUID, name: str, offer: Offer) -> Campaign | Problems:
    return await create_campaign(project, CampaignDraft(name, offer=offer), KEY, NOW)


async def test_each_reference_that_leads_nowhere_is_told_at_its_place(project: UUID) -> None:
    segment, campaign = await a_segment(project), await a_campaign(project)
    rule = AllOf(
        (
            InSegment(segment.id),
            NoneOf((InSegment(GONE), RedemptionsMade(1, campaign=campaign.id))),
            RedemptionsMade(1, campaign=GONE),
            RedemptionsMade(1),
            CallerKey((GONE, (await a_key(project)).key.id, new_id())),
        )
    )
    offer = Offer(1, rule, ExternalCode(GONE))
    async with transaction() as connection:
        found = await faults_of_named(connection, project, offer.references, ("offer",))
    assert [(".".join(one.path), one.code, one.message) for one in found] == [
        (
            "offer.rule.all_of.rules.1.none_of.rules.0.in_segment.segment",
            "NOT_FOUND",
            "There is no such segment.",
        ),
        ("offer.rule.all_of.rules.2.redemptions_made.campaign", "NOT_FOUND", "There is no such campaign."),
        ("offer.rule.all_of.rules.4.caller_key.keys.0", "NOT_FOUND", "There is no such API key."),
        ("offer.rule.all_of.rules.4.caller_key.keys.2", "NOT_FOUND", "There is no such API key."),
        ("offer.reward.external_code.pool", "NOT_FOUND", "There is no such pool."),
    ]


async def test_what_another_project_has_is_not_there(project: UUID) -> None:
    segment = await a_segment(project)
    async with transaction() as connection:
        found = await faults_of_named(connection, new_id(), [Reference(("x",), "segment", segment.id)], ())
    assert found == (Problem(("x",), "NOT_FOUND", "There is no such segment."),)


async def test_a_campaign_is_not_made_or_changed_around_a_missing_segment(project: UUID) -> None:
    place = ("offer.rule.in_segment.segment", "NOT_FOUND")
    campaign = await a_campaign(project)
    assert faults_of(await _drafted(project, "Asking", asking(InSegment(GONE)))) == [place]
    assert faults_of(await update(project, campaign, offer=asking(InSegment(GONE)))) == [place]
    assert len(await offers_kept(project, campaign.id)) == 1
    assert await fetchval("SELECT count(*) FROM campaigns WHERE project_id = $1", project) == 1


async def test_an_offer_names_the_segments_that_it_asks_about(project: UUID) -> None:
    friends, others = await a_segment(project), await a_segment(project, "Others")
    rule = AllOf((InSegment(friends.id), NoneOf((InSegment(others.id),))))
    made = await a_campaign(project, offer=asking(rule))
    kept = await fetchval("SELECT segments FROM offers WHERE campaign_id = $1", made.id)
    assert kept == sorted([friends.id, others.id])


async def test_a_change_beside_the_offer_does_not_look_again(project: UUID) -> None:
    segment = await a_segment(project)
    campaign = await a_campaign(project, offer=asking(InSegment(segment.id)))
    await execute("DELETE FROM segments WHERE id = $1", segment.id)
    renamed = await update(project, campaign, name="Autumn")
    assert isinstance(renamed, Campaign), renamed


async def test_a_segment_is_not_made_or_changed_around_a_missing_campaign(project: UUID) -> None:
    rule, place = RedemptionsMade(1, campaign=GONE), ("rule.redemptions_made.campaign", "NOT_FOUND")
    assert faults_of(await create_segment(project, SegmentDraft("Asking", rule=rule), NOW)) == [place]
    live = await a_segment(project, rule=RedemptionsMade(1))
    changed = await update_segment(project, live.id, SegmentChanges(rule=rule), None, NOW)
    assert faults_of(changed) == [place]
    assert await fetchval("SELECT count(*) FROM segments WHERE project_id = $1", project) == 1
    campaign = await a_campaign(project)
    fine = SegmentChanges(rule=RedemptionsMade(1, campaign=campaign.id))
    assert isinstance(await update_segment(project, live.id, fine, None, NOW), Segment)


async def test_a_segment_is_not_deleted_while_somebody_begins_to_ask_about_it(project: UUID) -> None:
    for round_ in range(8):
        segment = await a_segment(project, f"Friends {round_}")
        offer = asking(InSegment(segment.id))
        deeds = [
            _drafted(project, f"Asking {round_}", offer),
            delete_segment(project, segment.id, None, NOW),
        ]
        answers = await asyncio.gather(*(deeds if round_ % 2 else deeds[::-1]))
        refused = [answer for answer in answers if isinstance(answer, Problems)]
        assert len(refused) == 1, answers
        assert faults_of(refused[0])[0][1] in {"NOT_FOUND", "SEGMENT_IN_USE"}


def test_nothing_named_is_no_reference() -> None:
    assert rules.references(AllOf((RedemptionsMade(1), RedemptionsMade(2)))) == ()
    assert TEN_PERCENT.references == ()
