"""Cancelling jobs: queued or under way, once, and nothing is written afterwards."""

import asyncio
from datetime import timedelta

from app.database import fetch
from app.ids import new_id
from app.jobs.cancel import cancel
from app.jobs.carry_out import Turn
from app.jobs.values import Job, JobState
from app.problem import Problems
from tests.conftest import NOW
from tests.jobs.works import Counting, a_job, now_of

WEEK = timedelta(days=7)


async def test_a_queued_job_is_cancelled_once_and_never_begun(project) -> None:
    work = Counting()
    job = await a_job(project, work)
    first = await cancel(project, job.id, NOW, WEEK)
    assert isinstance(first, Job)
    assert (first.state, first.finished_at, first.expires_at) == (JobState.CANCELLED, NOW, NOW + WEEK)
    assert await cancel(project, job.id, NOW + WEEK, WEEK) == first
    await Turn(work, asyncio.Event()).carry_out(project, job.id)
    assert work.asked == []
    kinds = await fetch("SELECT kind FROM events WHERE project_id = $1 ORDER BY position", project)
    assert [row["kind"] for row in kinds] == ["JOB_CREATED", "JOB_FINISHED"]


async def test_a_job_that_is_cancelled_under_way_writes_nothing_more(project) -> None:
    async def in_the_second_step(job: Job) -> None:
        if job.done == 1:
            await cancel(project, job.id, NOW, WEEK)

    work = Counting(meanwhile=in_the_second_step)
    job = await a_job(project, work)
    await Turn(work, asyncio.Event()).carry_out(project, job.id)
    assert (work.asked, work.seen) == ([1, 2], [1])
    assert (await now_of(job)).state is JobState.CANCELLED


async def test_what_is_over_stays_as_it_is(project) -> None:
    work = Counting()
    job = await a_job(project, work)
    await Turn(work, asyncio.Event()).carry_out(project, job.id)
    done = await now_of(job)
    assert done.state is JobState.DONE
    assert await cancel(project, job.id, NOW) == done
    assert await now_of(job) == done


async def test_what_is_somebody_else_s_or_nowhere_cannot_be_cancelled(project, another_project) -> None:
    job = await a_job(project, Counting())
    for of, id_ in ((another_project, job.id), (project, new_id())):
        refused = await cancel(of, id_, NOW)
        assert isinstance(refused, Problems)
        assert [problem.code for problem in refused.all] == ["NOT_FOUND"]
    assert await now_of(job) == job
