"""Exports and a log whose oldest events were let go: what is left is exported, and what is missing is told."""

import asyncio
from uuid import UUID

import pytest

from app.events.cursor import BEGINNING, Cursor
from app.events.read import CursorExpired
from app.exports.work import ExportWork
from app.jobs.carry_out import Turn
from app.jobs.values import Job, JobState
from tests.events.parted import forget, grow_old, next_partition
from tests.exports.shop import (
    carried_out,
    exported,
    file_of,
    made,
    many_redemptions,
    rows_of,
    settled,
    started,
)
from tests.jobs.works import now_of


class Slow(ExportWork):
    """Reads one page a step; behind the first one the log is let go."""

    def __init__(self) -> None:
        super().__init__(part_bytes=1)

    async def step(self, job: Job):  # type: ignore[no-untyped-def]
        if job.done == 200:
            await old_part_let_go(job.project)
        return await super().step(job)


async def old_part_let_go(project: UUID) -> None:
    """All that there is becomes old and is let go; then ten more happen."""
    await settled(project)
    await next_partition()
    await grow_old(401, upto=1)
    assert await forget() == 1
    await many_redemptions(project, 10)


async def test_what_the_log_still_has_is_exported_and_what_it_has_not_is_told(lonely_project) -> None:
    await many_redemptions(lonely_project, 20)
    first = rows_of(await exported(lonely_project))
    await old_part_let_go(lonely_project)
    later = rows_of(await exported(lonely_project))
    assert (len(first), len(later)) == (20, 10)
    assert not {row["id"] for row in first} & {row["id"] for row in later}
    for place in (BEGINNING, Cursor.decode(first[3]["cursor"])):
        with pytest.raises(CursorExpired):
            await started(lonely_project, after=place)


async def test_an_export_that_the_log_outruns_says_so(lonely_project) -> None:
    await many_redemptions(lonely_project, 300)
    job = await started(lonely_project)
    await Turn(Slow(), asyncio.Event()).carry_out(lonely_project, job.id)
    failed = await now_of(job)
    assert (failed.state, made(failed).rows) == (JobState.FAILED, 200)
    assert failed.error == "The part of the event log that was to come next has been let go."
    again = await carried_out(await started(lonely_project))
    assert len(rows_of(await file_of(again))) == 10
