"""createApiKey: the secret is shown once, and opens only the caller's own project."""

import pytest

from app.database import fetchval
from app.projects.admit import Caller, admit
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.projects.shop import SIGNER

CREATE = """mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) {
  apiKey { kind name prefix redemptionPoint origins createsProjects createdAt expiresAt revokedAt }
  secret userErrors { path code message }
} }"""


async def _keys(project) -> int:
    count: int = await fetchval("SELECT count(*) FROM api_keys WHERE project_id = $1", project)
    return count


async def test_a_storefront_key_is_made_and_its_secret_shown_once(project):
    caller = await a_caller(project)
    made = (
        await ask(
            caller,
            CREATE,
            input={
                "kind": "STOREFRONT",
                "name": "Web shop",
                "origins": ["https://Shop.example:443"],
                "expiresAt": "2027-01-01T00:00:00+01:00",
            },
        )
    )["createApiKey"]
    secret = made["secret"]
    assert made == {
        "apiKey": {
            "kind": "STOREFRONT",
            "name": "Web shop",
            "prefix": secret[:12],
            "redemptionPoint": None,
            "origins": ["https://shop.example"],
            "createsProjects": False,
            "createdAt": "2026-06-01T12:00:00Z",
            "expiresAt": "2026-12-31T23:00:00Z",
            "revokedAt": None,
        },
        "secret": secret,
        "userErrors": [],
    }
    admitted = await admit(f"Bearer {secret}", None, "https://shop.example", NOW, SIGNER)
    assert isinstance(admitted, Caller)
    assert (admitted.project, admitted.kind) == (project, KeyKind.STOREFRONT)


@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"kind": "SERVER", "name": " "}, ["input", "name"], "REQUIRED"),
        ({"kind": "MERCHANT", "name": "Till"}, ["input", "redemptionPoint"], "REQUIRED"),
        (
            {"kind": "STOREFRONT", "name": "Web", "origins": ["https://a.example", "shop"]},
            ["input", "origins", "1"],
            "INVALID_ORIGIN",
        ),
        (
            {"kind": "SERVER", "name": "Old", "expiresAt": "2026-06-01T12:00:00Z"},
            ["input", "expiresAt"],
            "INVALID_TIME",
        ),
        (
            {"kind": "SERVER", "name": "Founder", "createsProjects": True},
            ["input", "createsProjects"],
            "NOT_ALLOWED",
        ),
    ],
)
async def test_faulty_input_makes_no_key(project, given, path, code):
    caller = await a_caller(project)
    answer = (await ask(caller, CREATE, input=given))["createApiKey"]
    assert (answer["apiKey"], answer["secret"]) == (None, None)
    assert [(fault["path"], fault["code"]) for fault in answer["userErrors"]] == [(path, code)]
    assert await _keys(project) == 1


async def test_a_key_that_creates_projects_can_make_another_one(project):
    caller = await a_caller(project, creates_projects=True)
    given = {"kind": "SERVER", "name": "Founder", "createsProjects": True}
    assert (await ask(caller, CREATE, input=given))["createApiKey"]["apiKey"]["createsProjects"] is True


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_makes_keys(project, kind):
    caller = await a_caller(project, kind)
    code, _ = await refusal(caller, CREATE, input={"kind": "SERVER", "name": "Mine"})
    assert code == "FORBIDDEN"
    assert await _keys(project) == 1
