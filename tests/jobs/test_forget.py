"""Chores about jobs: what is over is forgotten when its time has passed, never what is open."""

import asyncio
from datetime import timedelta

from app.database import fetchval
from app.jobs.carry_out import Turn
from app.jobs.forget import forget_jobs, queue_again
from tests.conftest import NOW
from tests.jobs.works import Counting, a_job, forget_queue


async def test_a_job_is_forgotten_when_its_time_has_passed_and_an_open_one_never(project) -> None:
    work = Counting()
    over, waiting = await a_job(project, work), await a_job(project, work)
    await Turn(work, asyncio.Event(), kept=timedelta(days=7), now=lambda: NOW).carry_out(project, over.id)
    left = "SELECT count(*) FROM jobs WHERE project_id = $1 AND id = $2"
    await forget_jobs(NOW + timedelta(days=6))
    assert await fetchval(left, project, over.id) == 1
    assert await forget_jobs(NOW + timedelta(days=7)) >= 1
    assert await fetchval(left, project, over.id) == 0
    assert await fetchval(left, project, waiting.id) == 1


async def test_open_jobs_that_the_queue_does_not_hold_are_queued_again_once(project) -> None:
    work = Counting()
    lost, waiting = await a_job(project, work), await a_job(project, work)
    await forget_queue(lost)
    assert await queue_again([work.kind]) == 1
    assert await queue_again([work.kind]) == 0
    for job in (lost, waiting):
        assert await fetchval("SELECT count(*) FROM pgqueuer WHERE dedupe_key = $1", job.id.hex) == 1
