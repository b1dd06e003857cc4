"""What counts as a validation: validateVouchers and its batch do, and nothing else that asks what codes would give."""

import pytest

from app.redemptions.validation_counts import ValidationCounts
from tests.events.conftest import eventually
from tests.graphql_schema.asking import PROCESS, a_caller, ask
from tests.graphql_schema.shop import a_cart
from tests.redemptions.shop import a_campaign, a_customer, a_voucher

VALIDATE = """mutation ($input: ValidateVouchersInput!) {
  validateVouchers(input: $input) { evaluation { granted } userErrors { code } }
}"""
BATCH = """mutation ($input: ValidateVouchersBatchInput!) {
  validateVouchersBatch(input: $input) { results { evaluation { granted } userErrors { code } } }
}"""
OTHERS = """query ($cart: CartInput!, $codes: [CodeInput!]!) {
  offers(cart: $cart, includeUnlisted: true) { code }
  bestCombination(cart: $cart, codes: $codes) { codes }
  wallet(customer: { sourceId: "ada" }, cart: $cart) { vouchers { nodes { voucher { code } } } }
}"""
EVENTS = "{ events(first: 100, kinds: [VALIDATIONS_COUNTED]) { nodes { kind details } } }"


@pytest.fixture
def counts(monkeypatch):
    """The counts of the process, which a test tells the log itself."""
    own = ValidationCounts()
    monkeypatch.setattr(PROCESS, "validations", own)
    return own


async def told(caller):
    """Of, granted and rejected of each row that the log tells."""
    events = (await ask(caller, EVENTS))["events"]["nodes"]
    return [
        (row["of"], row["channel"], row["granted"], row["rejected"])
        for event in events
        for row in event["details"]["counts"]
    ]


async def test_orders_and_codes_that_were_validated_are_told_by_events(project, counts):
    caller = await a_caller(project)
    await a_voucher(project, await a_campaign(project), "SUMMER")
    good = {"codes": [{"code": "SUMMER"}], "cart": a_cart(), "channel": "web"}
    answer = (await ask(caller, VALIDATE, input=good))["validateVouchers"]
    assert answer == {"evaluation": {"granted": True}, "userErrors": []}
    bad = {**good, "codes": [{"code": "NOSUCH"}]}
    faulty = {**good, "codes": [{"code": " "}]}
    results = (await ask(caller, BATCH, input={"validations": [good, faulty, bad]}))["validateVouchersBatch"]
    assert [one["evaluation"] for one in results["results"]] == [{"granted": True}, None, {"granted": False}]
    await counts.flush()

    async def is_settled() -> bool:
        return bool(await told(caller))

    await eventually(is_settled)
    assert await told(caller) == [
        ("ORDER", "web", 2, 1),
        ("CODE", "web", 2, 0),
        ("CODE", "web", 0, 1),
    ]


async def test_faulty_questions_and_whoever_only_looks_count_nothing(project, counts):
    caller = await a_caller(project)
    await a_voucher(project, await a_campaign(project, is_listed=True), "SUMMER")
    await a_voucher(project, await a_campaign(project, "Hers"), "ADAS", holder_id=await a_customer(project))
    faulty = {"codes": [{"code": " "}], "cart": a_cart()}
    assert (await ask(caller, VALIDATE, input=faulty))["validateVouchers"]["evaluation"] is None
    found = await ask(caller, OTHERS, cart=a_cart(), codes=[{"code": "SUMMER"}])
    assert found["bestCombination"] == {"codes": ["SUMMER"]}
    await counts.flush()
    assert await told(caller) == []
