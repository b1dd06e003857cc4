"""publishVouchers: a named code or the next free ones, retry-safe, never one code to two customers."""

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from app.vouchers.values import MintOrder
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import everything, faults, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher
from tests.vouchers.shop import minted

PUBLISH = """mutation ($input: PublishVouchersInput!) { publishVouchers(input: $input) {
  publications {
    id channel sourceId metadata createdAt
    voucher { code holder { sourceId } publishedAt } customer { sourceId name } campaign { name }
  }
  replayed userErrors { path code message }
} }"""
ADA = {"sourceId": "ada"}


async def publish(caller, codes, customer=ADA, **more):
    given = {"codes": codes, "customer": customer, "channel": "newsletter", **more}
    return (await ask(caller, PUBLISH, input=given))["publishVouchers"]


def next_free(campaign, count: int = 1):
    return {"nextFree": {"campaign": {"id": shown(ids.CAMPAIGN, campaign)}, "count": count}}


def codes_of(answer) -> list[str]:
    return [publication["voucher"]["code"] for publication in answer["publications"]]


async def test_a_named_code_is_given_to_a_customer_made_on_the_way(project):
    await a_voucher(project, await a_campaign(project), "MINE", kind="UNIQUE")
    answer = await publish(
        await a_caller(project),
        {"code": "mi-ne"},
        {"upsert": {"sourceId": "ada", "name": "Ada"}},
        sourceId="mail 1",
        metadata={"week": 23},
    )
    assert ids.read(answer["publications"][0].pop("id"))[0] == ids.PUBLICATION
    assert answer == {
        "publications": [
            {
                "channel": "newsletter",
                "sourceId": "mail 1",
                "metadata": {"week": 23},
                "createdAt": "2026-06-01T12:00:00Z",
                "voucher": {
                    "code": "MINE",
                    "holder": {"sourceId": "ada"},
                    "publishedAt": "2026-06-01T12:00:00Z",
                },
                "customer": {"sourceId": "ada", "name": "Ada"},
                "campaign": {"name": "Summer"},
            }
        ],
        "replayed": False,
        "userErrors": [],
    }


async def test_a_generic_code_has_no_holder(project):
    await a_customer(project)
    await a_voucher(project, await a_campaign(project), "ALL")
    answer = await publish(await a_caller(project), {"code": "ALL"})
    assert answer["publications"][0]["voucher"] == {"code": "ALL", "holder": None, "publishedAt": None}


async def test_the_next_free_codes_are_given_all_or_none(project):
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(count=3))
    ada = await a_customer(project)
    await a_customer(project, "bob")
    caller = await a_caller(project)
    by_id = {"id": shown(ids.CUSTOMER, ada)}
    first = await publish(caller, next_free(campaign, 2), by_id)
    assert len(set(codes_of(first))) == 2
    before = await everything(project)
    too_few = await publish(caller, next_free(campaign, 2), {"sourceId": "bob"})
    assert (too_few["publications"], faults(too_few)) == ([], [("codes.nextFree.campaign", "NO_FREE_CODES")])
    assert too_few["userErrors"][0]["message"] == "The campaign has 1 free codes left, 2 were asked for."
    assert await everything(project) == before
    last = await publish(caller, next_free(campaign), {"sourceId": "bob"})
    assert not set(codes_of(last)) & set(codes_of(first))


async def test_the_campaign_of_the_next_free_codes_may_be_named(project):
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "MINE", kind="UNIQUE")
    await a_customer(project)
    caller = await a_caller(project)
    given = await publish(caller, {"nextFree": {"campaign": {"name": "Summer"}}}, sourceId="mail 1")
    assert (codes_of(given), given["userErrors"]) == (["MINE"], [])
    # The name and the id are one request.
    assert await publish(caller, next_free(campaign), sourceId="mail 1") == {**given, "replayed": True}


async def test_a_source_id_is_carried_out_once(project):
    campaign = await a_campaign(project)
    await minted(project, campaign, MintOrder(count=10))
    await a_customer(project)
    caller = await a_caller(project)
    first = await publish(caller, next_free(campaign, 2), sourceId="mail 1")
    before = await everything(project)
    assert await publish(caller, next_free(campaign, 2), sourceId="mail 1") == {**first, "replayed": True}
    other = await publish(caller, next_free(campaign, 3), sourceId="mail 1")
    assert (other["publications"], other["replayed"]) == ([], False)
    assert faults(other) == [("sourceId", "SOURCE_ID_REUSED")]
    assert await everything(project) == before


async def test_what_the_customer_holds_already_is_not_given_again(project):
    await a_customer(project)
    await a_voucher(project, await a_campaign(project), "MINE", kind="UNIQUE")
    caller = await a_caller(project)
    first = await publish(caller, {"code": "MINE"})
    assert await publish(caller, {"code": "MINE"}) == {**first, "replayed": True}


async def test_a_code_that_somebody_holds_is_given_to_nobody_else(project):
    await a_customer(project)
    await a_voucher(project, await a_campaign(project), "MINE", kind="UNIQUE")
    caller = await a_caller(project)
    await publish(caller, {"code": "MINE"})
    before = await everything(project)
    answer = await publish(caller, {"code": "MINE"}, {"upsert": {"sourceId": "bob"}})
    assert (answer["publications"], faults(answer)) == ([], [("codes.code", "CODE_HELD_BY_ANOTHER_CUSTOMER")])
    assert await everything(project) == before


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"codes": {"code": "NOSUCH"}}, "codes.code", "CODE_NOT_FOUND"),
        ({"codes": {"code": "\ud800"}}, "codes.code", "INVALID_TEXT"),
        ({"codes": {"code": "STOPPED"}}, "codes.code", "VOUCHER_DISABLED"),
        ({"codes": {"nextFree": {"campaign": {"id": "Summer"}}}}, "codes.nextFree.campaign.id", "INVALID_ID"),
        ({"codes": {"nextFree": {"campaign": {"name": "Spring"}}}}, "codes.nextFree.campaign", "NOT_FOUND"),
        ({"codes": next_free(new_id())}, "codes.nextFree.campaign", "NOT_FOUND"),
        ({"codes": next_free(new_id(), 0)}, "codes.nextFree.count", "OUT_OF_RANGE"),
        ({"codes": next_free(new_id(), 101)}, "codes.nextFree.count", "OUT_OF_RANGE"),
        ({"customer": {"sourceId": "nobody"}}, "customer", "NOT_FOUND"),
        ({"customer": {"id": shown(ids.CUSTOMER, new_id())}}, "customer", "NOT_FOUND"),
        ({"customer": {"id": "ada"}}, "customer.id", "INVALID_ID"),
        ({"customer": {"sourceId": "a\0"}}, "customer.sourceId", "INVALID_TEXT"),
        ({"customer": {"upsert": {"sourceId": ""}}}, "customer.upsert.sourceId", "REQUIRED"),
        ({"channel": ""}, "channel", "REQUIRED"),
        ({"channel": "x" * 101}, "channel", "TOO_LONG"),
        ({"channel": "\0"}, "channel", "INVALID_TEXT"),
        ({"sourceId": ""}, "sourceId", "REQUIRED"),
        ({"sourceId": "a\0"}, "sourceId", "INVALID_TEXT"),
        ({"metadata": {"a": "x" * 8192}}, "metadata", "TOO_LONG"),
    ],
)
async def test_faulty_orders_give_nothing(project, given, path, code):
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "ALL")
    await a_voucher(project, campaign, "STOPPED", enabled=False)
    await a_customer(project)
    caller = await a_caller(project)
    before = await everything(project)
    answer = await publish(caller, **{"codes": {"code": "ALL"}, **given})
    assert (answer["publications"], answer["replayed"], faults(answer)) == ([], False, [(path, code)])
    assert await everything(project) == before


async def test_an_ended_campaign_gives_nothing(project):
    campaign = await a_campaign(project, state="ENDED")
    await a_voucher(project, campaign, "MINE", kind="UNIQUE")
    await a_customer(project)
    caller = await a_caller(project)
    assert faults(await publish(caller, {"code": "MINE"})) == [("codes.code", "CAMPAIGN_ENDED")]
    assert faults(await publish(caller, next_free(campaign))) == [
        ("codes.nextFree.campaign", "CAMPAIGN_ENDED")
    ]


async def test_nothing_passes_the_wall(project, another_project):
    theirs = await a_campaign(another_project)
    await a_voucher(another_project, theirs, "THEIRS", kind="UNIQUE")
    stranger = await a_customer(another_project, "stranger")
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "MINE", kind="UNIQUE")
    await a_customer(project)
    caller = await a_caller(project)
    before = await everything(project), await everything(another_project)
    by_id = {"id": shown(ids.CUSTOMER, stranger)}
    assert faults(await publish(caller, {"code": "THEIRS"})) == [("codes.code", "CODE_NOT_FOUND")]
    assert faults(await publish(caller, next_free(theirs))) == [("codes.nextFree.campaign", "NOT_FOUND")]
    assert faults(await publish(caller, {"code": "MINE"}, by_id)) == [("customer", "NOT_FOUND")]
    assert (await everything(project), await everything(another_project)) == before


async def test_a_code_or_a_campaign_is_named_and_not_both(project):
    await a_customer(project)
    caller = await a_caller(project)
    for codes in ({}, {"code": None}, {"code": "ALL", **next_free(new_id())}):
        given = {"codes": codes, "customer": ADA, "channel": "mail"}
        assert (await refusal(caller, PUBLISH, input=given))[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_publishes(project, kind):
    await a_customer(project)
    await a_voucher(project, await a_campaign(project), "ALL")
    caller = await a_caller(project, kind)
    before = await everything(project)
    given = {"codes": {"code": "ALL"}, "customer": ADA, "channel": "mail"}
    assert (await refusal(caller, PUBLISH, input=given))[0] == "FORBIDDEN"
    assert await everything(project) == before
