"""Creating a job: its row, its place in the queue and its event, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any  # the input is JSON of the kind's own
from uuid import UUID

from app.database import Connection
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.ids import new_id
from app.jobs.queue import enqueue
from app.jobs.read import COLUMNS, job_of
from app.jobs.values import Job, JobState
from app.problem import Problems

MOST_OPEN = 10  # of one project: others wait behind them for the same runners
MOST_KEPT = 100  # of one project that are over: each may have a file as large as all its books

# Two at once would both find room for one more.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('jobs ' || $1, 0))"
_OPEN = "SELECT count(*) FROM jobs WHERE project_id = $1 AND state IN ('QUEUED', 'RUNNING')"
_LET_GO = """
UPDATE jobs SET expires_at = $2 WHERE project_id = $1 AND expires_at > $2 AND id IN (
  SELECT id FROM jobs WHERE project_id = $1 AND state NOT IN ('QUEUED', 'RUNNING') ORDER BY id DESC OFFSET $3
)
"""
_CREATE = f"""
INSERT INTO jobs (id, project_id, kind, state, input, requested_by, created_at)
VALUES ($1, $2, $3, 'QUEUED', $4, $5, $6) RETURNING {COLUMNS}
"""  # noqa: S608


async def create(
    connection: Connection,
    project: UUID,
    kind: str,
    given: Mapping[str, Any],
    by: UUID | None,
    now: datetime,
) -> Job | Problems:
    """Create a job of the project as part of the connection's transaction; call `wake.ring()` after the commit.

    `given` is what is to be done, `by` the key that asks. Of more than a hundred jobs that are over the oldest expire
    now. Code: TOO_MANY_JOBS.
    """
    await connection.execute(_LOCK, project.hex)
    if await connection.fetchval(_OPEN, project) >= MOST_OPEN:
        message = f"{MOST_OPEN} jobs of this project are open already: wait for one of them, or cancel it."
        return Problems.one("", "TOO_MANY_JOBS", message)
    await connection.execute(_LET_GO, project, now, MOST_KEPT)
    row = await connection.fetchrow(_CREATE, new_id(), project, kind, dict(given), by, now)
    assert row is not None  # noqa: S101 - RETURNING
    job = job_of(row)
    await enqueue(connection, kind, [(project, job.id)])
    await append(connection, [NewEvent(project, EventKind.JOB_CREATED, job.to_json(), now)])
    return job


async def tell_end(connection: Connection, job: Job) -> None:
    """Put the end of the job into the event log, as part of the transaction that ends it."""
    assert job.finished_at is not None and job.state is not JobState.QUEUED  # noqa: S101, PT018
    await append(connection, [NewEvent(job.project, EventKind.JOB_FINISHED, job.to_json(), job.finished_at)])
