"""Imagining: campaigns with drafts and edits, checked like real ones; nothing is kept."""

from datetime import timedelta
from uuid import UUID

from app.campaigns.imagine import Imagined, imagine_changed, imagine_draft
from app.campaigns.values import CampaignChanges, CampaignDraft
from app.database import fetchval
from app.engine.offer import Offer
from app.engine.rules.in_segment import InSegment
from app.ids import new_id
from tests.conftest import NOW
from tests.redemptions.shop import a_campaign, offer, problems


async def test_a_draft_is_the_campaign_it_would_become(project: UUID) -> None:
    main = await a_campaign(project, "Main", is_main=True)
    told = await imagine_draft(project, CampaignDraft("Draft", main_id=main, offer=offer()), NOW)
    assert isinstance(told, Imagined)
    assert (told.after.name, told.after.time_zone, told.before) == ("Draft", "Europe/Warsaw", None)
    assert told.main is not None
    assert told.main.id == main
    assert await fetchval("SELECT count(*) FROM campaigns WHERE project_id = $1", project) == 1


async def test_an_edit_is_told_beside_what_there_is_whatever_state_that_is_in(project: UUID) -> None:
    campaign = await a_campaign(project, state="ENDED")
    told = await imagine_changed(project, campaign, CampaignChanges(max_redemptions=3))
    assert isinstance(told, Imagined)
    assert told.before is not None
    assert (told.before.max_redemptions, told.after.max_redemptions) == (None, 3)


async def test_what_a_real_campaign_could_not_be_an_imagined_one_cannot(project: UUID) -> None:
    campaign = await a_campaign(project)
    reversed_ = CampaignChanges(starts_at=NOW, ends_at=NOW - timedelta(days=1))
    assert problems(await imagine_changed(project, campaign, reversed_)) == [("ends_at", "DATES_REVERSED")]
    assert problems(await imagine_draft(project, CampaignDraft("Draft", main_id=new_id()), NOW)) == [
        ("main_id", "NOT_FOUND")
    ]
    assert problems(await imagine_changed(project, new_id(), reversed_)) == [("id", "NOT_FOUND")]


async def test_what_rules_name_must_belong_to_the_project(project: UUID) -> None:
    asks = Offer(1, InSegment(new_id()), offer().reward)
    told = await imagine_draft(project, CampaignDraft("Draft", offer=asks), NOW)
    assert problems(told) == [("offer.rule.in_segment.segment", "NOT_FOUND")]
