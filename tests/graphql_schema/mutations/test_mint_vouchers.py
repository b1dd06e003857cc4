"""mintVouchers: unique codes from a pattern, or a list of what is wrong."""

import re

import pytest

from app import ids
from app.database import fetch
from app.ids import new_id
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import everything, faults, shown
from tests.redemptions.shop import a_campaign

MINT = """mutation ($input: MintVouchersInput!) { mintVouchers(input: $input) {
  campaign { name vouchers(first: 100) {
    totalCount nodes { code kind enabled startsAt expiresAt maxRedemptions metadata publishedAt holder { id } }
  } }
  count userErrors { path code message }
} }"""


async def mint(caller, campaign, count: int = 3, **more):
    given = {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}, "count": count, **more}
    return (await ask(caller, MINT, input=given))["mintVouchers"]


async def test_codes_look_as_ordered_and_carry_what_was_said(project):
    minted = await mint(
        await a_caller(project),
        await a_campaign(project),
        pattern="SUMMER-####",
        charset="ABCDEFGH",
        startsAt="2026-06-01T00:00:00+02:00",
        expiresAt="2026-07-01T00:00:00+02:00",
        maxRedemptions=2,
        metadata={"batch": 7},
    )
    vouchers = minted["campaign"]["vouchers"]
    codes = [voucher.pop("code") for voucher in vouchers["nodes"]]
    assert (minted["count"], minted["campaign"]["name"], minted["userErrors"]) == (3, "Summer", [])
    assert (vouchers["totalCount"], len(set(codes))) == (3, 3)
    assert all(re.fullmatch("SUMMER-[A-H]{4}", code) for code in codes), codes
    assert vouchers["nodes"] == 3 * [
        {
            "kind": "UNIQUE",
            "enabled": True,
            "startsAt": "2026-05-31T22:00:00Z",
            "expiresAt": "2026-06-30T22:00:00Z",
            "maxRedemptions": 2,
            "metadata": {"batch": 7},
            "publishedAt": None,
            "holder": None,
        }
    ]


async def test_the_campaign_may_be_named(project):
    await a_campaign(project)
    given = {"campaign": {"name": "Summer"}, "count": 2}
    minted = (await ask(await a_caller(project), MINT, input=given))["mintVouchers"]
    assert (minted["campaign"]["name"], minted["count"], minted["userErrors"]) == ("Summer", 2, [])
    assert minted["campaign"]["vouchers"]["totalCount"] == 2


async def test_codes_are_free_of_look_alikes_unless_told_otherwise(project):
    campaign = await a_campaign(project)
    assert (await mint(await a_caller(project), campaign, count=50))["count"] == 50
    rows = await fetch("SELECT code FROM vouchers WHERE project_id = $1", project)
    assert all(re.fullmatch("[2-9A-HJKMNP-Z]{8}", row["code"]) for row in rows)


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"campaign": {"id": "Summer"}}, "campaign.id", "INVALID_ID"),
        ({"campaign": {"id": shown(ids.CUSTOMER, new_id())}}, "campaign.id", "INVALID_ID"),
        ({"campaign": {"id": shown(ids.CAMPAIGN, new_id())}}, "campaign", "NOT_FOUND"),
        ({"campaign": {"name": "Spring"}}, "campaign", "NOT_FOUND"),
        ({"campaign": {"name": "summer"}}, "campaign", "NOT_FOUND"),
        ({"campaign": {"name": "Sum\0mer"}}, "campaign", "NOT_FOUND"),
        ({"count": 0}, "count", "OUT_OF_RANGE"),
        ({"count": -1}, "count", "OUT_OF_RANGE"),
        ({"count": 100_001}, "count", "OUT_OF_RANGE"),
        ({"pattern": "SUMMER"}, "pattern", "INVALID_PATTERN"),
        ({"pattern": "SUM\0MER-####"}, "pattern", "INVALID_PATTERN"),
        ({"pattern": "#" * 65}, "pattern", "INVALID_PATTERN"),
        ({"pattern": "A#"}, "pattern", "PATTERN_TOO_SMALL"),
        ({"charset": "A"}, "charset", "INVALID_CHARSET"),
        ({"charset": "AaB"}, "charset", "INVALID_CHARSET"),
        ({"maxRedemptions": 0}, "maxRedemptions", "OUT_OF_RANGE"),
        ({"metadata": {"a": "\0"}}, "metadata", "INVALID_TEXT"),
        ({"metadata": {str(n): n for n in range(51)}}, "metadata", "TOO_LONG"),
        (
            {"startsAt": "2026-07-01T00:00:00Z", "expiresAt": "2026-07-01T00:00:00Z"},
            "expiresAt",
            "DATES_REVERSED",
        ),
    ],
)
async def test_faulty_orders_make_nothing(project, given, path, code):
    campaign = await a_campaign(project)
    caller = await a_caller(project)
    before = await everything(project)
    asked = {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}, "count": 5, **given}
    answer = (await ask(caller, MINT, input=asked))["mintVouchers"]
    assert (answer["campaign"], answer["count"], faults(answer)) == (None, 0, [(path, code)])
    assert await everything(project) == before


@pytest.mark.parametrize(
    ("campaign", "code"),
    [({"is_main": True}, "CAMPAIGN_IS_MAIN"), ({"state": "ENDED"}, "CAMPAIGN_ENDED")],
)
async def test_a_campaign_that_takes_no_codes_gets_none(project, campaign, code):
    made = await a_campaign(project, **campaign)
    assert faults(await mint(await a_caller(project), made)) == [("campaign", code)]


async def test_a_campaign_of_another_project_is_not_found(project, another_project):
    theirs = await a_campaign(another_project)
    before = await everything(another_project)
    assert faults(await mint(await a_caller(project), theirs)) == [("campaign", "NOT_FOUND")]
    assert await everything(another_project) == before


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_mints(project, kind):
    campaign = await a_campaign(project)
    caller = await a_caller(project, kind)
    before = await everything(project)
    given = {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}, "count": 1}
    assert (await refusal(caller, MINT, input=given))[0] == "FORBIDDEN"
    assert await everything(project) == before
