"""Founding: an organisation, its projects, and the first key to each."""

from uuid import UUID

import pytest

from app.database import fetchval
from app.ids import new_id
from app.problem import Problems
from app.projects.found import create_project, found_organisation
from app.projects.read import project_by_id
from app.projects.values import FoundedProject, KeyKind, Project, ProjectDraft
from tests.conftest import NOW
from tests.projects.shop import logged

DRAFT = ProjectDraft("Tea shop", "Asia/Tokyo", "JPY", case_sensitive_codes=True)


async def test_a_new_organisation_starts_with_a_project_and_a_key_that_creates_more(project: UUID) -> None:
    founded = await found_organisation("Tea company", DRAFT, NOW)
    assert isinstance(founded, FoundedProject)
    made = founded.project
    assert made == Project(made.id, made.organisation, "Tea shop", "Asia/Tokyo", "JPY", True, NOW)
    assert await project_by_id(made.id) == made
    key = founded.first_key.key
    assert (key.kind, key.name, key.creates_projects) == (KeyKind.SERVER, "First server key", True)
    assert founded.first_key.secret.startswith("tear_sk_")
    assert await logged(made.id) == [
        ("PROJECT_CREATED", {"project_id": made.id.hex, "name": "Tea shop"}),
        ("API_KEY_CREATED", {"key_id": key.id.hex, "name": "First server key", "kind": "SERVER"}),
    ]


async def test_a_further_project_stands_in_the_same_organisation(project: UUID) -> None:
    beside = await project_by_id(project)
    founded = await create_project(project, DRAFT, NOW)
    assert isinstance(founded, FoundedProject)
    assert beside is not None
    assert founded.project.organisation == beside.organisation
    assert founded.first_key.key.creates_projects is False
    assert await logged(project) == []


@pytest.mark.parametrize(
    ("draft", "path", "code"),
    [
        (ProjectDraft("", "UTC", "EUR"), "name", "REQUIRED"),
        (ProjectDraft("a\0b", "UTC", "EUR"), "name", "INVALID_TEXT"),
        (ProjectDraft("a", "Mars/Olympus", "EUR"), "time_zone", "UNKNOWN_TIME_ZONE"),
        (ProjectDraft("a", "UTC", "EURO"), "currency", "UNKNOWN_CURRENCY"),
        (ProjectDraft("a", "UTC", "XAU"), "currency", "UNKNOWN_CURRENCY"),
        (ProjectDraft("a", "UTC", "eur"), "currency", "UNKNOWN_CURRENCY"),
    ],
)
async def test_a_faulty_project_is_told_and_makes_nothing(
    project: UUID, draft: ProjectDraft, path: str, code: str
) -> None:
    refused = await create_project(project, draft, NOW)
    assert isinstance(refused, Problems)
    assert [(problem.path, problem.code) for problem in refused.all] == [((path,), code)]
    assert (
        await fetchval(
            "SELECT count(*) FROM projects WHERE organisation_id ="
            " (SELECT organisation_id FROM projects WHERE id = $1)",
            project,
        )
        == 1
    )


async def test_an_organisation_needs_a_name(project: UUID) -> None:
    refused = await found_organisation(" ", ProjectDraft("", "UTC", "EUR"), NOW)
    assert isinstance(refused, Problems)
    assert [problem.path for problem in refused.all] == [("organisation",), ("name",)]


async def test_beside_a_project_that_is_not_there_nothing_is_founded(project: UUID) -> None:
    assert await create_project(new_id(), DRAFT, NOW) == Problems.one(
        "", "NOT_FOUND", "There is no such project."
    )
