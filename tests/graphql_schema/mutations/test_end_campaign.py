"""endCampaign: over for good, from whatever state."""

import pytest

from app import ids
from app.campaigns.launch import launch
from app.campaigns.read import find
from app.projects.values import KeyKind
from tests.campaigns.shop import a_campaign, logged
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal

END = """mutation ($campaign: CampaignRef!) { endCampaign(input: {campaign: $campaign}) {
  campaign { name state version } userErrors { path code message }
} }"""
SUMMER = {"name": "Summer"}


@pytest.mark.parametrize(("live", "version"), [(False, 2), (True, 3)])
async def test_a_campaign_is_ended_from_whatever_state_but_only_once(project, live, version):
    campaign = await a_campaign(project)
    if live:
        await launch(project, campaign.id, NOW)
    caller = await a_caller(project)
    assert await ask(caller, END, campaign=SUMMER) == {
        "endCampaign": {
            "campaign": {"name": "Summer", "state": "ENDED", "version": version},
            "userErrors": [],
        }
    }
    again = (await ask(caller, END, campaign=SUMMER))["endCampaign"]
    assert again == {
        "campaign": None,
        "userErrors": [
            {
                "path": ["input", "campaign"],
                "code": "INVALID_STATE",
                "message": "The campaign has ended, so it cannot be ended.",
            }
        ],
    }
    assert [kind for kind, _ in await logged(project)].count("CAMPAIGN_ENDED") == 1


async def test_a_campaign_of_another_project_is_not_found_and_stays(project, another_project):
    foreign = await a_campaign(another_project)
    before = await launch(another_project, foreign.id, NOW)
    caller = await a_caller(project)
    for ref in ({"id": ids.show(ids.CAMPAIGN, foreign.id)}, SUMMER):
        assert await ask(caller, END, campaign=ref) == {
            "endCampaign": {
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
async def test_only_who_manages_ends_campaigns(project, kind):
    campaign = await a_campaign(project)
    code, _ = await refusal(await a_caller(project, kind), END, campaign=SUMMER)
    assert code == "FORBIDDEN"
    assert await find(project, campaign.id) == campaign
