"""revokeApiKey: a key of the own project ends at once; keys behind other walls cannot be reached."""

import pytest

from app import ids
from app.projects.admit import NotAdmitted, admit
from app.projects.values import KeyKind
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.projects.shop import SIGNER, a_key

REVOKE = """mutation ($id: ID!) { revokeApiKey(input: {id: $id}) {
  apiKey { id revokedAt } userErrors { path code message }
} }"""


async def test_a_revoked_key_is_refused_from_the_next_request_on(project):
    caller, key = await a_caller(project), await a_key(project, KeyKind.STOREFRONT)
    shown = ids.show(ids.API_KEY, key.key.id)
    revoked = {"apiKey": {"id": shown, "revokedAt": "2026-06-01T12:00:00Z"}, "userErrors": []}
    assert await ask(caller, REVOKE, id=shown) == {"revokeApiKey": revoked}
    refused = await admit(f"Bearer {key.secret}", None, None, NOW, SIGNER)
    assert isinstance(refused, NotAdmitted)
    assert refused.code == "KEY_REVOKED"
    assert await ask(caller, REVOKE, id=shown) == {"revokeApiKey": revoked}


async def test_a_key_of_another_project_is_not_found_and_stays(project, another_project):
    caller, foreign = await a_caller(project), await a_key(another_project)
    answer = await ask(caller, REVOKE, id=ids.show(ids.API_KEY, foreign.key.id))
    assert answer == {
        "revokeApiKey": {
            "apiKey": None,
            "userErrors": [
                {"path": ["input", "id"], "code": "NOT_FOUND", "message": "There is no such key."}
            ],
        }
    }
    assert not isinstance(await admit(f"Bearer {foreign.secret}", None, None, NOW, SIGNER), NotAdmitted)


async def test_an_id_of_something_else_is_refused(project):
    answer = await ask(await a_caller(project), REVOKE, id=ids.show(ids.CAMPAIGN, project))
    assert answer["revokeApiKey"]["userErrors"] == [
        {
            "path": ["input", "id"],
            "code": "INVALID_ID",
            "message": "An id that starts with key_ is expected here.",
        }
    ]


@pytest.mark.parametrize("kind", [KeyKind.MERCHANT, KeyKind.STOREFRONT])
async def test_only_who_manages_revokes_keys(project, kind):
    caller, key = await a_caller(project, kind), await a_key(project)
    code, _ = await refusal(caller, REVOKE, id=ids.show(ids.API_KEY, key.key.id))
    assert code == "FORBIDDEN"
    assert not isinstance(await admit(f"Bearer {key.secret}", None, None, NOW, SIGNER), NotAdmitted)
