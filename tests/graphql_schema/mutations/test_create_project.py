"""createProject: a second wall beside the first one, opened by a key of its own."""

from app.database import fetchval
from app.projects.admit import Caller, admit
from tests.conftest import NOW
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.projects.shop import SIGNER

CREATE = """mutation ($input: CreateProjectInput!) { createProject(input: $input) {
  project { id name timeZone currency caseSensitiveCodes createdAt }
  apiKey { kind name createsProjects } secret userErrors { path code message }
} }"""
SHOP = {"name": "Shop in Tokyo", "timeZone": "Asia/Tokyo", "currency": "JPY", "caseSensitiveCodes": True}


async def _projects_beside(project) -> int:
    count: int = await fetchval(
        "SELECT count(*) FROM projects WHERE organisation_id = (SELECT organisation_id FROM projects WHERE id = $1)",
        project,
    )
    return count


async def test_the_new_project_is_opened_by_its_first_key(project):
    made = (await ask(await a_caller(project, creates_projects=True), CREATE, input=SHOP))["createProject"]
    new_id = made["project"].pop("id")
    assert new_id.startswith("proj_")
    secret = made.pop("secret")
    assert made == {
        "project": {**SHOP, "createdAt": "2026-06-01T12:00:00Z"},
        "apiKey": {"kind": "SERVER", "name": "First server key", "createsProjects": False},
        "userErrors": [],
    }
    caller = await admit(f"Bearer {secret}", None, None, NOW, SIGNER)
    assert isinstance(caller, Caller)
    assert caller.project != project
    assert await ask(caller, "{ viewer { project { id name } } }") == {
        "viewer": {"project": {"id": new_id, "name": "Shop in Tokyo"}}
    }


async def test_faulty_input_creates_nothing(project):
    caller = await a_caller(project, creates_projects=True)
    answer = await ask(caller, CREATE, input={"name": "", "timeZone": "Mars/Base", "currency": "EUR"})
    assert answer == {
        "createProject": {
            "project": None,
            "apiKey": None,
            "secret": None,
            "userErrors": [
                {"path": ["input", "name"], "code": "REQUIRED", "message": "The text may not be empty."},
                {
                    "path": ["input", "timeZone"],
                    "code": "UNKNOWN_TIME_ZONE",
                    "message": "'Mars/Base' is not an IANA time zone.",
                },
            ],
        }
    }
    assert await _projects_beside(project) == 1


async def test_a_key_that_may_not_create_projects_is_refused(project):
    code, message = await refusal(await a_caller(project), CREATE, input=SHOP)
    assert (code, message) == ("FORBIDDEN", "This key may not create projects.")
    assert await _projects_beside(project) == 1


async def test_the_keys_of_the_new_project_are_not_shown_over_the_wall(project):
    caller = await a_caller(project, creates_projects=True)
    document = """mutation ($input: CreateProjectInput!) { createProject(input: $input) {
      project { apiKeys { totalCount } }
    } }"""
    code, _ = await refusal(caller, document, input=SHOP)
    assert code == "FORBIDDEN"
