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
    """Cancel an open job; one that was cancelled already is answered as it is. `kept`: how long its row stays.

    Codes: NOT_FOUND, JOB_FINISHED (done or failed). Call it outside a transaction.
    """
    async with transaction() as connection:
        row = await connection.fetchrow(_CANCEL, project, job, now, now + kept)
        if row is not None:
            await tell_end(connection, job_of(row))
    if row is not None:
        wake.ring()
        return job_of(row)
    found = (await by_ids(project, [job])).get(job)
    if found is None:
        return Problems.one("id", "NOT_FOUND", "There is no such job.")
    if found.state == "CANCELLED":
        return found
    return Problems.one("id", "JOB_FINISHED", f"The job is {found.state.lower()}: nothing is left to cancel.")
