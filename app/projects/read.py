"""Reading projects and their keys; secrets are not among what can be read."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from app.database import fetch, fetchrow
from app.database.keyset import Listing, Order, Page, PageRequest, counts, pages
from app.engine.stacking import stacking_of
from app.projects.values import ApiKey, KeyKind, Project

NEWEST_KEYS_FIRST = Order("keys_newest", "k.id", "uuid", descending=True)

_PROJECT = (
    "id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at,"
    " stacking::text AS stacking"
)
_KEY = (
    "k.id, k.kind, k.name, k.prefix, k.redemption_point, k.origins, k.creates_projects,"
    " k.created_at, k.expires_at, k.revoked_at"
)


async def project_by_id(project: UUID) -> Project | None:
    """The project itself."""
    row = await fetchrow(f"SELECT {_PROJECT} FROM projects WHERE id = $1", project)  # noqa: S608
    return None if row is None else _project(row)


async def all_projects() -> list[Project]:
    """Every project, oldest first: for the operator's command line only, no caller may see over the wall."""
    return [_project(row) for row in await fetch(f"SELECT {_PROJECT} FROM projects ORDER BY id")]  # noqa: S608


async def keys_by_ids(project: UUID, ids: Sequence[UUID]) -> dict[UUID, ApiKey]:
    """Those of the keys that the project has."""
    rows = await fetch(
        f"SELECT {_KEY} FROM api_keys k WHERE k.project_id = $1 AND k.id = ANY ($2::uuid[])",  # noqa: S608
        project,
        list(ids),
    )
    return {row["id"]: _key(row) for row in rows}


async def ended_keys(ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Those of the keys that nobody may use any more: revoked or expired. Of all projects, for the process itself."""
    rows = await fetch(
        "SELECT id FROM api_keys WHERE id = ANY ($1::uuid[]) AND (revoked_at IS NOT NULL OR expires_at <= $2)",
        list(ids),
        now,
    )
    return {row["id"] for row in rows}


async def keys_page(project: UUID, request: PageRequest) -> Page[ApiKey]:
    """The project's keys, newest first, revoked ones included."""
    return (await pages(_KEYS, project, [project], NEWEST_KEYS_FIRST, request))[project]


async def keys_count(project: UUID) -> int:
    """How many keys `keys_page` lists."""
    return (await counts(_KEYS, project, [project]))[project]


def _project(row: asyncpg.Record) -> Project:
    return Project(
        id=row["id"],
        organisation=row["organisation_id"],
        name=row["name"],
        time_zone=row["time_zone"],
        currency=row["currency"],
        case_sensitive_codes=row["case_sensitive_codes"],
        created_at=row["created_at"],
        stacking=stacking_of(row["stacking"]),
    )


def _key(row: asyncpg.Record) -> ApiKey:
    return ApiKey(
        id=row["id"],
        kind=KeyKind(row["kind"]),
        name=row["name"],
        prefix=row["prefix"],
        redemption_point=row["redemption_point"],
        origins=tuple(row["origins"]),
        creates_projects=row["creates_projects"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )


_KEYS = Listing(_KEY, "api_keys k", "k.id", "k.project_id", "k.project_id", _key)
