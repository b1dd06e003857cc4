"""redeemVouchers: each project, merchant and shopper redeems its own and nothing else."""

import pytest

from app import ids
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, a_shopper, ask, refusal
from tests.graphql_schema.shop import (
    REDEEM,
    a_request,
    everything,
    faults,
    reasons_of,
    redeem,
    shown,
)
from tests.redemptions.shop import (
    Tally,
    a_campaign,
    a_customer,
    a_voucher,
    tally,
)

pytestmark = pytest.mark.usefixtures("till")


async def test_a_code_of_another_project_is_no_code_and_stays_untouched(project, another_project):
    await a_voucher(another_project, await a_campaign(another_project), "THEIRS")
    before = await everything(another_project)
    result = (await redeem(await a_caller(project), "THEIRS"))["result"]
    assert reasons_of(result) == ["CODE_NOT_FOUND"]
    assert await everything(another_project) == before


async def test_a_customer_of_another_project_is_nobody_here(project, another_project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    stranger = await a_customer(another_project)
    answer = await redeem(await a_caller(project), "SUMMER", customer={"id": shown(ids.CUSTOMER, stranger)})
    assert faults(answer) == [("customer", "NOT_FOUND")]
    assert await tally(project) == Tally(redemptions=0, rejected=0, uses=0, keys=0, events=0)


async def test_a_merchant_redeems_at_its_own_redemption_point_only(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    merchant = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7")
    elsewhere = await redeem(merchant, "SUMMER", redemptionPoint="till 8")
    assert faults(elsewhere) == [("redemptionPoint", "REDEMPTION_POINT_OF_KEY")]
    assert (await redeem(merchant, "SUMMER"))["result"]["redemptionPoint"] == "till 7"


async def test_a_storefront_redeems_for_the_customer_of_its_token(project):
    ada = await a_customer(project)
    await a_voucher(project, await a_campaign(project), "MINE", holder_id=ada)
    shopper = await a_shopper(project, ada)
    other = await redeem(shopper, "MINE", customer={"upsert": {"sourceId": "bob"}})
    assert faults(other) == [("customer", "CUSTOMER_COMES_FROM_TOKEN")]
    given = a_request("MINE", idempotencyKey="1")
    document = """mutation ($input: RedeemVouchersInput!) { redeemVouchers(input: $input) {
      result { ... on Redemption { customer { sourceId } discount { amount } } }
    } }"""
    assert (await ask(shopper, document, input=given))["redeemVouchers"]["result"] == {
        "customer": {"sourceId": "ada"},
        "discount": {"amount": "5.00"},
    }


async def test_a_storefront_alone_redeems_nothing(project):
    await a_voucher(project, await a_campaign(project), "SUMMER")
    storefront = await a_caller(project, KeyKind.STOREFRONT)
    before = await everything(project)
    answer = await refusal(storefront, REDEEM, input=a_request("SUMMER", idempotencyKey="1"))
    assert answer == ("FORBIDDEN", "This storefront key may not redeem vouchers.")
    assert await everything(project) == before
