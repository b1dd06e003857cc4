"""The runner: jobs are taken from the queue, let go at a stop, and found again after whatever happened."""

import asyncio
from typing import Any

from app.database import execute, fetchval
from app.jobs.values import Job, JobState
from tests.jobs.works import Counting, a_job, ended, forget_queue, now_of, running


async def in_queue(job: Job) -> int:
    return int(await fetchval("SELECT count(*) FROM pgqueuer WHERE dedupe_key = $1", job.id.hex))


async def test_jobs_are_carried_out_as_they_come_and_leave_the_queue(project) -> None:
    work = Counting()
    waiting = await a_job(project, work)
    async with running(work):
        assert (await ended(waiting)).state is JobState.DONE
        later = await a_job(project, work, to=1)
        assert (await ended(later)).state is JobState.DONE
    assert sorted(work.seen) == [1, 1, 2, 3]
    assert (await in_queue(waiting), await in_queue(later)) == (0, 0)


async def test_a_runner_that_stops_lets_its_job_go_and_the_next_one_takes_it_up_at_once(project) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_job: Job) -> None:
        begun.set()
        await go_on.wait()

    work = Counting(meanwhile=wait)
    job = await a_job(project, work)
    async with running(work) as runner:
        await begun.wait()
        stopping = asyncio.create_task(runner.stop())
        await asyncio.sleep(0)
        go_on.set()
        await stopping
    assert ((await now_of(job)).state, work.seen, await in_queue(job)) == (JobState.RUNNING, [1], 1)
    async with running(work):
        done = await ended(job)
    assert (done.state, done.run, work.seen) == (JobState.DONE, 2, [1, 2, 3])


async def test_a_job_whose_runner_was_cut_off_goes_on(project, database: dict[str, Any]) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_job: Job) -> None:
        begun.set()
        await go_on.wait()

    work = Counting(meanwhile=wait)
    job = await a_job(project, work)
    async with running(work):
        await begun.wait()
        await execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'tearoff jobs'"
        )
        go_on.set()
        done = await ended(job)
    assert (done.state, work.seen) == (JobState.DONE, [1, 2, 3])


async def test_a_job_that_the_queue_has_lost_is_found(project) -> None:
    work = Counting()
    job = await a_job(project, work)
    await forget_queue(job)
    async with running(work):
        assert (await ended(job)).state is JobState.DONE
