"""Creating jobs: the row, the queue and the event come together or not at all, and there is a limit."""

from contextlib import suppress

from app.database import fetch, fetchval, transaction
from app.jobs.create import MOST_OPEN, create
from app.jobs.values import Job, JobState
from app.problem import Problems
from tests.conftest import NOW
from tests.jobs.works import Counting, a_job, now_of


async def queued(job: Job) -> int:
    return int(await fetchval("SELECT count(*) FROM pgqueuer WHERE dedupe_key = $1", job.id.hex))


async def test_a_job_is_queued_and_told_in_the_log(project) -> None:
    job = await a_job(project, Counting("counted"), to=7)
    assert job == await now_of(job)
    assert (job.state, job.done, job.total, job.run, job.input) == (JobState.QUEUED, 0, None, 0, {"to": 7})
    assert await queued(job) == 1
    [event] = await fetch("SELECT kind, at, payload FROM events WHERE project_id = $1", project)
    assert (event["kind"], event["at"]) == ("JOB_CREATED", NOW)
    assert event["payload"] == job.to_json()
    assert "to" not in event["payload"]


async def test_a_transaction_that_is_taken_back_leaves_no_job(project) -> None:
    made = []
    with suppress(ZeroDivisionError):
        async with transaction() as connection:
            made.append(await create(connection, project, "counted", {"to": 1}, None, NOW))
            raise ZeroDivisionError
    assert await queued(made[0]) == 0
    assert await fetchval("SELECT count(*) FROM jobs WHERE project_id = $1", project) == 0


async def test_a_project_has_so_many_open_jobs_and_no_more(project, another_project) -> None:
    work = Counting("counted")
    for _ in range(MOST_OPEN):
        await a_job(project, work)
    async with transaction() as connection:
        refused = await create(connection, project, "counted", {"to": 1}, None, NOW)
    assert isinstance(refused, Problems)
    assert [problem.code for problem in refused.all] == ["TOO_MANY_JOBS"]
    assert await fetchval("SELECT count(*) FROM jobs WHERE project_id = $1", project) == MOST_OPEN
    await a_job(another_project, work)
