"""upsertCustomer: made when new, brought up to date when known, and safe to repeat."""

import pytest

from app import ids
from app.projects.values import KeyKind
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import everything, faults
from tests.redemptions.shop import a_customer

UPSERT = """mutation ($input: CustomerProfileInput!) { upsertCustomer(input: $input) {
  customer { id sourceId name email birthday metadata createdAt updatedAt } userErrors { path code message }
} }"""
ADA = {
    "sourceId": "ada",
    "name": "Ada",
    "email": "ada@example.com",
    "birthday": "1992-02-29",
    "metadata": {"tier": "gold"},
}


async def upsert(caller, **told):
    return (await ask(caller, UPSERT, input=told))["upsertCustomer"]


async def test_a_new_customer_is_made(project):
    answer = await upsert(await a_caller(project), **ADA)
    assert ids.read(answer["customer"].pop("id"))[0] == ids.CUSTOMER
    assert answer == {
        "customer": {**ADA, "createdAt": "2026-06-01T12:00:00Z", "updatedAt": "2026-06-01T12:00:00Z"},
        "userErrors": [],
    }


async def test_what_is_left_out_stays_and_null_empties(project):
    caller = await a_caller(project)
    first = (await upsert(caller, **ADA))["customer"]
    renamed = (await upsert(caller, sourceId="ada", name="Ada L."))["customer"]
    assert renamed == {**first, "name": "Ada L."}
    emptied = (await upsert(caller, sourceId="ada", email=None, birthday=None, metadata={}))["customer"]
    assert emptied == {**renamed, "email": None, "birthday": None, "metadata": {}}
    await upsert(caller, **ADA)
    nulled = (await upsert(caller, sourceId="ada", metadata=None))["customer"]
    assert nulled == {**first, "metadata": {}}


async def test_saying_the_same_again_changes_nothing(project):
    caller = await a_caller(project)
    first = await upsert(caller, **ADA)
    before = await everything(project)
    assert await upsert(caller, **ADA) == first
    assert await everything(project) == before


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"sourceId": ""}, "sourceId", "REQUIRED"),
        ({"sourceId": "x" * 201}, "sourceId", "TOO_LONG"),
        ({"sourceId": "a\0"}, "sourceId", "INVALID_TEXT"),
        ({"name": "x" * 201}, "name", "TOO_LONG"),
        ({"name": "\ud800"}, "name", "INVALID_TEXT"),
        ({"email": "x" * 255}, "email", "TOO_LONG"),
        ({"metadata": {str(n): n for n in range(51)}}, "metadata", "TOO_LONG"),
        ({"metadata": {"a\0": 1}}, "metadata", "INVALID_TEXT"),
    ],
)
async def test_faulty_input_changes_nothing(project, given, path, code):
    await a_customer(project)
    caller = await a_caller(project)
    before = await everything(project)
    answer = await upsert(caller, **{**ADA, **given})
    assert (answer["customer"], faults(answer)) == (None, [(path, code)])
    assert await everything(project) == before


@pytest.mark.parametrize("day", ["29.02.1992", "1991-02-29", "19920229", "1992-02-29T00:00:00Z", 1992])
async def test_a_day_that_is_none_is_refused(project, day):
    caller = await a_caller(project)
    before = await everything(project)
    code, message = await refusal(caller, UPSERT, input={**ADA, "birthday": day})
    assert code == "BAD_USER_INPUT"
    assert message.endswith('A date is written year, month, day, such as "1990-05-17".')
    assert await everything(project) == before


async def test_the_same_source_id_in_another_project_is_somebody_else(project, another_project):
    await a_customer(another_project)
    before = await everything(another_project)
    await upsert(await a_caller(project), **ADA)
    assert await everything(another_project) == before


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_changes_customers(project, kind):
    caller = await a_caller(project, kind)
    before = await everything(project)
    assert (await refusal(caller, UPSERT, input=ADA))[0] == "FORBIDDEN"
    assert await everything(project) == before
