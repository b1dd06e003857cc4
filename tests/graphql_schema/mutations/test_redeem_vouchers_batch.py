"""redeemVouchersBatch: every redemption gets its own answer, in order, and the whole may be sent again."""

import pytest

from app.database import fetchval
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.shop import a_cart, a_request, everything
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

pytestmark = pytest.mark.usefixtures("till")

BATCH = """mutation ($input: RedeemVouchersBatchInput!) { redeemVouchersBatch(input: $input) {
  results {
    replayed
    result { __typename ... on RejectedRedemption { reasons { code } } }
    userErrors { path code }
  }
  userErrors { path code message }
} }"""


def an_order(number: int, *codes: str, **more):
    return a_request(*codes, idempotencyKey=f"order {number}", **more)


async def redeem_batch(caller, *orders):
    return (await ask(caller, BATCH, input={"redemptions": list(orders)}))["redeemVouchersBatch"]


def outcome(result) -> str:
    """What became of one redemption: its kind, its reasons or its fault."""
    if result["userErrors"]:
        return result["userErrors"][0]["code"]
    reasons = [reason["code"] for reason in result["result"].get("reasons", [])]
    return reasons[0] if reasons else result["result"]["__typename"]


async def test_granted_rejected_and_faulty_ones_stand_side_by_side(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    answer = await redeem_batch(
        await a_caller(project),
        an_order(1, "SUMMER"),
        an_order(2, "NOSUCH"),
        an_order(3, "SUMMER", cart=a_cart("1.234")),
        an_order(4, "SUMMER"),
    )
    assert answer["userErrors"] == []
    kinds = ["Redemption", "CODE_NOT_FOUND", "INVALID_MONEY", "Redemption"]
    assert [outcome(result) for result in answer["results"]] == kinds
    [fault] = answer["results"][2]["userErrors"]
    assert fault["path"] == ["input", "redemptions", "2", "cart", "lines", "0", "unitPrice"]


async def test_a_limit_serves_them_in_the_order_given(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=3)
    answer = await redeem_batch(await a_caller(project), *(an_order(n, "SUMMER") for n in range(5)))
    assert [outcome(result) for result in answer["results"]] == [
        *["Redemption"] * 3,
        *["VOUCHER_LIMIT_REACHED"] * 2,
    ]


async def test_five_hundred_are_settled_in_few_transactions(project, till):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    before = till.batches
    answer = await redeem_batch(await a_caller(project), *(an_order(n, "SUMMER") for n in range(500)))
    assert {outcome(result) for result in answer["results"]} == {"Redemption"}
    assert await fetchval("SELECT count(*) FROM redemptions WHERE project_id = $1", project) == 500
    assert till.batches - before <= 3


async def test_a_batch_sent_again_gets_the_same_answers_and_changes_nothing(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=1)
    caller, orders = await a_caller(project), [an_order(n, "SUMMER") for n in range(2)]
    first = await redeem_batch(caller, *orders)
    before = await everything(project)
    again = await redeem_batch(caller, *orders)
    assert [result["replayed"] for result in first["results"]] == [False, False]
    assert [result["replayed"] for result in again["results"]] == [True, True]
    assert [outcome(result) for result in again["results"]] == ["Redemption", "VOUCHER_LIMIT_REACHED"]
    assert await everything(project) == before


@pytest.mark.parametrize(("size", "code"), [(0, "EMPTY_BATCH"), (501, "TOO_MANY_ITEMS")])
async def test_a_batch_of_a_wrong_size_is_refused_as_a_whole(project, size, code):
    caller = await a_caller(project)
    before = await everything(project)
    answer = await redeem_batch(caller, *(an_order(n, "SUMMER") for n in range(size)))
    assert answer["results"] == []
    assert [(fault["path"], fault["code"]) for fault in answer["userErrors"]] == [
        (["input", "redemptions"], code)
    ]
    assert await everything(project) == before


async def test_a_merchant_may_and_a_shopper_may_not(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    merchant = await a_caller(project, KeyKind.MERCHANT)
    [result] = (await redeem_batch(merchant, an_order(1, "SUMMER")))["results"]
    assert outcome(result) == "Redemption"
    shopper = await a_shopper(project, await a_customer(project))
    given = {"redemptions": [an_order(2, "SUMMER")]}
    assert await refusal(shopper, BATCH, input=given) == (
        "FORBIDDEN",
        "Batches are for server and merchant keys.",
    )
