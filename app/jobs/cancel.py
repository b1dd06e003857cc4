"""Cancelling a job: its runner finds out at its next step, and writes nothing more."""

from datetime import datetime, timedelta
from uuid import UUID

from app.database import transaction
from app.events import wake
from app.jobs.create import tell_end
from app.jobs.read import COLUMNS, by_ids, job_of
from app.jobs.values import KEPT, Job
from app.problem import Problems

_CANCEL = f"""
UPDATE jobs SET state = 'CANCELLED', finished_at = $3, expires_at = $4
WHERE project_id = $1 AND id = $2 AND state IN ('QUEUED', 'RUNNING')
RETURNING {COLUMNS}
"""  # noqa: S608


async def cancel(project: UUID, job: UUID, now: datetime, kept: timedelta = KEPT) -> Job | Problems:
    """Cancel an open job; one that is over stays as it is, and is answered so. `kept`: how long its row stays.

    Code: NOT_FOUND. Call it outside a transaction.
    """
    async with transaction() as connection:
        row = await connection.fetchrow(_CANCEL, project, job, now, now + kept)
        if row is not None:
            await tell_end(connection, job_of(row))
    if row is not None:
        wake.ring()
        return job_of(row)
    found = (await by_ids(project, [job])).get(job)
    return found or Problems.one("id", "NOT_FOUND", "There is no such job.")
