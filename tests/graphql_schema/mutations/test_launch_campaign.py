"""launchCampaign: a draft goes live, a paused campaign goes on; what may not be launched stays as it was."""

from datetime import timedelta

import pytest

from app import ids
from app.campaigns.launch import launch, pause
from app.campaigns.read import find
from app.projects.values import KeyKind
from tests.campaigns.shop import a_campaign, logged
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal

LAUNCH = """mutation ($campaign: CampaignRef!) { launchCampaign(input: {campaign: $campaign}) {
  campaign { name state version } userErrors { path code message }
} }"""
SUMMER = {"name": "Summer"}


@pytest.mark.parametrize("by", ["id", "name"])
async def test_a_draft_goes_live(project, by):
    campaign = await a_campaign(project)
    ref = {"id": ids.show(ids.CAMPAIGN, campaign.id)} if by == "id" else SUMMER
    assert await ask(await a_caller(project), LAUNCH, campaign=ref) == {
        "launchCampaign": {
            "campaign": {"name": "Summer", "state": "LIVE", "version": 2},
            "userErrors": [],
        }
    }


async def test_a_paused_campaign_goes_on(project):
    campaign = await a_campaign(project)
    await launch(project, campaign.id, NOW)
    await pause(project, campaign.id, NOW)
    launched = (await ask(await a_caller(project), LAUNCH, campaign=SUMMER))["launchCampaign"]
    assert launched["campaign"] == {"name": "Summer", "state": "LIVE", "version": 4}
    assert [kind for kind, _ in await logged(project) if kind.startswith("CAMPAIGN")] == [
        *["CAMPAIGN_CREATED", "CAMPAIGN_LAUNCHED", "CAMPAIGN_PAUSED", "CAMPAIGN_LAUNCHED"],
    ]


@pytest.mark.parametrize(
    ("draft", "code"),
    [({"offer": None}, "OFFER_REQUIRED"), ({"ends_at": NOW - timedelta(days=1)}, "INVALID_STATE")],
)
async def test_what_may_not_be_launched_stays_a_draft(project, draft, code):
    campaign = await a_campaign(project, **draft)
    answer = (await ask(await a_caller(project), LAUNCH, campaign=SUMMER))["launchCampaign"]
    assert answer["campaign"] is None
    assert [(fault["path"], fault["code"]) for fault in answer["userErrors"]] == [
        (["input", "campaign"], code)
    ]
    assert await find(project, campaign.id) == campaign


async def test_a_campaign_of_another_project_is_not_found_and_stays(project, another_project):
    foreign = await a_campaign(another_project)
    caller = await a_caller(project)
    for ref in ({"id": ids.show(ids.CAMPAIGN, foreign.id)}, SUMMER):
        assert await ask(caller, LAUNCH, campaign=ref) == {
            "launchCampaign": {
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
    assert await find(another_project, foreign.id) == foreign


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_launches_campaigns(project, kind):
    campaign = await a_campaign(project)
    code, _ = await refusal(await a_caller(project, kind), LAUNCH, campaign=SUMMER)
    assert code == "FORBIDDEN"
    assert await find(project, campaign.id) == campaign
