"""What the company notes of its customers, and how it sorts them, is not for their eyes: shoppers hear a plain no."""

import orjson
import pytest

from app.customers.recognise import upsert_customer
from app.customers.values import CustomerInput
from app.database import execute
from app.engine.comparison import Comparison, Operator
from app.engine.rules.any_of import AnyOf
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.in_segment import InSegment
from app.engine.rules.none_of import NoneOf
from app.ids import new_id
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, a_shopper, ask
from tests.graphql_schema.shop import a_cart
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, offer

pytestmark = pytest.mark.usefixtures("till")

VALIDATE = """
mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) {
  userErrors { message }
  evaluation { verdicts { reasons {
    code message subject expected { text } actual { text }
    alternatives { reasons { code message subject expected { text } actual { text } } } } } }
} }
"""


async def _secret_segment(project):
    segment = new_id()
    await execute(
        "INSERT INTO segments (id, project_id, name, description, version, created_at, updated_at)"
        " VALUES ($1, $2, 'SECRET', '', 1, $3, $3)",
        segment,
        project,
        NOW,
    )
    return segment


async def test_shoppers_hear_neither_what_is_noted_nor_what_was_wanted(project):
    ada = await a_customer(project)
    await upsert_customer(project, CustomerInput("ada", metadata={"risk": "SECRET-high"}), NOW)
    risk = CustomerMetadata("risk", Comparison(Operator.STARTS_WITH, ("SECRET",)))
    rules = {
        "SEGMENT": InSegment(await _secret_segment(project)),
        "METADATA": CustomerMetadata("risk", Comparison(Operator.IS, ("SECRET-low",))),
        "ADDRESS": CustomerAttribute(CustomerAttributes.EMAIL, Comparison(Operator.IS, ("SECRET@shop.pl",))),
        "NOT": NoneOf((risk,)),
        "EITHER": AnyOf((NoneOf((risk,)), CustomerMetadata("risk", Comparison(Operator.ABSENT)))),
    }
    for code, rule in rules.items():
        await a_voucher(project, await a_campaign(project, code, promise=offer(rule=rule)), code)
    for code in rules:
        asked = {"codes": [{"code": code}], "cart": a_cart()}
        to_server = await ask(
            await a_caller(project), VALIDATE, input={**asked, "customer": {"sourceId": "ada"}}
        )
        to_ada = await ask(await a_shopper(project, ada), VALIDATE, input=asked)
        for told, may_know in ((to_server, True), (to_ada, False)):
            text = orjson.dumps(told).decode()
            assert ("SECRET" in text or "risk" in text) is may_know, (code, text)
            assert (
                told["validateVouchers"]["evaluation"]["verdicts"][0]["reasons"][0]["code"]
                != "CODE_NOT_USABLE"
            )
