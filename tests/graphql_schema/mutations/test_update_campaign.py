"""updateCampaign: what is left out stays, null empties, and nobody overwrites what they have not seen."""

import pytest

from app import ids
from app.campaigns.launch import end, launch
from app.campaigns.read import find
from app.campaigns.values import Campaign
from app.projects.values import KeyKind
from tests.campaigns.shop import TEN_PERCENT, a_campaign, offers_kept, use
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal

UPDATE = """mutation ($input: UpdateCampaignInput!) { updateCampaign(input: $input) {
  campaign { id name category version maxRedemptions endsAt offer { version reward { __typename } } }
  userErrors { path code message }
} }"""
SUMMER = {"campaign": {"name": "Summer"}}


async def test_what_is_left_out_stays_and_null_empties(project):
    before = await a_campaign(project, category="seasonal", max_redemptions=10, description="Hot.")
    caller = await a_caller(project)
    answer = await ask(caller, UPDATE, input={**SUMMER, "category": None, "name": "Late summer"})
    assert answer == {
        "updateCampaign": {
            "campaign": {
                "id": ids.show(ids.CAMPAIGN, before.id),
                "name": "Late summer",
                "category": None,
                "version": 2,
                "maxRedemptions": 10,
                "endsAt": None,
                "offer": {"version": 1, "reward": {"__typename": "PercentOff"}},
            },
            "userErrors": [],
        }
    }
    after = await find(project, before.id)
    assert after is not None
    assert after.description == "Hot."


async def test_null_for_what_cannot_be_empty_is_refused_in_words_of_the_api(project):
    before = await a_campaign(project)
    caller = await a_caller(project)
    answer = await refusal(caller, UPDATE, input={**SUMMER, "name": None})
    assert answer == (
        "BAD_USER_INPUT",
        "A field that may be left out was given as null: leave it out instead.",
    )
    assert await find(project, before.id) == before


async def test_a_changed_offer_becomes_the_next_version(project):
    campaign = await a_campaign(project)
    caller = await a_caller(project)
    offer = {"reward": {"amountOff": {"amount": {"amount": "5.00", "currency": "EUR"}}}}
    answer = (await ask(caller, UPDATE, input={**SUMMER, "offer": offer}))["updateCampaign"]
    assert answer["campaign"]["offer"] == {"version": 2, "reward": {"__typename": "AmountOff"}}
    kept = await offers_kept(project, campaign.id)
    assert [version for version, _, _ in kept] == [1, 2]
    assert kept[0][1] == TEN_PERCENT
    assert kept[1][2] == caller.key


async def test_an_edit_of_a_version_that_is_gone_changes_nothing(project):
    campaign = await a_campaign(project)
    caller = await a_caller(project)
    change = {**SUMMER, "expectedVersion": 1}
    first = (await ask(caller, UPDATE, input={**change, "category": "first"}))["updateCampaign"]
    assert first["campaign"]["version"] == 2
    second = (await ask(caller, UPDATE, input={**change, "category": "second"}))["updateCampaign"]
    assert second["campaign"] is None
    assert [(f["path"], f["code"]) for f in second["userErrors"]] == [
        (["input", "expectedVersion"], "VERSION_CONFLICT")
    ]
    assert await _category(project, campaign) == "first"


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"name": ""}, ["name"], "REQUIRED"),
        ({"name": "Taken"}, ["name"], "NAME_TAKEN"),
        ({"maxRedemptions": 2}, ["maxRedemptions"], "LIMIT_BELOW_USE"),
        (
            {"offer": {"reward": {"percentOff": {"percent": "0"}}}},
            ["offer", "reward", "percentOff", "percent"],
            "INVALID_PARAMETER",
        ),
        ({"timeZone": "Mars/Base"}, ["timeZone"], "UNKNOWN_TIME_ZONE"),
    ],
)
async def test_a_faulty_change_changes_nothing(project, change, path, code):
    campaign = await a_campaign(project)
    await a_campaign(project, "Taken")
    await use(project, campaign.id, 3)
    answer = (await ask(await a_caller(project), UPDATE, input={**SUMMER, "category": "x", **change}))[
        "updateCampaign"
    ]
    assert answer["campaign"] is None
    assert [(f["path"], f["code"]) for f in answer["userErrors"]] == [(["input", *path], code)]
    assert await find(project, campaign.id) == campaign


async def test_an_ended_campaign_is_not_changed(project):
    campaign = await a_campaign(project)
    await launch(project, campaign.id, NOW)
    await end(project, campaign.id, NOW)
    change = {**SUMMER, "offer": {"reward": {"percentOff": {"percent": "50"}}}}
    answer = (await ask(await a_caller(project), UPDATE, input=change))["updateCampaign"]
    assert [f["code"] for f in answer["userErrors"]] == ["INVALID_STATE"]
    assert len(await offers_kept(project, campaign.id)) == 1


@pytest.mark.parametrize("by", ["id", "name"])
async def test_a_campaign_of_another_project_is_not_found_and_stays(project, another_project, by):
    foreign = await a_campaign(another_project)
    ref = {"id": ids.show(ids.CAMPAIGN, foreign.id)} if by == "id" else {"name": "Summer"}
    answer = await ask(await a_caller(project), UPDATE, input={"campaign": ref, "category": "mine"})
    assert answer["updateCampaign"] == {
        "campaign": None,
        "userErrors": [
            {"path": ["input", "campaign"], "code": "NOT_FOUND", "message": "There is no such campaign."}
        ],
    }
    assert await _category(another_project, foreign) is None


async def test_null_for_what_cannot_be_empty_is_refused(project):
    await a_campaign(project)
    code, _ = await refusal(await a_caller(project), UPDATE, input={**SUMMER, "name": None})
    assert code == "BAD_USER_INPUT"


async def test_only_who_manages_changes_campaigns(project):
    campaign = await a_campaign(project)
    code, _ = await refusal(
        await a_caller(project, KeyKind.MERCHANT), UPDATE, input={**SUMMER, "category": "x"}
    )
    assert code == "FORBIDDEN"
    assert await _category(project, campaign) is None


async def _category(project, campaign: Campaign) -> str | None:
    found = await find(project, campaign.id)
    assert found is not None
    return found.category


async def test_a_campaign_is_listed_when_somebody_says_so_and_until_they_say_otherwise(project):
    campaign = await a_campaign(project)
    assert not campaign.is_listed
    caller = await a_caller(project)
    document = UPDATE.replace("id name category", "isListed")
    for is_listed, version in ((True, 2), (True, 2), (False, 3)):
        answer = (await ask(caller, document, input={**SUMMER, "isListed": is_listed}))["updateCampaign"]
        assert (answer["campaign"]["isListed"], answer["campaign"]["version"]) == (is_listed, version)
        kept = await find(project, campaign.id)
        assert kept is not None
        assert kept.is_listed is is_listed


async def test_who_does_not_speak_of_listing_leaves_it_as_it_is(project):
    campaign = await a_campaign(project, is_listed=True)
    caller = await a_caller(project)
    answer = (await ask(caller, UPDATE, input={**SUMMER, "category": "new"}))["updateCampaign"]
    assert answer["userErrors"] == []
    kept = await find(project, campaign.id)
    assert kept is not None
    assert kept.is_listed
