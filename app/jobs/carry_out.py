"""Carrying a job out: step after step, each committed with its progress, by one runner at a time."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import structlog

from app.database import fetchrow, transaction
from app.database.away import is_away, is_busy
from app.events import wake
from app.jobs.create import tell_end
from app.jobs.read import COLUMNS, by_keys, job_of
from app.jobs.values import KEPT, CannotGoOn, Job, JobState, Step, Work

RING_SECONDS = 0.5  # progress is told to those who watch it no oftener
MOST_FAILURES = 10  # of a database that is there: a step that it cannot do in time it will never do
FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 0.2, 5.0

# Whoever takes a job up ends the turn of its runner before: that one's writes find another number.
_TAKE_UP = f"""
UPDATE jobs SET state = 'RUNNING', run = run + 1, started_at = coalesce(started_at, $3)
WHERE project_id = $1 AND id = $2 AND state IN ('QUEUED', 'RUNNING')
RETURNING {COLUMNS}
"""  # noqa: S608
_ADVANCE = f"""
UPDATE jobs SET place = $4, done = $5, total = $6, state = $7, error = $8, finished_at = $9, expires_at = $10
WHERE project_id = $1 AND id = $2 AND run = $3 AND state = 'RUNNING'
RETURNING {COLUMNS}
"""  # noqa: S608

_log = structlog.get_logger(__name__)


class Interrupted(Exception):  # noqa: N818 - the runner's doing
    """The runner shall stop: somebody else is to go on with the job."""


class Turn:
    """One runner's turn at a job, until it has ended or `stop` is set. `finished` is told of a job that ends in it.

    A job that has ended stays for `kept`.
    """

    def __init__(
        self,
        work: Work,
        stop: asyncio.Event,
        *,
        kept: timedelta = KEPT,
        finished: Callable[[Job], None] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._work = work
        self._stop = stop
        self._kept = kept
        self._finished = finished
        self._now = now
        self._rung_at = float("-inf")
        self._failures = 0  # of the database, one after the other

    async def carry_out(self, project: UUID, id_: UUID) -> None:
        """Go on with the job until it has ended, or belongs to another runner, or was cancelled.

        A database that is away or busy is waited for. Raises Interrupted when told to stop.
        """
        take_up = partial(_take_up, project, id_, self._now())
        job = await self._patiently(take_up, take_up)
        while job is not None and job.is_open:
            job = await self._patiently(partial(self._step, job), partial(self._present, job))

    async def _step(self, job: Job) -> Job | None:
        try:
            step = await self._work.step(job)
            return await self._keep(job, step)
        except CannotGoOn as reason:
            return await self._fail(job, str(reason))
        except Exception as fault:
            if is_away(fault) or (is_busy(fault) and self._failures < MOST_FAILURES):
                raise
            if is_busy(fault):
                return await self._fail(job, "The database was too busy for this, again and again.")
            reference = secrets.token_hex(6)
            _log.exception("job_failed", job=job.id.hex, kind=job.kind, reference=reference)
            return await self._fail(job, f"Something went wrong on our side. Quote reference {reference}.")

    async def _keep(self, job: Job, step: Step) -> Job | None:
        """Commit what the step found, if the job is still this runner's; None if it is not."""
        state = JobState.DONE if step.is_last else JobState.RUNNING
        async with transaction() as connection:
            ends = (self._now(), self._now() + self._kept) if step.is_last else (None, None)
            row = await connection.fetchrow(
                _ADVANCE,
                *(job.project, job.id, job.run),
                *(dict(step.place), step.done, step.total, state.value, None, *ends),
            )
            if row is None:
                return None
            if step.write is not None:
                await step.write(connection)
            if step.is_last:
                await tell_end(connection, job_of(row))
        return self._told(job_of(row))

    async def _fail(self, job: Job, error: str) -> Job | None:
        async with transaction() as connection:
            now = self._now()
            row = await connection.fetchrow(
                _ADVANCE,
                *(job.project, job.id, job.run),
                *(job.place, job.done, job.total, JobState.FAILED.value, error, now, now + self._kept),
            )
            if row is None:
                return None
            await tell_end(connection, job_of(row))
        return self._told(job_of(row))

    def _told(self, job: Job) -> Job:
        """After a commit: ring for those who watch, not too often."""
        if not job.is_open:
            _log.info("job_finished", job=job.id.hex, kind=job.kind, state=job.state.value, done=job.done)
            wake.ring()
            if self._finished is not None:
                self._finished(job)
        elif time.monotonic() - self._rung_at >= RING_SECONDS:
            self._rung_at = time.monotonic()
            wake.ring()
        return job

    async def _present(self, before: Job) -> Job | None:
        """The job after a step of which nobody knows whether it was committed; None if it is not this runner's."""
        found = (await by_keys([(before.project, before.id)])).get((before.project, before.id))
        if found is None or found.run != before.run:
            return None
        return found if found.is_open else self._told(found)

    async def _patiently(
        self, ask: Callable[[], Awaitable[Job | None]], ask_again: Callable[[], Awaitable[Job | None]]
    ) -> Job | None:
        """What `ask` gives, or after a failure of the database, as soon as it is back, what `ask_again` does."""
        back_off = FIRST_BACK_OFF_SECONDS
        while True:
            if self._stop.is_set():
                raise Interrupted
            try:
                job = await ask()
            except Exception as fault:
                if not (is_away(fault) or is_busy(fault)):
                    raise
                self._failures += is_busy(fault)  # one that is away comes back
                _log.warning("job_waits", error=type(fault).__name__, retry_seconds=back_off)
            else:
                if ask is not ask_again:
                    self._failures = 0
                return job
            ask = ask_again
            await wake.heard_within(self._stop, back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)


async def _take_up(project: UUID, id_: UUID, now: datetime) -> Job | None:
    row = await fetchrow(_TAKE_UP, project, id_, now)
    return None if row is None else job_of(row)
