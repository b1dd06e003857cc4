"""createCustomerToken: a storefront may act for one customer of the project, for a while."""

from datetime import timedelta

import pytest

from app import ids
from app.projects.admit import Caller, NotAdmitted, admit
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.projects.shop import SIGNER, a_customer, a_key

CREATE = """mutation ($input: CreateCustomerTokenInput!) { createCustomerToken(input: $input) {
  token expiresAt userErrors { path code message }
} }"""


@pytest.mark.parametrize("by", ["id", "sourceId"])
async def test_a_storefront_acts_for_the_customer_until_the_token_ends(project, by):
    caller, customer = await a_caller(project), await a_customer(project, "c-7")
    ref = {"id": ids.show(ids.CUSTOMER, customer)} if by == "id" else {"sourceId": "c-7"}
    made = (await ask(caller, CREATE, input={"customer": ref, "lives": "PT1H30M"}))["createCustomerToken"]
    token = made.pop("token")
    assert made == {"expiresAt": "2026-06-01T13:30:00Z", "userErrors": []}
    storefront = await a_key(project, KeyKind.STOREFRONT)
    bearer = f"Bearer {storefront.secret}"
    admitted = await admit(bearer, token, None, NOW + timedelta(minutes=89), SIGNER)
    assert isinstance(admitted, Caller)
    assert admitted.customer == customer
    late = await admit(bearer, token, None, NOW + timedelta(minutes=90), SIGNER)
    assert isinstance(late, NotAdmitted)
    assert late.code == "CUSTOMER_TOKEN_EXPIRED"


async def test_a_token_lives_a_quarter_of_an_hour_unless_told_otherwise(project):
    caller = await a_caller(project)
    await a_customer(project, "c-7")
    made = (await ask(caller, CREATE, input={"customer": {"sourceId": "c-7"}}))["createCustomerToken"]
    assert made["expiresAt"] == "2026-06-01T12:15:00Z"


@pytest.mark.parametrize(("lives", "code"), [("PT0S", "OUT_OF_RANGE"), ("P1DT1S", "OUT_OF_RANGE")])
async def test_a_token_lives_from_a_second_to_a_day(project, lives, code):
    caller = await a_caller(project)
    await a_customer(project, "c-7")
    given = {"customer": {"sourceId": "c-7"}, "lives": lives}
    made = (await ask(caller, CREATE, input=given))["createCustomerToken"]
    assert made["token"] is None
    assert [(fault["path"], fault["code"]) for fault in made["userErrors"]] == [(["input", "lives"], code)]


@pytest.mark.parametrize("lives", ["1h", "P1M", "PT", "P", "P1DT", "-PT5M", "", 900])
async def test_what_is_no_length_of_time_is_refused(project, lives):
    code, message = await refusal(
        await a_caller(project), CREATE, input={"customer": {"sourceId": "c-7"}, "lives": lives}
    )
    assert code == "BAD_USER_INPUT"
    assert message.endswith('A length of time is written in ISO 8601, such as "PT15M" or "P1DT12H".')


async def test_a_customer_of_another_project_is_not_found(project, another_project):
    caller, stranger = await a_caller(project), await a_customer(another_project, "c-7")
    for ref in ({"id": ids.show(ids.CUSTOMER, stranger)}, {"sourceId": "c-7"}):
        made = (await ask(caller, CREATE, input={"customer": ref}))["createCustomerToken"]
        assert made == {
            "token": None,
            "expiresAt": None,
            "userErrors": [
                {
                    "path": ["input", "customer"],
                    "code": "NOT_FOUND",
                    "message": "There is no such customer.",
                }
            ],
        }


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_makes_tokens(project, kind):
    await a_customer(project, "c-7")
    code, _ = await refusal(await a_caller(project, kind), CREATE, input={"customer": {"sourceId": "c-7"}})
    assert code == "FORBIDDEN"
