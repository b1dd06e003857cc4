"""What an operation costs in SQL statements: pinned, and the same for five rows as for fifty."""

import pytest

from app import ids
from app.engine.rules.first_purchase import FirstPurchase
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import VALIDATE, a_cart, a_request, shown
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, offer, rush

TREE = """query ($first: Int) { campaigns(first: $first, filter: {isMain: true}) { nodes {
  name redemptionCount
  campaigns(first: 2) { nodes {
    name mainCampaign { name } redemptionCount remainingRedemptions
    vouchers(first: 2) { nodes {
      code holder { sourceId } redemptionCount remainingRedemptions
      redemptions(first: 2) { nodes { discount { amount } customer { sourceId } } }
      rejectedRedemptions(first: 2) { nodes { channel } }
    } }
    redemptions(first: 2) { nodes { channel customer { sourceId } } }
    rejectedRedemptions(first: 2) { nodes { channel } }
  } }
} } }"""
# mains, their usage, subs, their usage, the mains of subs; vouchers, redemptions and refusals of subs;
# usage, redemptions and refusals of vouchers; all customers at once
TREE_COSTS = 12

WALLET = """query ($cart: CartInput, $first: Int) { wallet(customer: {sourceId: "ada"}, cart: $cart) {
  customer { name }
  vouchers(first: $first) { nodes {
    state worth { amount } remainingRedemptions reasons { code } voucher { code campaign { name } }
  } }
} }"""
# the customer by source id and by id; a page of holdings; offers; counters; holds; vouchers; campaigns
WALLET_COSTS = 8

REDEMPTIONS = """query ($first: Int) { redemptions(first: $first) { nodes {
  discount { amount } customer { sourceId } vouchers { code voucher { code } campaign { name } }
} } }"""
REDEMPTIONS_COST = 4  # a page; vouchers; campaigns; customers

REJECTED = """query ($first: Int) { rejectedRedemptions(first: $first) { nodes {
  reasons { code } customer { sourceId } codes { code voucher { code } campaign { name } }
} } }"""

EVERYTHING_COUNTED = """query ($first: Int) { campaigns(first: $first, filter: {isMain: true}) { %s nodes {
  campaigns(first: 2) { %s nodes { vouchers(first: 2) { %s nodes { code } } } }
} } }"""


@pytest.fixture
async def fifty(project, till: Till):
    """Fifty main campaigns, each with a sub-campaign, a code, its holder, a redemption and a refusal of its own.

    Ada holds fifty codes of fifty further campaigns.
    """
    ada = await a_customer(project)
    for n in range(50):
        main, shopper = (
            await a_campaign(project, f"Main {n}", is_main=True),
            await a_customer(project, f"c-{n}"),
        )
        promise = offer(per_voucher=2, per_campaign=9)
        campaign = await a_campaign(project, f"Sub {n}", main_id=main, promise=promise)
        held = await a_campaign(project, f"Held {n}", promise=offer(rule=FirstPurchase(), per_customer=1))
        await a_voucher(project, campaign, f"CODE-{n}", holder_id=shopper, published_at=NOW)
        await a_voucher(project, held, f"ADAS-{n}", holder_id=ada, published_at=NOW)
    for step in (0, 1):  # everybody with their own code, then with their neighbour's
        people = [CustomerRef(source_id=f"c-{(n + step) % 50}") for n in range(50)]
        await rush([till], [asking(project, f"CODE-{n}", customer=who) for n, who in enumerate(people)])
    return await a_caller(project)


async def cost(statements, caller, document: str, **variables) -> tuple[int, str]:
    """How many statements an operation took, and its answer as text."""
    with statements.counted() as sent:
        answer = await ask(caller, document, **variables)
    return len(sent), str(answer)


@pytest.mark.parametrize(
    ("document", "expected", "sign"),
    [
        (TREE, TREE_COSTS, "'redemptionCount': 1"),
        (WALLET, WALLET_COSTS, "'state': 'USABLE'"),
        (REDEMPTIONS, REDEMPTIONS_COST, "'sourceId': 'c-"),
        (REJECTED, REDEMPTIONS_COST, "HELD_BY_ANOTHER_CUSTOMER"),
    ],
    ids=["tree", "wallet", "redemptions", "rejected"],
)
async def test_fifty_rows_cost_as_many_statements_as_five(fifty, statements, document, expected, sign):
    variables = {"cart": a_cart()} if document is WALLET else {}
    for rows in (5, 50):
        took, answer = await cost(statements, fifty, document, first=rows, **variables)
        assert answer.count(sign) >= rows
        assert took == expected, rows


async def test_counting_a_list_costs_one_statement_more(fifty, statements):
    counted, previous = ["", "", ""], 3
    for place in range(3):
        counted[place] = "totalCount"
        took, _ = await cost(statements, fifty, EVERYTHING_COUNTED % tuple(counted), first=50)
        assert took == previous + 1
        previous = took


async def test_a_validation_takes_two_statements_however_many_codes_and_lines(fifty, statements):
    took, answer = await cost(
        statements,
        fifty,
        VALIDATE.replace("voucher { code } campaign { name }", ""),
        input=a_request(
            *(f"ADAS-{n}" for n in range(30)), customer={"sourceId": "ada"}, cart=a_cart(*["4.50"] * 200)
        ),
    )
    assert (took, answer.count("'granted': True")) == (2, 31)


async def test_a_thing_by_its_id_takes_one_statement(project, statements):
    id_, caller = shown(ids.CAMPAIGN, await a_campaign(project)), await a_caller(project)
    took, _ = await cost(statements, caller, "query ($id: ID!) { node(id: $id) { id } }", id=id_)
    assert took == 1
