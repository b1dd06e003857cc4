"""createCampaign: a draft with everything that was said, or a list of what is wrong."""

from uuid import UUID

import pytest

from app import ids
from app.campaigns.read import count_campaigns
from app.projects.values import KeyKind
from tests.campaigns.shop import a_campaign, logged, offers_kept
from tests.graphql_schema.asking import a_caller, ask, refusal

CREATE = """mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) {
  campaign {
    id isMain name description category state timeZone startsAt endsAt maxRedemptions metadata version
    createdAt updatedAt mainCampaign { name }
    offer {
      version lane limits { perVoucher perCustomer perCampaign }
      rule { ... on MinimumSpend { kind amount { amount currency } } }
      reward { ... on PercentOff { kind percent upTo { amount currency } } }
    }
  }
  userErrors { path code message }
} }"""
SUMMER = {
    "name": "Summer",
    "description": "Ten per cent off everything.",
    "category": "seasonal",
    "timeZone": "Asia/Tokyo",
    "startsAt": "2026-07-01T00:00:00+09:00",
    "endsAt": "2026-08-01T00:00:00+09:00",
    "maxRedemptions": 500,
    "metadata": {"partner": "Acme", "tags": ["a", 1, None]},
    "offer": {
        "rule": {"minimumSpend": {"amount": {"amount": "50", "currency": "EUR"}}},
        "reward": {"percentOff": {"percent": "10", "upTo": {"amount": "20.5", "currency": "EUR"}}},
        "limits": {"perCustomer": 1, "perCampaign": 400},
    },
}


async def test_a_campaign_is_kept_with_all_that_was_said(project):
    await a_campaign(project, "2026", is_main=True)
    caller = await a_caller(project)
    made = (await ask(caller, CREATE, input={**SUMMER, "mainCampaign": {"name": "2026"}}))["createCampaign"]
    campaign_id = made["campaign"].pop("id")
    assert made == {
        "campaign": {
            "isMain": False,
            "name": "Summer",
            "description": "Ten per cent off everything.",
            "category": "seasonal",
            "state": "DRAFT",
            "timeZone": "Asia/Tokyo",
            "startsAt": "2026-06-30T15:00:00Z",
            "endsAt": "2026-07-31T15:00:00Z",
            "maxRedemptions": 500,
            "metadata": {"partner": "Acme", "tags": ["a", 1, None]},
            "version": 1,
            "createdAt": "2026-06-01T12:00:00Z",
            "updatedAt": "2026-06-01T12:00:00Z",
            "mainCampaign": {"name": "2026"},
            "offer": {
                "version": 1,
                "lane": "default",
                "limits": {"perVoucher": None, "perCustomer": 1, "perCampaign": 400},
                "rule": {"kind": "minimum_spend", "amount": {"amount": "50.00", "currency": "EUR"}},
                "reward": {
                    "kind": "percent_off",
                    "percent": "10",
                    "upTo": {"amount": "20.50", "currency": "EUR"},
                },
            },
        },
        "userErrors": [],
    }
    kept = await offers_kept(project, ids.read_as(ids.CAMPAIGN, campaign_id))
    assert [(version, maker) for version, _, maker in kept] == [(1, caller.key)]


async def test_a_main_campaign_needs_nothing_but_a_name(project):
    given = {"name": "2026", "isMain": True}
    made = (await ask(await a_caller(project), CREATE, input=given))["createCampaign"]
    campaign = made["campaign"]
    assert made["userErrors"] == []
    assert (campaign["isMain"], campaign["offer"], campaign["mainCampaign"]) == (True, None, None)
    assert (campaign["timeZone"], campaign["description"], campaign["metadata"]) == ("Europe/Warsaw", "", {})


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"name": ""}, ["name"], "REQUIRED"),
        ({"name": "tea\0pot"}, ["name"], "INVALID_TEXT"),
        ({"name": "Summer", "category": "x" * 201}, ["category"], "TOO_LONG"),
        ({"name": "Summer", "timeZone": "Mars/Base"}, ["timeZone"], "UNKNOWN_TIME_ZONE"),
        ({"name": "Summer", "maxRedemptions": 0}, ["maxRedemptions"], "OUT_OF_RANGE"),
        ({"name": "Summer", "metadata": {str(n): n for n in range(51)}}, ["metadata"], "TOO_LONG"),
        (
            {"name": "Summer", "startsAt": "2026-07-02T00:00:00Z", "endsAt": "2026-07-01T00:00:00Z"},
            ["endsAt"],
            "DATES_REVERSED",
        ),
        (
            {"name": "Summer", "isMain": True, "offer": {"reward": {"percentOff": {"percent": "5"}}}},
            ["offer"],
            "MAIN_HAS_NO_OFFER",
        ),
        ({"name": "Taken"}, ["name"], "NAME_TAKEN"),
        ({"name": "Summer", "mainCampaign": {"name": "nobody"}}, ["mainCampaign"], "NOT_FOUND"),
        ({"name": "Summer", "mainCampaign": {"name": "Taken"}}, ["mainCampaign"], "NOT_A_MAIN_CAMPAIGN"),
        ({"name": "Summer", "mainCampaign": {"id": "cust_1"}}, ["mainCampaign", "id"], "INVALID_ID"),
        (
            {"name": "Summer", "mainCampaign": {"id": ids.show(ids.CAMPAIGN, UUID(int=7))}},
            ["mainCampaign"],
            "NOT_FOUND",
        ),
        (
            {
                "name": "Summer",
                "offer": {"reward": {"amountOff": {"amount": {"amount": "1.001", "currency": "EUR"}}}},
            },
            ["offer", "reward", "amountOff", "amount", "amount"],
            "INVALID_MONEY",
        ),
    ],
)
async def test_faulty_input_creates_nothing(project, given, path, code):
    await a_campaign(project, "Taken")
    answer = (await ask(await a_caller(project), CREATE, input=given))["createCampaign"]
    assert answer["campaign"] is None
    assert [(fault["path"], fault["code"]) for fault in answer["userErrors"]] == [(["input", *path], code)]
    assert await count_campaigns(project) == 1


async def test_a_main_campaign_of_another_project_is_not_found(project, another_project):
    foreign = await a_campaign(another_project, "2026", is_main=True)
    caller = await a_caller(project)
    for ref in ({"id": ids.show(ids.CAMPAIGN, foreign.id)}, {"name": "2026"}):
        answer = (await ask(caller, CREATE, input={"name": "Summer", "mainCampaign": ref}))["createCampaign"]
        assert [(f["path"], f["code"]) for f in answer["userErrors"]] == [
            (["input", "mainCampaign"], "NOT_FOUND")
        ]
    assert await count_campaigns(project) == 0


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_creates_campaigns(project, kind):
    code, message = await refusal(await a_caller(project, kind), CREATE, input={"name": "Summer"})
    assert (code, message) == (
        "FORBIDDEN",
        f"This {kind.lower()} key may not change campaigns, vouchers, customers and keys.",
    )
    assert [kind for kind, _ in await logged(project)] == ["API_KEY_CREATED"]


@pytest.mark.parametrize(
    ("rule", "reward", "path", "message"),
    [
        (
            {"expression": {"expression": "cart.subtotel > 30"}},
            {"percentOff": {"percent": "10"}},
            ["rule", "expression", "expression"],
            "Column 6: A cart has no subtotel;",
        ),
        (
            {"anyOf": {"rules": [{"expression": {"expression": "cart.subtotal + 1"}}]}},
            {"percentOff": {"percent": "10"}},
            ["rule", "anyOf", "rules", "0", "expression", "expression"],
            "Column 1: Must be a condition, true or false; this is double.",
        ),
        (
            {"firstPurchase": {}},
            {"formula": {"formula": "cart.country", "fallback": {"amount": "1", "currency": "EUR"}}},
            ["reward", "formula", "formula"],
            "Column 1: Must be an amount, a number; this is string.",
        ),
    ],
)
async def test_an_expression_is_checked_when_it_is_drafted(project, rule, reward, path, message):
    given = {"name": "Summer", "offer": {"rule": rule, "reward": reward}}
    payload = (await ask(await a_caller(project), CREATE, input=given))["createCampaign"]
    assert payload["campaign"] is None
    [fault] = payload["userErrors"]
    assert (fault["path"], fault["code"]) == (["input", "offer", *path], "INVALID_PARAMETER")
    assert fault["message"].startswith(message)
