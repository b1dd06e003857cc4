"""A runner is killed in the middle of an export: another process goes on, and the file has each row once, in order."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from app.exports.work import ExportWork
from app.jobs.values import Job, JobState
from tests.events.conftest import eventually
from tests.exports.shop import carried_out, file_of, made, many_redemptions, rows_of, started
from tests.jobs.works import ended, now_of, running

ROWS = 4_000
SILENCE_SECONDS = 2.0
ROOT = Path(__file__).parents[2]
RUNNER = f"""
import asyncio, json, sys
from datetime import timedelta
from app.database import open_database
from app.exports.work import ExportWork
from app.jobs.run import Runner

async def run():
    await open_database(json.loads(sys.argv[1]))
    await Runner([ExportWork(part_bytes=20_000)], silence=timedelta(seconds={SILENCE_SECONDS})).start()
    await asyncio.Event().wait()

asyncio.run(run())
"""


@asynccontextmanager
async def a_runner(database: dict[str, Any]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that does nothing but carry exports out."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUNNER, json.dumps(database), cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def under_way(job: Job, rows: int) -> None:
    """Wait until so many rows are written."""

    async def is_so_far() -> bool:
        return made(await now_of(job)).rows >= rows

    await eventually(is_so_far, every=0.002)


async def test_the_next_process_goes_on_where_the_killed_one_stood(
    lonely_project: UUID, fresh_database: dict[str, Any]
) -> None:
    await many_redemptions(lonely_project, ROWS)
    whole = await file_of(await carried_out(await started(lonely_project)))
    async with a_runner(fresh_database) as doomed:
        job = await started(lonely_project)
        await under_way(job, 1)
        doomed.send_signal(signal.SIGKILL)
        assert await doomed.wait() == -signal.SIGKILL
    stood = await now_of(job)
    assert stood.state is JobState.RUNNING
    assert 0 < made(stood).rows < ROWS
    async with running(ExportWork(part_bytes=20_000)):
        done = await ended(job)
    assert (done.state, done.run, made(done).rows, done.done) == (JobState.DONE, 2, ROWS, ROWS)
    assert await file_of(done) == whole
    assert len({row["id"] for row in rows_of(whole)}) == ROWS
