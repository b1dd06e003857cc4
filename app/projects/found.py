"""Founding: an organisation with its first project, or one more project beside an existing one."""

from datetime import datetime
from uuid import UUID

from app import door
from app.database import Connection, fetchval, transaction
from app.engine.money import MoneyError, exponent
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.ids import new_id
from app.problem import Problem, Problems
from app.projects.keys import create_key
from app.projects.records import OrganisationRecord, ProjectRecord
from app.projects.values import FoundedProject, KeyDraft, KeyKind, KeyWithSecret, Project, ProjectDraft

FIRST_KEY_NAME = "First server key"


async def found_organisation(name: str, draft: ProjectDraft, now: datetime) -> FoundedProject | Problems:
    """A new organisation with one project; the project's first server key may create further ones."""
    problems = door.text(("organisation",), name, shortest=1) + project_problems(draft)
    if problems:
        return Problems(problems)
    async with transaction() as connection:
        organisation = await OrganisationRecord.create(id=new_id(), name=name, created_at=now)
        founded = await _found(connection, organisation.id, draft, now, creates_projects=True)
    ring()
    return founded


async def create_project(beside: UUID, draft: ProjectDraft, now: datetime) -> FoundedProject | Problems:
    """A new project in the organisation of the project `beside` (the caller's), with its first server key.

    That the caller's key may create projects is for the caller of this deed to check.
    """
    problems = project_problems(draft)
    if problems:
        return Problems(problems)
    organisation = await fetchval("SELECT organisation_id FROM projects WHERE id = $1", beside)
    if organisation is None:
        return Problems.one("", "NOT_FOUND", "There is no such project.")
    async with transaction() as connection:
        founded = await _found(connection, organisation, draft, now, creates_projects=False)
    ring()
    return founded


def project_problems(draft: ProjectDraft) -> tuple[Problem, ...]:
    """What is wrong with a draft. Codes: REQUIRED, TOO_LONG, INVALID_TEXT, UNKNOWN_TIME_ZONE, UNKNOWN_CURRENCY."""
    found = door.text(("name",), draft.name, shortest=1) + door.time_zone(("time_zone",), draft.time_zone)
    try:
        exponent(draft.currency)
    except MoneyError as fault:
        return (*found, Problem(("currency",), "UNKNOWN_CURRENCY", str(fault)))
    return found


async def _found(
    connection: Connection, organisation: UUID, draft: ProjectDraft, now: datetime, *, creates_projects: bool
) -> FoundedProject:
    project = Project(
        id=new_id(),
        organisation=organisation,
        name=draft.name,
        time_zone=draft.time_zone,
        currency=draft.currency,
        case_sensitive_codes=draft.case_sensitive_codes,
        created_at=now,
    )
    await ProjectRecord.create(
        id=project.id,
        organisation_id=organisation,
        name=project.name,
        time_zone=project.time_zone,
        currency=project.currency,
        case_sensitive_codes=project.case_sensitive_codes,
        created_at=now,
    )
    payload = {"project_id": project.id.hex, "name": project.name}
    await append(connection, [NewEvent(project.id, EventKind.PROJECT_CREATED, payload, now)])
    first = KeyDraft(KeyKind.SERVER, FIRST_KEY_NAME, creates_projects=creates_projects)
    key = await create_key(project.id, first, now)
    if not isinstance(key, KeyWithSecret):
        raise TypeError(f"the first key of a project was refused: {key}")
    return FoundedProject(project, key)
