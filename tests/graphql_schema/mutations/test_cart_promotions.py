"""Cart promotions over the API: created, launched, seen in every answer, and stopped."""

import pytest

from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import a_request, faults

pytestmark = pytest.mark.usefixtures("till")

CREATE = """mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) {
  campaign { id name kind vouchers { nodes { id code kind } } } userErrors { path code message }
} }"""
LAUNCH = """mutation ($campaign: CampaignRef!) { launchCampaign(input: {campaign: $campaign}) {
  campaign { state } userErrors { path code message }
} }"""
VALIDATE = """mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) {
  evaluation { granted verdicts { code automatic granted skipped discount { amount } voucher { kind } } }
  userErrors { path code message }
} }"""
REDEEM = """mutation ($input: RedeemVouchersInput!) { redeemVouchers(input: $input) {
  result { ... on Redemption { vouchers { code discount { amount } voucher { kind } campaign { kind } } } }
  userErrors { path code message }
} }"""
SUMMER = {
    "name": "Summer",
    "kind": "CART_PROMOTION",
    "offer": {"reward": {"amountOff": {"amount": {"amount": "5", "currency": "EUR"}}}},
}


async def launched(caller):
    made = (await ask(caller, CREATE, input=SUMMER))["createCampaign"]
    assert made["userErrors"] == []
    answer = (await ask(caller, LAUNCH, campaign={"name": "Summer"}))["launchCampaign"]
    assert answer["campaign"] == {"state": "LIVE"}
    return made["campaign"]


async def test_a_promotion_is_created_with_its_kind_and_takes_part_once_it_is_live(project):
    caller = await a_caller(project)
    made = await launched(caller)
    [voucher] = made["vouchers"]["nodes"]
    assert (made["kind"], voucher["kind"]) == ("CART_PROMOTION", "PROMOTION")
    evaluation = (await ask(caller, VALIDATE, input=a_request()))["validateVouchers"]["evaluation"]
    assert evaluation == {
        "granted": True,
        "verdicts": [
            {
                "code": "Summer",
                "automatic": True,
                "granted": True,
                "skipped": False,
                "discount": {"amount": "5.00"},
                "voucher": {"kind": "PROMOTION"},
            }
        ],
    }
    given = a_request(idempotencyKey="order 1")
    assert (await ask(caller, REDEEM, input=given))["redeemVouchers"]["result"] == {
        "vouchers": [
            {
                "code": "Summer",
                "discount": {"amount": "5.00"},
                "voucher": {"kind": "PROMOTION"},
                "campaign": {"kind": "CART_PROMOTION"},
            }
        ]
    }


async def test_a_promotion_whose_voucher_is_disabled_takes_part_no_more(project):
    caller = await a_caller(project)
    [voucher] = (await launched(caller))["vouchers"]["nodes"]
    disable = "mutation ($id: ID!) { disableVoucher(input: {voucher: {id: $id}}) { voucher { enabled } } }"
    await ask(caller, disable, id=voucher["id"])
    assert (await ask(caller, VALIDATE, input=a_request()))["validateVouchers"]["evaluation"] == {
        "granted": True,
        "verdicts": [],
    }
    answer = (await ask(caller, REDEEM, input=a_request(idempotencyKey="order 1")))["redeemVouchers"]
    assert (answer["result"], faults(answer)) == (None, [("codes", "NOTHING_APPLIES")])


async def test_a_request_may_leave_promotions_out(project):
    caller = await a_caller(project)
    await launched(caller)
    answer = (await ask(caller, VALIDATE, input=a_request("NOPE", promotions=False)))["validateVouchers"]
    assert [verdict["code"] for verdict in answer["evaluation"]["verdicts"]] == ["NOPE"]


async def test_promotions_and_campaigns_with_codes_are_listed_apart(project):
    caller = await a_caller(project)
    await launched(caller)
    await ask(caller, CREATE, input={"name": "Codes"})
    query = "query ($kind: CampaignKind!) { campaigns(filter: {kind: $kind}) { nodes { name kind } } }"
    for kind, name in (("CART_PROMOTION", "Summer"), ("COUPONS", "Codes")):
        found = (await ask(caller, query, kind=kind))["campaigns"]["nodes"]
        assert found == [{"name": name, "kind": kind}]
