"""Watching jobs: at once, at every change, to the end; one reading serves all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from app.events.wake import Doorbell
from app.ids import new_id
from app.jobs.carry_out import Turn
from app.jobs.values import Job, JobState
from app.jobs.watch import JobWatch
from tests.events.conftest import eventually
from tests.jobs.works import Counting, a_job


@asynccontextmanager
async def watching() -> AsyncIterator[JobWatch]:
    doorbell = Doorbell()
    await doorbell.start()
    watch = JobWatch(doorbell, poll_seconds=30, pause_seconds=0)
    try:
        yield watch
    finally:
        watch.stop()
        await eventually(lambda: watch.viewers == 0)
        await doorbell.stop()


async def seen(
    watch: JobWatch, job: Job, states: list[tuple[str, int]] | None = None
) -> list[tuple[str, int]]:
    states = [] if states is None else states
    async with aclosing(watch.follow(job.project, job.id)) as changes:
        async for each in changes:
            states.append((each.state.value, each.done))
    return states


async def test_a_viewer_sees_the_job_at_once_then_its_changes_and_its_end(project) -> None:
    work = Counting()
    job = await a_job(project, work)
    async with watching() as watch, asyncio.timeout(30):
        states: list[tuple[str, int]] = []
        viewer = asyncio.create_task(seen(watch, job, states))
        await eventually(lambda: states)
        await Turn(work, asyncio.Event()).carry_out(project, job.id)
        await viewer
        assert states[0] == ("QUEUED", 0)
        assert states[-1] == ("DONE", 3)
        assert await seen(watch, job) == [("DONE", 3)]  # who comes late
        assert watch.viewers == 0


async def test_what_happens_in_another_process_is_seen_even_if_no_ring_arrives(project) -> None:
    work = Counting()
    job = await a_job(project, work)
    watch = JobWatch(Doorbell(), poll_seconds=0.05, pause_seconds=0)  # a doorbell that nobody has started
    async with asyncio.timeout(30):
        viewer = asyncio.create_task(seen(watch, job))
        await eventually(lambda: watch.viewers == 1)
        await Turn(work, asyncio.Event()).carry_out(project, job.id)
        assert (await viewer)[-1] == ("DONE", 3)


async def test_many_viewers_of_one_job_cost_as_many_readings_as_one(project, statements) -> None:
    work = Counting()
    job = await a_job(project, work)
    async with watching() as watch, asyncio.timeout(30):
        states: list[tuple[str, int]] = []
        viewers = [asyncio.create_task(seen(watch, job, states))]
        await eventually(lambda: states)  # whoever comes now asks nothing any more
        before = watch.readings
        with statements.counted() as sent:
            viewers += [asyncio.create_task(seen(watch, job)) for _ in range(99)]
            await eventually(lambda: watch.viewers == 100)
            await Turn(work, asyncio.Event()).carry_out(project, job.id)
            ends = {each[-1] for each in await asyncio.gather(*viewers)}
        assert ends == {("DONE", 3)}
        readings = [text for text in sent if "FROM jobs WHERE (project_id, id) IN" in text]
        assert watch.readings - before <= 8
        assert len(readings) <= 9  # one of before may have been on its way


async def test_somebody_else_s_job_and_one_that_is_not_are_nothing(project, another_project) -> None:
    job = await a_job(project, Counting())
    async with watching() as watch:
        for stranger, id_ in ((another_project, job.id), (project, new_id())):
            async with aclosing(watch.follow(stranger, id_)) as changes:
                assert [each async for each in changes] == []


async def test_a_process_that_stops_ends_all_who_watch(project) -> None:
    job = await a_job(project, Counting())
    async with watching() as watch, asyncio.timeout(30):
        viewer = asyncio.create_task(seen(watch, job))
        await eventually(lambda: watch.viewers == 1)
        watch.stop()
        assert (await viewer) in ([], [(JobState.QUEUED.value, 0)])
