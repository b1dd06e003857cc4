"""validateVouchersBatch: many questions, two statements, and none sees what another would use."""

import pytest

from app.projects.values import KeyKind
from tests.conftest import Statements
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import a_cart, a_request, everything
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

BATCH = """mutation ($input: ValidateVouchersBatchInput!) { validateVouchersBatch(input: $input) {
  results {
    evaluation { granted discount { amount } verdicts { reasons { code } } }
    userErrors { path code }
  }
  userErrors { path code message }
} }"""


async def validate_batch(caller, *questions):
    return (await ask(caller, BATCH, input={"validations": list(questions)}))["validateVouchersBatch"]


def answered(result):
    """Discount, reasons or faults of one answer."""
    if result["evaluation"] is None:
        return [fault["code"] for fault in result["userErrors"]]
    reasons = [
        reason["code"] for verdict in result["evaluation"]["verdicts"] for reason in verdict["reasons"]
    ]
    return reasons or result["evaluation"]["discount"]["amount"]


async def test_each_question_gets_its_own_answer_in_order(project):
    await a_voucher(project, await a_campaign(project), "SUMMER", max_redemptions=1)
    caller = await a_caller(project)
    before = await everything(project)
    answer = await validate_batch(
        caller,
        a_request("SUMMER"),
        a_request("NOSUCH"),
        a_request("SUMMER", cart=a_cart("1.234")),
        a_request("SUMMER"),
    )
    assert answer["userErrors"] == []
    # The one use that is left is promised to both: a question takes nothing away.
    assert [answered(one) for one in answer["results"]] == [
        "5.00",
        ["CODE_NOT_FOUND"],
        ["INVALID_MONEY"],
        "5.00",
    ]
    [fault] = answer["results"][2]["userErrors"]
    assert fault["path"] == ["input", "validations", "2", "cart", "lines", "0", "unitPrice"]
    assert await everything(project) == before


async def test_a_hundred_questions_of_different_customers_cost_two_statements(
    project, statements: Statements
):
    campaign = await a_campaign(project, promise=offer(per_customer=1))
    await a_voucher(project, campaign, "SUMMER")
    for n in range(5):
        await a_customer(project, f"customer {n}")
    caller = await a_caller(project)
    questions = [a_request("SUMMER", customer={"sourceId": f"customer {n % 7}"}) for n in range(100)]
    with statements.counted() as sent:
        answer = await validate_batch(caller, *questions)
    assert [answered(one) for one in answer["results"]] == ["5.00"] * 100
    assert len(sent) == 2


async def test_a_batch_with_nothing_but_faults_asks_the_database_nothing(project, statements: Statements):
    caller = await a_caller(project)
    with statements.counted() as sent:
        answer = await validate_batch(caller, *[a_request(promotions=False)] * 2)
    assert [answered(one) for one in answer["results"]] == [["NO_CODES"], ["NO_CODES"]]
    assert sent == []


@pytest.mark.parametrize(("size", "code"), [(0, "EMPTY_BATCH"), (501, "TOO_MANY_ITEMS")])
async def test_a_batch_of_a_wrong_size_is_refused_as_a_whole(project, size, code):
    answer = await validate_batch(await a_caller(project), *[a_request("SUMMER")] * size)
    assert answer["results"] == []
    assert [(fault["path"], fault["code"]) for fault in answer["userErrors"]] == [
        (["input", "validations"], code)
    ]


async def test_a_storefront_may_not(project):
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    given = {"validations": [a_request("SUMMER")]}
    assert await refusal(storefront, BATCH, input=given) == (
        "FORBIDDEN",
        "Batches are for server and merchant keys.",
    )
