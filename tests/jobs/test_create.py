"""Creating jobs: the row, the queue and the event come together or not at all, and there is a limit."""

from contextlib import suppress
from datetime import timedelta

from app.database import fetch, fetchval, transaction
from app.jobs import create as creating
from app.jobs.cancel import cancel
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


async def test_of_many_jobs_that_are_over_the_oldest_expire_when_another_is_asked_for(
    project, another_project, monkeypatch
) -> None:
    monkeypatch.setattr(creating, "MOST_KEPT", 2)
    work = Counting("counted")
    over = [await a_job(each, work) for each in (another_project, project, project, project)]
    for job in over:
        await cancel(job.project, job.id, NOW, timedelta(days=7))
    still_open = await a_job(project, work)
    later = NOW + timedelta(days=7)
    assert [(await now_of(job)).expires_at for job in over] == [later, NOW, later, later]
    assert (await now_of(still_open)).is_open
