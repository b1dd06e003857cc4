"""campaign and campaigns: found by id or name, listed by filter and order, never over the wall."""

from uuid import UUID

import pytest

from app import ids
from app.campaigns.launch import launch
from app.projects.values import KeyKind
from tests.campaigns.shop import a_campaign
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal

ONE = "query ($ref: CampaignRef!) { campaign(ref: $ref) { id name state offer { version } } }"
LIST = """query (
  $filter: CampaignFilter, $sort: CampaignOrder! = OLDEST_FIRST, $first: Int, $last: Int, $after: Cursor
) {
  campaigns(filter: $filter, sort: $sort, first: $first, last: $last, after: $after) {
    nodes { name } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
TREE = """{ campaigns(first: 60, filter: {isMain: true}) {
  totalCount
  nodes {
    name offer { version }
    campaigns(first: 3) {
      totalCount
      nodes { name mainCampaign { name } offer { rule { ... on MinimumSpend { amount { amount } } } } }
    }
  }
} }"""


async def names(caller, **variables) -> list[str]:
    return [node["name"] for node in (await ask(caller, LIST, **variables))["campaigns"]["nodes"]]


@pytest.mark.parametrize("by", ["id", "name"])
async def test_a_campaign_is_found_by_id_and_by_name(project, by):
    campaign = await a_campaign(project)
    shown = ids.show(ids.CAMPAIGN, campaign.id)
    ref = {"id": shown} if by == "id" else {"name": "Summer"}
    assert await ask(await a_caller(project), ONE, ref=ref) == {
        "campaign": {"id": shown, "name": "Summer", "state": "DRAFT", "offer": {"version": 1}}
    }


async def test_what_is_not_in_the_project_is_null(project, another_project):
    foreign = await a_campaign(another_project)
    caller = await a_caller(project)
    for ref in (
        {"id": ids.show(ids.CAMPAIGN, foreign.id)},
        {"name": "Summer"},
        {"id": ids.show(ids.CAMPAIGN, UUID(int=7))},
        {"name": "tea\0pot"},
    ):
        assert await ask(caller, ONE, ref=ref) == {"campaign": None}
    assert await names(caller) == []
    assert await names(caller, filter={"mainCampaign": {"id": ids.show(ids.CAMPAIGN, foreign.id)}}) == []


@pytest.mark.parametrize("ref", [{"id": "Summer"}, {"id": ""}, {}, {"id": None}, {"id": "x", "name": "y"}])
async def test_what_cannot_name_a_campaign_is_refused(project, ref):
    code, _ = await refusal(await a_caller(project), ONE, ref=ref)
    assert code == "BAD_USER_INPUT"


async def test_campaigns_are_listed_in_every_order(project):
    for name in ("beta", "Alpha", "gamma"):
        await a_campaign(project, name)
    caller = await a_caller(project)
    assert await names(caller, sort="OLDEST_FIRST") == ["beta", "Alpha", "gamma"]
    assert await names(caller, sort="NEWEST_FIRST") == ["gamma", "Alpha", "beta"]
    ascending = await names(caller, sort="NAME_ASCENDING")
    assert sorted(ascending) == ["Alpha", "beta", "gamma"]
    assert await names(caller, sort="NAME_DESCENDING") == ascending[::-1]


async def test_campaigns_are_filtered_by_everything_at_once(project):
    main = await a_campaign(project, "2026", is_main=True)
    other = await a_campaign(project, "2027", is_main=True)
    summer = await a_campaign(project, "Summer", main_id=main.id, category="seasonal")
    await a_campaign(project, "Summit", main_id=other.id, category="b2b")
    await a_campaign(project, "Winter", main_id=main.id, category="seasonal")
    await launch(project, summer.id, NOW)
    caller = await a_caller(project)
    under_main = {"mainCampaign": {"id": ids.show(ids.CAMPAIGN, main.id)}}
    for given, expected in (
        ({"isMain": True}, ["2026", "2027"]),
        ({"isMain": False}, ["Summer", "Summit", "Winter"]),
        ({"state": "LIVE"}, ["Summer"]),
        ({"state": ["LIVE", "DRAFT"], "isMain": False}, ["Summer", "Summit", "Winter"]),
        ({"category": "seasonal"}, ["Summer", "Winter"]),
        ({"namePrefix": "sum"}, ["Summer", "Summit"]),
        (under_main, ["Summer", "Winter"]),
        ({"mainCampaign": {"name": "2027"}}, ["Summit"]),
        ({"mainCampaign": {"name": "2028"}}, []),
        (
            {**under_main, "namePrefix": "W", "category": "seasonal", "state": "DRAFT", "isMain": False},
            ["Winter"],
        ),
    ):
        assert await names(caller, filter=given) == expected


async def test_pages_follow_each_other_without_gap(project):
    for n in range(5):
        await a_campaign(project, f"n{n}")
    caller = await a_caller(project)
    first = (await ask(caller, LIST, first=2))["campaigns"]
    assert [node["name"] for node in first["nodes"]] == ["n0", "n1"]
    assert first["totalCount"] == 5
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert await names(caller, first=2, after=first["pageInfo"]["endCursor"]) == ["n2", "n3"]
    assert await names(caller, last=2) == ["n3", "n4"]
    code, _ = await refusal(caller, LIST, sort="NAME_ASCENDING", after=first["pageInfo"]["endCursor"])
    assert code == "BAD_USER_INPUT"
    code, _ = await refusal(caller, LIST, first=101)
    assert code == "BAD_USER_INPUT"


async def test_fifty_campaigns_with_offers_and_sub_campaigns_take_five_statements(project, statements):
    for n in range(50):
        main = await a_campaign(project, f"Main {n}", is_main=True)
        for side in ("a", "b"):
            await a_campaign(project, f"Sub {n}{side}", main_id=main.id)
    caller = await a_caller(project)
    with statements.counted() as sent:
        tree = (await ask(caller, TREE))["campaigns"]
    assert len(sent) == 5, sent  # mains and their number, subs and their numbers, mains of subs
    assert tree["totalCount"] == 50
    assert tree["nodes"][0] == {
        "name": "Main 49",
        "offer": None,
        "campaigns": {
            "totalCount": 2,
            "nodes": [
                {
                    "name": f"Sub 49{side}",
                    "mainCampaign": {"name": "Main 49"},
                    "offer": {"rule": {"amount": {"amount": "50.00"}}},
                }
                for side in ("b", "a")
            ],
        },
    }


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_reads_the_project_sees_its_campaigns(project, kind):
    await a_campaign(project)
    caller = await a_caller(project, kind)
    for document, variables in ((ONE, {"ref": {"name": "Summer"}}), (LIST, {})):
        code, message = await refusal(caller, document, **variables)
        assert (code, message) == (
            "FORBIDDEN",
            f"This {kind.lower()} key may not read everything in the project.",
        )
