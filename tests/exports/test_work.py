"""Doing exports: bounded parts, a place that moves with them, and the same file whoever wrote it."""

import asyncio
import tracemalloc

import pytest

from app.database import fetch
from app.exports.read import stretch
from app.exports.values import Format, What
from app.exports.work import ExportWork
from app.jobs.carry_out import Interrupted, Turn
from app.jobs.values import Job, JobState
from tests.exports.shop import carried_out, exported, file_of, made, many_redemptions, rows_of, started
from tests.jobs.works import now_of


class Until(ExportWork):
    """Does so many steps, then its runner stops."""

    def __init__(self, steps: int, stop: asyncio.Event) -> None:
        super().__init__(part_bytes=50_000)
        self.left, self.stop = steps, stop

    async def step(self, job: Job):  # type: ignore[no-untyped-def]
        self.left -= 1
        if self.left == 0:
            self.stop.set()
        return await super().step(job)


async def parts_of(job: Job) -> list[tuple[int, int, int]]:
    rows = await fetch(
        "SELECT number, first_byte, octet_length(bytes) AS size FROM export_parts WHERE job_id = $1 ORDER BY number",
        job.id,
    )
    return [tuple(row) for row in rows]


async def test_an_export_that_changes_hands_writes_the_same_file(project) -> None:
    await many_redemptions(project, 1_000)
    whole = await exported(project)
    job = await started(project)
    for steps in (1, 2):
        stop = asyncio.Event()
        with pytest.raises(Interrupted):
            await Turn(Until(steps, stop), stop).carry_out(project, job.id)
    half_way = await now_of(job)
    assert half_way.state is JobState.RUNNING
    assert 0 < made(half_way).rows < 1_000
    assert (half_way.done, half_way.total) == (made(half_way).rows, 1_000)
    done = await carried_out(job, part_bytes=70_000)
    assert (done.state, done.done, done.total, made(done).rows) == (JobState.DONE, 1_000, 1_000, 1_000)
    assert await file_of(done) == whole
    assert [row["discount"] for row in rows_of(whole)] == [
        f"{number / 100:.2f}" for number in range(1, 1_001)
    ]


async def test_parts_are_small_and_follow_each_other_without_a_gap(project) -> None:
    await many_redemptions(project, 1_000)
    job = await carried_out(await started(project, form=Format.JSONL), part_bytes=30_000)
    parts = await parts_of(job)
    assert [number for number, _, _ in parts] == list(range(len(parts)))
    place = 0
    for _, first_byte, size in parts:
        assert first_byte == place
        assert 0 < size <= 30_000
        place += size
    assert place == made(job).size == len(await file_of(job))


async def test_memory_does_not_grow_with_the_file(project) -> None:
    await many_redemptions(project, 5_000)
    job = await started(project)
    tracemalloc.start()
    try:
        done = await carried_out(job, part_bytes=20_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (made(done).rows, made(done).size > 2_000_000) == (5_000, True)
    assert peak < 2_000_000, peak


async def test_nothing_to_export_is_a_file_of_names_only(project) -> None:
    empty = await exported(project, What.CUSTOMERS)
    assert empty == b"id,source_id,name,email,birthday,created_at,updated_at,metadata\r\n"
    job = await carried_out(await started(project, form=Format.JSONL))
    assert (job.state, job.done, job.total, made(job).size) == (JobState.DONE, 0, 0, 0)
    assert await file_of(job) == b""


async def test_any_stretch_of_the_file_can_be_read(project) -> None:
    await many_redemptions(project, 300)
    job = await carried_out(await started(project), part_bytes=10_000)
    whole = await file_of(job)
    for first, last in ((0, 0), (9_999, 10_000), (12_345, 54_321), (len(whole) - 1, len(whole) - 1)):
        assert b"".join([piece async for piece in stretch(job, first, last)]) == whole[first : last + 1]
