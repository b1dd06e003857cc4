"""pauseCampaign: a live campaign stops, and nothing else does."""

import pytest

from app import ids
from app.campaigns.launch import launch
from app.campaigns.read import find
from app.projects.values import KeyKind
from tests.campaigns.shop import a_campaign, logged
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal

PAUSE = """mutation ($campaign: CampaignRef!) { pauseCampaign(input: {campaign: $campaign}) {
  campaign { name state version } userErrors { path code message }
} }"""
SUMMER = {"name": "Summer"}


async def test_a_live_campaign_stops(project):
    campaign = await a_campaign(project)
    await launch(project, campaign.id, NOW)
    paused = (await ask(await a_caller(project), PAUSE, campaign=SUMMER))["pauseCampaign"]
    assert paused == {"campaign": {"name": "Summer", "state": "PAUSED", "version": 3}, "userErrors": []}
    assert [kind for kind, _ in await logged(project)].count("CAMPAIGN_PAUSED") == 1


async def test_a_draft_cannot_be_paused(project):
    campaign = await a_campaign(project)
    assert await ask(await a_caller(project), PAUSE, campaign=SUMMER) == {
        "pauseCampaign": {
            "campaign": None,
            "userErrors": [
                {
                    "path": ["input", "campaign"],
                    "code": "INVALID_STATE",
                    "message": "The campaign is a draft, so it cannot be paused.",
                }
            ],
        }
    }
    assert await find(project, campaign.id) == campaign


async def test_a_campaign_of_another_project_is_not_found_and_stays(project, another_project):
    foreign = await a_campaign(another_project)
    before = await launch(another_project, foreign.id, NOW)
    caller = await a_caller(project)
    for ref in ({"id": ids.show(ids.CAMPAIGN, foreign.id)}, SUMMER):
        assert await ask(caller, PAUSE, campaign=ref) == {
            "pauseCampaign": {
                "campaign": None,
                "userErrors": [
                    {
                        "path": ["input", "campaign"],
                        "code": "NOT_FOUND",
                        "message": "There is no such campaign.",
                    }
                ],
            }
        }
    assert await find(another_project, foreign.id) == before


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_pauses_campaigns(project, kind):
    campaign = await a_campaign(project)
    code, _ = await refusal(await a_caller(project, kind), PAUSE, campaign=SUMMER)
    assert code == "FORBIDDEN"
    assert await find(project, campaign.id) == campaign
