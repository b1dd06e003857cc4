"""What the tests of this room share: a kind of work that counts, and jobs of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from app.database import Connection, execute, transaction
from app.jobs.create import create
from app.jobs.read import by_ids
from app.jobs.run import Runner
from app.jobs.values import Job, Step
from tests.conftest import NOW
from tests.events.conftest import eventually


@dataclass
class Counting:
    """Counts to the job's `to`, one number a step; `seen` are the numbers whose steps were committed."""

    kind: str = field(default_factory=lambda: f"counting {uuid4().hex[:8]}")
    seen: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    meanwhile: Callable[[Job], Awaitable[None]] | None = None  # happens while a step is thought about

    async def step(self, job: Job) -> Step:
        number = (job.place or {"at": 0})["at"] + 1
        self.asked.append(number)
        if self.meanwhile is not None:
            await self.meanwhile(job)

        async def write(_connection: Connection) -> None:
            self.seen.append(number)

        to = job.input["to"]
        return Step({"at": number}, number, to, is_last=number >= to, write=write)


async def a_job(project: UUID, work: Counting, to: int = 3) -> Job:
    """A queued job."""
    async with transaction() as connection:
        made = await create(connection, project, work.kind, {"to": to}, None, NOW)
    assert isinstance(made, Job), made
    return made


async def now_of(job: Job) -> Job:
    """The job as it stands."""
    return (await by_ids(job.project, [job.id]))[job.id]


async def ended(job: Job) -> Job:
    """The job once it has ended."""

    async def is_over() -> bool:
        return not (await now_of(job)).is_open

    await eventually(is_over, every=0.02)
    return await now_of(job)


@asynccontextmanager
async def running(work: Any, **more: Any) -> AsyncIterator[Runner]:
    """A runner that does this work."""
    runner = Runner([work], **{"silence": timedelta(seconds=2), **more})
    await runner.start()
    try:
        yield runner
    finally:
        await runner.stop()


async def forget_queue(job: Job) -> None:
    """Take the job out of the queue behind everybody's back."""
    await execute("DELETE FROM pgqueuer WHERE dedupe_key = $1", job.id.hex)
