"""What the company notes of its customers, and how it sorts them, is not for their eyes: shoppers hear a plain no."""

from dataclasses import replace

import orjson
import pytest

from app.customers.recognise import upsert_customer
from app.customers.values import CustomerInput
from app.database import execute
from app.engine.comparison import Comparison, Operator
from app.engine.rewards.formula import Formula
from app.engine.rules.any_of import AnyOf
from app.engine.rules.customer_attribute import CustomerAttribute, CustomerAttributes
from app.engine.rules.customer_metadata import CustomerMetadata
from app.engine.rules.expression import Expression
from app.engine.rules.in_segment import InSegment
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.none_of import NoneOf
from app.ids import new_id
from tests.conftest import NOW
from tests.engine.shop import eur
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


OFFERED = """
mutation ($input: ValidateVouchersInput!) { validateVouchers(input: $input) { evaluation { verdicts {
  granted campaign { name offer {
    rule { ... on NoneOf { rules { ... on CustomerMetadata { key comparison { values } } } }
    ... on Expression { expression } ... on InSegment { segment } ... on MinimumSpend { amount { amount } } }
    reward { ... on Formula { formula } ... on PercentOff { percent } } } }
} } } }
"""


async def test_shoppers_do_not_see_of_what_such_an_offer_is_made(project):
    ada = await a_customer(project)
    await upsert_customer(project, CustomerInput("ada", metadata={"risk": "low"}), NOW)
    formula = Formula("cart.subtotal * (customer.metadata.risk == 'SECRET' ? 0.0 : 0.1)", eur("1.00"))
    promises = {
        "NOTE": offer(rule=NoneOf((CustomerMetadata("risk", Comparison(Operator.IS, ("SECRET",))),))),
        "EXPRESSION": offer(rule=Expression("customer.metadata.risk != 'SECRET'")),
        "FORMULA": replace(offer(), reward=formula),
        "PLAIN": offer(rule=MinimumSpend(eur("5.00"))),
    }
    for code, promise in promises.items():
        await a_voucher(project, await a_campaign(project, code, promise=promise), code)
    for code in promises:
        asked = {"codes": [{"code": code}], "cart": a_cart()}
        to_server = await ask(
            await a_caller(project), OFFERED, input={**asked, "customer": {"sourceId": "ada"}}
        )
        to_ada = await ask(await a_shopper(project, ada), OFFERED, input=asked)
        [known], [told] = (each["validateVouchers"]["evaluation"]["verdicts"] for each in (to_server, to_ada))
        assert (known["granted"], told["granted"]) == (True, True)
        if code == "PLAIN":
            assert told["campaign"] == known["campaign"]
            assert told["campaign"]["offer"]["rule"] == {"amount": {"amount": "5.00"}}
        else:
            assert "SECRET" in orjson.dumps(known["campaign"]).decode()
            assert told["campaign"] == {"name": known["campaign"]["name"], "offer": None}
