"""launchCampaign, pauseCampaign and endCampaign: one small state table, told to the API."""

import pytest

from app import ids
from app.campaigns.read import find
from app.campaigns.values import CampaignState
from app.projects.values import KeyKind
from tests.campaigns.shop import a_campaign, logged
from tests.graphql_schema.asking import a_caller, ask, refusal

DEEDS = ("launch", "pause", "end")
REACHED = {"launch": "LIVE", "pause": "PAUSED", "end": "ENDED"}


def document(deed: str) -> str:
    return f"""mutation ($campaign: CampaignRef!) {{
      answer: {deed}Campaign(input: {{campaign: $campaign}}) {{
        campaign {{ name state version }} userErrors {{ path code message }}
      }}
    }}"""


async def test_a_campaign_is_launched_paused_resumed_and_ended(project):
    campaign = await a_campaign(project)
    caller, ref = await a_caller(project), {"id": ids.show(ids.CAMPAIGN, campaign.id)}
    for version, deed in enumerate(("launch", "pause", "launch", "end"), start=2):
        assert await ask(caller, document(deed), campaign=ref) == {
            "answer": {
                "campaign": {"name": "Summer", "state": REACHED[deed], "version": version},
                "userErrors": [],
            }
        }
    assert [kind for kind, _ in await logged(project) if kind.startswith("CAMPAIGN")] == [
        *["CAMPAIGN_CREATED", "CAMPAIGN_LAUNCHED", "CAMPAIGN_PAUSED", "CAMPAIGN_LAUNCHED", "CAMPAIGN_ENDED"],
    ]


async def test_what_the_state_does_not_allow_is_told_and_not_done(project):
    campaign = await a_campaign(project)
    answer = await ask(await a_caller(project), document("pause"), campaign={"name": "Summer"})
    assert answer == {
        "answer": {
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


async def test_a_sub_campaign_without_an_offer_is_not_launched(project):
    campaign = await a_campaign(project, offer=None)
    answer = await ask(await a_caller(project), document("launch"), campaign={"name": "Summer"})
    assert [(f["path"], f["code"]) for f in answer["answer"]["userErrors"]] == [
        (["input", "campaign"], "OFFER_REQUIRED")
    ]
    assert await find(project, campaign.id) == campaign


@pytest.mark.parametrize("deed", DEEDS)
async def test_a_campaign_of_another_project_is_not_found_and_stays(project, another_project, deed):
    foreign = await a_campaign(another_project)
    caller = await a_caller(project)
    for ref in ({"id": ids.show(ids.CAMPAIGN, foreign.id)}, {"name": "Summer"}):
        answer = (await ask(caller, document(deed), campaign=ref))["answer"]
        assert answer == {
            "campaign": None,
            "userErrors": [
                {"path": ["input", "campaign"], "code": "NOT_FOUND", "message": "There is no such campaign."}
            ],
        }
    assert await find(another_project, foreign.id) == foreign


@pytest.mark.parametrize("deed", DEEDS)
async def test_only_who_manages_moves_campaigns(project, deed):
    campaign = await a_campaign(project)
    caller = await a_caller(project, KeyKind.STOREFRONT)
    code, _ = await refusal(caller, document(deed), campaign={"name": "Summer"})
    assert code == "FORBIDDEN"
    found = await find(project, campaign.id)
    assert found is not None
    assert found.state is CampaignState.DRAFT
