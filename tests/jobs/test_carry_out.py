"""Carrying jobs out: steps count once, one runner at a time, and failures say nothing of what is inside."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from app.database import Connection, fetch, transaction
from app.jobs import carry_out
from app.jobs.carry_out import Interrupted, Turn
from app.jobs.read import by_keys
from app.jobs.values import CannotGoOn, Job, JobState
from tests.conftest import NOW
from tests.jobs.works import Counting, a_job, now_of


def turn(work: Counting, stop: asyncio.Event | None = None, **more) -> Turn:
    return Turn(work, stop or asyncio.Event(), now=lambda: NOW, **more)


async def test_a_job_is_done_step_by_step_and_its_end_is_told(project) -> None:
    work, ends = Counting(), []
    job = await a_job(project, work)
    await turn(work, kept=timedelta(days=2), finished=ends.append).carry_out(project, job.id)
    done = await now_of(job)
    assert (done.state, done.done, done.total, done.place, done.run) == (JobState.DONE, 3, 3, {"at": 3}, 1)
    assert (done.started_at, done.finished_at, done.expires_at) == (NOW, NOW, NOW + timedelta(days=2))
    assert (work.seen, ends) == ([1, 2, 3], [done])
    told = await fetch("SELECT kind, payload FROM events WHERE project_id = $1 ORDER BY position", project)
    assert [row["kind"] for row in told] == ["JOB_CREATED", "JOB_FINISHED"]
    assert told[1]["payload"] == done.to_json()


async def test_the_next_runner_goes_on_where_the_last_one_stopped(project) -> None:
    stop = asyncio.Event()

    async def in_the_second_step(job: Job) -> None:
        if job.done == 1:
            stop.set()

    first, second = Counting(meanwhile=in_the_second_step), Counting()
    job = await a_job(project, first)
    with pytest.raises(Interrupted):
        await turn(first, stop).carry_out(project, job.id)
    assert (await now_of(job)).state is JobState.RUNNING
    await turn(second).carry_out(project, job.id)
    assert (first.seen, second.seen) == ([1, 2], [3])
    assert (await now_of(job)).run == 2


async def test_a_runner_that_was_thought_dead_writes_nothing_beside_the_next_one(project) -> None:
    second = Counting()

    async def somebody_else_takes_it_up(job: Job) -> None:
        if job.done == 1 and not second.seen:
            await turn(second).carry_out(project, job.id)

    first = Counting(meanwhile=somebody_else_takes_it_up)
    job = await a_job(project, first)
    await turn(first).carry_out(project, job.id)
    assert (first.asked, first.seen, second.seen) == ([1, 2], [1], [2, 3])
    assert (await now_of(job)).state is JobState.DONE


async def test_a_job_that_cannot_go_on_says_why(project) -> None:
    async def refuse(_job: Job) -> None:
        raise CannotGoOn("There is nothing left to count.")

    work = Counting(meanwhile=refuse)
    job = await a_job(project, work)
    await turn(work).carry_out(project, job.id)
    failed = await now_of(job)
    assert (failed.state, failed.error) == (JobState.FAILED, "There is nothing left to count.")


async def test_a_fault_of_ours_is_told_by_a_reference_only(project) -> None:
    async def break_down(job: Job) -> None:
        if job.done == 1:
            raise RuntimeError("the table of secrets is missing")

    work = Counting(meanwhile=break_down)
    job = await a_job(project, work)
    await turn(work).carry_out(project, job.id)
    failed = await now_of(job)
    assert (failed.state, failed.done, work.seen) == (JobState.FAILED, 1, [1])
    assert re.fullmatch(
        r"Something went wrong on our side\. Quote reference [0-9a-f]{12}\.", failed.error or ""
    )


async def test_a_database_that_is_away_or_busy_is_waited_for(project) -> None:
    faults = [ConnectionResetError(), asyncpg.LockNotAvailableError(), asyncpg.QueryCanceledError()]

    async def sometimes_away(_job: Job) -> None:
        if faults:
            raise faults.pop()

    work = Counting(meanwhile=sometimes_away)
    job = await a_job(project, work, to=2)
    await turn(work).carry_out(project, job.id)
    assert (await now_of(job)).state is JobState.DONE
    assert (work.asked, work.seen) == ([1, 1, 1, 1, 2], [1, 2])


async def test_a_database_that_was_away_for_long_and_is_busy_after_that_does_not_fail_the_job(
    project, monkeypatch
) -> None:
    away = [ConnectionRefusedError()] * (carry_out.MOST_FAILURES + 1)
    faults = [asyncpg.QueryCanceledError(), ConnectionResetError()]

    async def sometimes_away(_job: Job) -> None:
        if faults:
            raise faults.pop()

    async def still_away(keys):
        if away:
            raise away.pop()
        return await by_keys(keys)

    monkeypatch.setattr(carry_out, "FIRST_BACK_OFF_SECONDS", 0)
    monkeypatch.setattr(carry_out, "by_keys", still_away)
    work = Counting(meanwhile=sometimes_away)
    job = await a_job(project, work, to=2)
    await turn(work).carry_out(project, job.id)
    assert ((await now_of(job)).state, away, faults) == (JobState.DONE, [], [])


async def test_a_step_whose_commit_was_not_heard_of_is_not_done_twice(project, monkeypatch) -> None:
    lost = [
        False,
        True,
        False,
        True,
    ]  # the first step and the last one are committed, and then the connection breaks

    @asynccontextmanager
    async def cut_off() -> AsyncIterator[Connection]:
        async with transaction() as connection:
            yield connection
        if lost and lost.pop():
            raise ConnectionResetError

    monkeypatch.setattr(carry_out, "transaction", cut_off)
    work, ends = Counting(), []
    job = await a_job(project, work, to=4)
    await turn(work, finished=ends.append).carry_out(project, job.id)
    assert (work.asked, work.seen) == ([1, 2, 3, 4], [1, 2, 3, 4])
    assert [end.state for end in ends] == [JobState.DONE]


async def test_a_step_that_the_database_never_does_in_time_fails_the_job(project, monkeypatch) -> None:
    async def too_slow(_job: Job) -> None:
        raise asyncpg.QueryCanceledError

    monkeypatch.setattr(carry_out, "FIRST_BACK_OFF_SECONDS", 0)
    work = Counting(meanwhile=too_slow)
    job = await a_job(project, work)
    await turn(work).carry_out(project, job.id)
    failed = await now_of(job)
    assert (failed.state, len(work.asked)) == (JobState.FAILED, carry_out.MOST_FAILURES + 1)
    assert failed.error == "The database was too busy for this, again and again."
