"""Reading jobs: by id, and as pages of a project."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import asyncpg

from app.database import columns, fetch
from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages
from app.jobs.values import Job, JobState

COLUMNS = (
    "id, project_id, kind, state, input, place, done, total, run, error, requested_by, created_at, started_at,"
    " finished_at, expires_at"
)

_BY_KEYS = f"""
SELECT {COLUMNS} FROM jobs WHERE (project_id, id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
"""  # noqa: S608


def job_of(row: asyncpg.Record) -> Job:
    """The value of a row that has this room's COLUMNS."""
    return Job(
        id=row["id"],
        project=row["project_id"],
        kind=row["kind"],
        state=JobState(row["state"]),
        input=row["input"],
        place=row["place"],
        done=row["done"],
        total=row["total"],
        run=row["run"],
        error=row["error"],
        requested_by=row["requested_by"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        expires_at=row["expires_at"],
    )


class JobSort(Enum):
    """The orders of a list of jobs."""

    NEWEST = Order("jobs_newest", "id", "uuid", descending=True)
    OLDEST = Order("jobs_oldest", "id", "uuid")


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Conditions that must all hold; None is no condition."""

    state: JobState | None = None
    kind: str | None = None

    def where(self) -> list[Where]:
        """The conditions as SQL on the table of jobs."""
        asked: list[tuple[str, object]] = [("state = $?", self.state), ("kind = $?", self.kind)]
        return [Where(sql, value) for sql, value in asked if value is not None]


_EVERYTHING = JobFilter()
_ALL = Listing(select=COLUMNS, from_="jobs", id="id", project="project_id", parent="project_id", read=job_of)


async def by_ids(project: UUID, ids: Iterable[UUID]) -> dict[UUID, Job]:
    """The jobs that the project has, by id; one statement."""
    return {id_: job for (_, id_), job in (await by_keys([(project, id_) for id_ in ids])).items()}


async def by_keys(keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Job]:
    """Jobs by project and id; one statement for all of them."""
    rows = await fetch(_BY_KEYS, *columns(keys, 2))
    return {(row["project_id"], row["id"]): job_of(row) for row in rows}


async def jobs_page(
    project: UUID,
    request: PageRequest,
    filter: JobFilter = _EVERYTHING,  # noqa: A002 - the word callers use
    sort: JobSort = JobSort.NEWEST,
) -> Page[Job]:
    """A page of the project's jobs. Raises CursorError for a cursor of another list or order."""
    return (await pages(_ALL, project, [project], sort.value, request, filter.where()))[project]


async def count_jobs(project: UUID, filter: JobFilter = _EVERYTHING) -> int:  # noqa: A002
    """How many jobs of the project the filter lets through."""
    return (await counts(_ALL, project, [project], filter.where()))[project]
