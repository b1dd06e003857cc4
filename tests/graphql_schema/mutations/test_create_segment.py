"""createSegment: a list or a live segment; rules about anything else are refused at their exact place."""

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import everything, faults, shown
from tests.redemptions.shop import a_campaign

CREATE = """mutation ($input: CreateSegmentInput!) { createSegment(input: $input) {
  segment { name description kind version memberCount rule { ... on AllOf { rules {
    ... on AmountSpent { amountAtLeast { amount } withinDays } ... on CustomEvents { name atLeast } } } } }
  userErrors { path code message }
} }"""
RULE = {
    "allOf": {
        "rules": [
            {"amountSpent": {"amountAtLeast": {"amount": "500", "currency": "EUR"}, "withinDays": 365}},
            {"customEvents": {"name": "review", "atLeast": 1}},
        ]
    }
}


async def test_a_list_and_a_live_segment_are_created(project):
    caller = await a_caller(project)
    made = (await ask(caller, CREATE, input={"name": "Friends", "description": "of the house"}))[
        "createSegment"
    ]
    assert made == {
        "segment": {
            "name": "Friends",
            "description": "of the house",
            "kind": "LIST",
            "version": 1,
            "memberCount": 0,
            "rule": None,
        },
        "userErrors": [],
    }
    live = (await ask(caller, CREATE, input={"name": "Fans", "rule": RULE}))["createSegment"]["segment"]
    assert (live["kind"], live["rule"]) == (
        "LIVE",
        {
            "rules": [
                {"amountAtLeast": {"amount": "500.00"}, "withinDays": 365},
                {"name": "review", "atLeast": 1},
            ]
        },
    )


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"name": ""}, "name", "REQUIRED"),
        ({"name": "Taken"}, "name", "NAME_TAKEN"),
        (
            {"name": "Live", "rule": {"minimumSpend": {"amount": {"amount": "5", "currency": "EUR"}}}},
            "rule.minimumSpend",
            "NOT_ABOUT_CUSTOMERS",
        ),
        (
            {"name": "Live", "rule": {"noneOf": {"rules": [{"firstPurchase": {}}, {"holderOnly": {}}]}}},
            "rule.noneOf.rules.1.holderOnly",
            "NOT_ABOUT_CUSTOMERS",
        ),
        (
            {"name": "Live", "rule": {"anyOf": {"rules": [{"newCustomer": {"knownDays": 0}}]}}},
            "rule.anyOf.rules.0.newCustomer.knownDays",
            "INVALID_PARAMETER",
        ),
        ({"name": "Live", "rule": {"allOf": {"rules": []}}}, "rule.allOf.rules", "INVALID_PARAMETER"),
        (
            {"name": "Live", "rule": {"inSegment": {"segment": ids.show(ids.SEGMENT, new_id())}}},
            "rule.inSegment",
            "NOT_ABOUT_CUSTOMERS",
        ),
        (
            {
                "name": "Live",
                "rule": {"redemptionsMade": {"atLeast": 1, "campaign": ids.show(ids.CAMPAIGN, new_id())}},
            },
            "rule.redemptionsMade.campaign",
            "NOT_FOUND",
        ),
    ],
)
async def test_what_is_wrong_is_told_at_its_place_and_nothing_is_made(project, given, path, code):
    caller = await a_caller(project)
    await ask(caller, CREATE, input={"name": "Taken"})
    before = await everything(project)
    refused = (await ask(caller, CREATE, input=given))["createSegment"]
    assert (refused["segment"], faults(refused)) == (None, [(path, code)])
    assert await everything(project) == before


async def test_a_rule_may_ask_about_the_projects_own_campaigns_only(project, another_project):
    campaign = shown(ids.CAMPAIGN, await a_campaign(project))
    rule = {"redemptionsMade": {"atLeast": 1, "campaign": campaign}}
    theirs = await ask(await a_caller(another_project), CREATE, input={"name": "Live", "rule": rule})
    assert faults(theirs["createSegment"]) == [("rule.redemptionsMade.campaign", "NOT_FOUND")]
    ours = (await ask(await a_caller(project), CREATE, input={"name": "Live", "rule": rule}))["createSegment"]
    assert ours["userErrors"] == []


@pytest.mark.parametrize(
    ("kind", "more"), [(KeyKind.MERCHANT, {"redemption_point": "till 7"}), (KeyKind.STOREFRONT, {})]
)
async def test_only_servers_create_segments(project, kind, more):
    caller = await a_caller(project, kind, **more)
    assert (await refusal(caller, CREATE, input={"name": "Friends"}))[0] == "FORBIDDEN"
