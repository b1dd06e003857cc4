"""viewer: every caller learns who it is and what it may do, and nothing about others."""

from datetime import timedelta

from app import ids
from app.problem import Problems
from app.projects.admit import Caller, admit
from app.projects.keys import create_key
from app.projects.tokens import create_customer_token
from app.projects.values import KeyDraft, KeyKind, KeyWithSecret
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.projects.shop import SIGNER, a_customer, a_key

VIEWER = """{ viewer {
  kind redemptionPoint customerId permissions createsProjects
  project { id name timeZone currency caseSensitiveCodes }
  apiKey { id kind name redemptionPoint origins createdAt expiresAt revokedAt }
} }"""
KEYS = """query ($first: Int, $after: Cursor) { viewer { project { apiKeys(first: $first, after: $after) {
  nodes { id name } totalCount pageInfo { hasNextPage endCursor }
} } } }"""


async def test_a_server_learns_all_about_itself(project):
    caller = await a_caller(project)
    assert await ask(caller, VIEWER) == {
        "viewer": {
            "kind": "SERVER",
            "redemptionPoint": None,
            "customerId": None,
            "permissions": [
                *["READ", "MANAGE", "VALIDATE", "REDEEM", "READ_OWN_REDEMPTIONS", "READ_OWN_WALLET"],
            ],
            "createsProjects": False,
            "project": {
                "id": ids.show(ids.PROJECT, project),
                "name": "Test shop",
                "timeZone": "Europe/Warsaw",
                "currency": "EUR",
                "caseSensitiveCodes": False,
            },
            "apiKey": {
                "id": ids.show(ids.API_KEY, caller.key),
                "kind": "SERVER",
                "name": "server key",
                "redemptionPoint": None,
                "origins": [],
                "createdAt": "2026-06-01T12:00:00Z",
                "expiresAt": None,
                "revokedAt": None,
            },
        }
    }


async def test_a_merchant_learns_its_redemption_point_and_its_few_permissions(project):
    caller = await a_caller(project, KeyKind.MERCHANT, redemption_point="till 7")
    viewer = (await ask(caller, "{ viewer { kind redemptionPoint permissions apiKey { prefix } } }"))[
        "viewer"
    ]
    assert viewer.pop("apiKey")["prefix"].startswith("tear_mk_")
    assert viewer == {
        "kind": "MERCHANT",
        "redemptionPoint": "till 7",
        "permissions": ["VALIDATE", "REDEEM", "READ_OWN_REDEMPTIONS"],
    }


async def test_a_storefront_with_a_token_learns_whose_it_is(project):
    server, customer = await a_key(project), await a_customer(project)
    storefront = await a_key(project, KeyKind.STOREFRONT)
    token = await create_customer_token(project, server.key.id, customer, timedelta(hours=1), NOW, SIGNER)
    assert not isinstance(token, Problems)
    caller = await admit(f"Bearer {storefront.secret}", token.token, None, NOW, SIGNER)
    assert isinstance(caller, Caller)
    assert await ask(caller, "{ viewer { kind customerId permissions } }") == {
        "viewer": {
            "kind": "STOREFRONT",
            "customerId": ids.show(ids.CUSTOMER, customer),
            "permissions": ["VALIDATE", "REDEEM", "READ_OWN_WALLET"],
        }
    }


async def test_asking_only_who_one_is_costs_no_statement(project, statements):
    caller = await a_caller(project)
    with statements.counted() as sent:
        await ask(caller, "{ viewer { kind permissions } }")
    assert sent == []


async def test_the_keys_of_the_project_are_paged_newest_first(project):
    caller = await a_caller(project)
    names = ["one", "two", "three"]
    for name in names:
        assert isinstance(await create_key(project, KeyDraft(KeyKind.SERVER, name), NOW), KeyWithSecret)
    first = (await ask(caller, KEYS, first=2))["viewer"]["project"]["apiKeys"]
    assert [key["name"] for key in first["nodes"]] == ["three", "two"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
    rest = (await ask(caller, KEYS, first=2, after=first["pageInfo"]["endCursor"]))["viewer"]["project"][
        "apiKeys"
    ]
    assert [key["name"] for key in rest["nodes"]] == ["one", "server key"]
    assert rest["pageInfo"]["hasNextPage"] is False


async def test_only_who_manages_sees_the_keys(project):
    for kind in (KeyKind.MERCHANT, KeyKind.STOREFRONT):
        caller = await a_caller(project, kind)
        code, message = await refusal(caller, KEYS)
        assert code == "FORBIDDEN"
        assert message == f"This {kind.lower()} key may not change campaigns, vouchers, customers and keys."


async def test_a_cursor_of_another_list_is_refused(project):
    code, _ = await refusal(await a_caller(project), KEYS, after="bm90aGluZw")
    assert code == "BAD_USER_INPUT"
