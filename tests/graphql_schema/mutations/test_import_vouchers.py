"""importVouchers: each code gets an answer of its own, and a bad one spoils no other."""

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import everything, faults, shown
from tests.redemptions.shop import a_campaign, a_voucher

IMPORT = """mutation ($input: ImportVouchersInput!) { importVouchers(input: $input) {
  results { code outcome voucher { code kind startsAt expiresAt maxRedemptions metadata campaign { name } } }
  count userErrors { path code message }
} }"""


async def import_(caller, campaign, *codes: str, kind: str = "UNIQUE", **more):
    given = {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}, "codes": codes, "kind": kind, **more}
    return (await ask(caller, IMPORT, input=given))["importVouchers"]


async def test_a_generic_code_is_made_with_all_that_was_said(project):
    answer = await import_(
        await a_caller(project),
        await a_campaign(project),
        "Summer-10",
        kind="GENERIC",
        startsAt="2026-06-01T00:00:00Z",
        expiresAt="2026-07-01T00:00:00Z",
        maxRedemptions=100,
        metadata={"poster": "A3"},
    )
    assert answer == {
        "results": [
            {
                "code": "Summer-10",
                "outcome": "CREATED",
                "voucher": {
                    "code": "Summer-10",
                    "kind": "GENERIC",
                    "startsAt": "2026-06-01T00:00:00Z",
                    "expiresAt": "2026-07-01T00:00:00Z",
                    "maxRedemptions": 100,
                    "metadata": {"poster": "A3"},
                    "campaign": {"name": "Summer"},
                },
            }
        ],
        "count": 1,
        "userErrors": [],
    }


async def test_the_campaign_may_be_named(project):
    await a_campaign(project)
    given = {"campaign": {"name": "Summer"}, "codes": ["A"], "kind": "UNIQUE"}
    [result] = (await ask(await a_caller(project), IMPORT, input=given))["importVouchers"]["results"]
    assert (result["outcome"], result["voucher"]["campaign"]) == ("CREATED", {"name": "Summer"})


async def test_each_code_gets_its_own_answer(project):
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "TAKEN")
    given = ("NEW-1", "taken", "new1", "", "--", "A\0B", "x" * 65, " NEW-2 ")
    answer = await import_(await a_caller(project), campaign, *given)
    assert [(result["code"], result["outcome"]) for result in answer["results"]] == [
        ("NEW-1", "CREATED"),
        ("taken", "CODE_TAKEN"),
        ("new1", "CODE_TAKEN"),
        ("", "INVALID_CODE"),
        ("--", "INVALID_CODE"),
        ("A\0B", "INVALID_CODE"),
        ("x" * 65, "INVALID_CODE"),
        (" NEW-2 ", "CREATED"),
    ]
    assert [result["voucher"] and result["voucher"]["code"] for result in answer["results"]] == [
        *["NEW-1", None, None, None, None, None, None, "NEW-2"],
    ]
    assert (answer["count"], answer["userErrors"]) == (2, [])


async def test_the_same_code_may_live_in_two_projects(project, another_project):
    await a_voucher(another_project, await a_campaign(another_project), "SUMMER")
    answer = await import_(await a_caller(project), await a_campaign(project), "SUMMER")
    assert answer["results"][0]["outcome"] == "CREATED"


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"codes": []}, "codes", "NO_CODES"),
        ({"codes": [f"C{n}" for n in range(501)]}, "codes", "TOO_MANY_CODES"),
        ({"campaign": {"id": "Summer"}}, "campaign.id", "INVALID_ID"),
        ({"campaign": {"id": shown(ids.CAMPAIGN, new_id())}}, "campaign", "NOT_FOUND"),
        ({"campaign": {"name": "Spring"}}, "campaign", "NOT_FOUND"),
        ({"maxRedemptions": 0}, "maxRedemptions", "OUT_OF_RANGE"),
        ({"metadata": {"a": "x" * 8192}}, "metadata", "TOO_LONG"),
        (
            {"startsAt": "2026-07-02T00:00:00Z", "expiresAt": "2026-07-01T00:00:00Z"},
            "expiresAt",
            "DATES_REVERSED",
        ),
    ],
)
async def test_faulty_orders_make_nothing(project, given, path, code):
    campaign = await a_campaign(project)
    caller = await a_caller(project)
    before = await everything(project)
    asked = {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}, "codes": ["A"], "kind": "UNIQUE", **given}
    answer = (await ask(caller, IMPORT, input=asked))["importVouchers"]
    assert (answer["results"], answer["count"], faults(answer)) == ([], 0, [(path, code)])
    assert await everything(project) == before


async def test_a_campaign_of_another_project_is_not_found(project, another_project):
    theirs = await a_campaign(another_project)
    before = await everything(another_project)
    assert faults(await import_(await a_caller(project), theirs, "A")) == [("campaign", "NOT_FOUND")]
    assert await everything(another_project) == before


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_imports(project, kind):
    campaign = await a_campaign(project)
    given = {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}, "codes": ["A"], "kind": "UNIQUE"}
    assert (await refusal(await a_caller(project, kind), IMPORT, input=given))[0] == "FORBIDDEN"
