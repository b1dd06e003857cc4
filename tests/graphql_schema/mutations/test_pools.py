"""createPool and addPoolCodes, and what a redemption shows of the codes: none before it is consumed."""

import pytest

from app import ids
from app.engine.offer import Offer
from app.engine.rewards.external_code import ExternalCode
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import a_cart, faults
from tests.redemptions.shop import a_campaign, a_voucher

CREATE = """mutation ($name: String!) {
  createPool(input: { name: $name }) {
    pool { id name createdAt freeCodes givenCodes } userErrors { path code message }
  }
}"""
ADD = """mutation ($pool: ID!, $codes: [String!]!) {
  addPoolCodes(input: { pool: $pool, codes: $codes }) {
    pool { freeCodes } addedCount alreadyThereCount userErrors { path code message }
  }
}"""
LIST = "{ pools { totalCount nodes { id name freeCodes givenCodes } } }"
GIFTS = "gifts { kind credit { amount } points codes voucher { code } }"
HOLD = (
    """mutation ($cart: CartInput!) {
  holdVouchers(input: { codes: [{ code: "FILM" }], cart: $cart, holdFor: "PT5M", idempotencyKey: "1" }) {
    result { ... on Redemption { id """
    + GIFTS
    + " } } } }"
)
CONFIRM = (
    """mutation ($id: ID!) {
  confirmRedemption(input: { redemption: $id, idempotencyKey: "2" }) { result { ... on Redemption { """
    + GIFTS
    + " } } } }"
)
VALIDATE = """mutation ($cart: CartInput!) {
  validateVouchers(input: { codes: [{ code: "FILM" }], cart: $cart }) {
    evaluation { verdicts { granted gifts { kind codes } } }
  }
}"""


async def made(caller, name="Cinema", *codes):
    """The id of a pool with these codes."""
    pool = (await ask(caller, CREATE, name=name))["createPool"]["pool"]["id"]
    if codes:
        await ask(caller, ADD, pool=pool, codes=list(codes))
    return pool


async def test_a_pool_is_made_filled_and_listed_by_its_numbers(project):
    caller = await a_caller(project)
    answer = (await ask(caller, CREATE, name="Cinema"))["createPool"]
    pool = answer["pool"].pop("id")
    assert answer == {
        "pool": {"name": "Cinema", "createdAt": "2026-06-01T12:00:00Z", "freeCodes": 0, "givenCodes": 0},
        "userErrors": [],
    }
    added = (await ask(caller, ADD, pool=pool, codes=["A", "B", "A"]))["addPoolCodes"]
    assert added == {"pool": {"freeCodes": 2}, "addedCount": 2, "alreadyThereCount": 1, "userErrors": []}
    assert (await ask(caller, LIST))["pools"] == {
        "totalCount": 1,
        "nodes": [{"id": pool, "name": "Cinema", "freeCodes": 2, "givenCodes": 0}],
    }


async def test_faults_are_told_with_their_paths(project):
    caller = await a_caller(project)
    pool = await made(caller)
    assert faults((await ask(caller, CREATE, name="Cinema"))["createPool"]) == [("name", "NAME_TAKEN")]
    assert faults((await ask(caller, ADD, pool="camp_1", codes=["A"]))["addPoolCodes"]) == [
        ("pool", "INVALID_ID")
    ]
    assert faults((await ask(caller, ADD, pool=pool, codes=["A", ""]))["addPoolCodes"]) == [
        ("codes.1", "REQUIRED")
    ]


@pytest.mark.usefixtures("till")
async def test_a_code_is_told_when_the_redemption_is_consumed_and_not_before(project):
    caller = await a_caller(project)
    pool = await made(caller, "Cinema", "SECRET-1")
    reward = ExternalCode(ids.read(pool)[1])
    await a_voucher(project, await a_campaign(project, promise=Offer(1, None, reward)), "FILM")
    told = await ask(caller, VALIDATE, cart=a_cart())
    assert told["validateVouchers"]["evaluation"]["verdicts"] == [
        {"granted": True, "gifts": [{"kind": "EXTERNAL_CODE", "codes": []}]}
    ]
    gift = {"kind": "EXTERNAL_CODE", "credit": None, "points": None, "voucher": None}
    hold = (await ask(caller, HOLD, cart=a_cart()))["holdVouchers"]["result"]
    assert hold["gifts"] == [{**gift, "codes": []}]
    done = (await ask(caller, CONFIRM, id=hold["id"]))["confirmRedemption"]["result"]
    assert done["gifts"] == [{**gift, "codes": ["SECRET-1"]}]
    [shown] = (await ask(caller, LIST))["pools"]["nodes"]
    assert (shown["freeCodes"], shown["givenCodes"]) == (0, 1)


async def test_a_page_of_pools_costs_the_same_whatever_its_size(project, statements):
    caller = await a_caller(project)
    for number in range(3):
        await made(caller, f"Pool {number}", "A")
    with statements.counted() as sent:
        await ask(caller, LIST)
    few = len(sent)
    for number in range(3, 20):
        await made(caller, f"Pool {number}", "A")
    with statements.counted() as sent:
        await ask(caller, LIST)
    assert len(sent) == few == 3


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_makes_and_fills_pools(project, kind):
    pool = await made(await a_caller(project))
    caller = await a_caller(project, kind)
    for document, variables in ((CREATE, {"name": "Mine"}), (ADD, {"pool": pool, "codes": ["A"]})):
        assert (await refusal(caller, document, **variables))[0] == "FORBIDDEN"
