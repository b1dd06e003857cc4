"""The runner: takes jobs from the queue and carries them out; any number of processes may have one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import Context
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import RetryRequested
from pgqueuer.domain.models import Job as QueuedJob

from app.database import connect
from app.events.wake import (
    CONNECTION_FAILURES,
    FIRST_BACK_OFF_SECONDS,
    LONGEST_BACK_OFF_SECONDS,
    heard_within,
)
from app.jobs.carry_out import Interrupted, Turn
from app.jobs.forget import queue_again
from app.jobs.queue import CHANNEL, named, queries
from app.jobs.values import KEPT, Job, Work

AT_ONCE = 2  # jobs of one runner: each waits for the database most of its time
SILENCE = timedelta(
    seconds=30
)  # a runner that has not been heard of for so long is dead, and its jobs go on elsewhere
LOST_SECONDS = 60.0  # between looks for open jobs that the queue does not hold
FAREWELL_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class Runner:
    """Carries out jobs of the kinds that `works` can do, AT_ONCE of them at a time.

    It goes on by itself after the database was away. `silence` must be the same in all runners of a database.
    """

    def __init__(
        self,
        works: Sequence[Work],
        *,
        silence: timedelta = SILENCE,
        kept: timedelta = KEPT,
        finished: Callable[[Job], None] | None = None,
    ) -> None:
        self._works = works
        self._silence = silence
        self._kept = kept
        self._finished = finished
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connection: asyncpg.Connection | None = None
        self._manager: QueueManager | None = None
        self._let_go = asyncio.Event()  # of the jobs of the present connection

    async def start(self) -> None:
        """Begin, in the background: a database that is away only makes jobs wait."""
        self._stopping.clear()
        loop = asyncio.get_running_loop()
        self._tasks = {
            loop.create_task(each(), context=Context()) for each in (self._run, self._look_for_lost_jobs)
        }

    async def stop(self) -> None:
        """Let go of jobs at their next step; another runner takes them up at once."""
        self._stopping.set()
        self._let_go.set()
        if self._manager is not None:
            self._manager.shutdown.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FAREWELL_SECONDS)
        if self._connection is not None:
            # Nothing said over it any more: pgqueuer would call a job whose task ends here cancelled for good.
            self._connection.terminate()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        back_off = FIRST_BACK_OFF_SECONDS
        while not self._stopping.is_set():
            try:
                await self._run_until_lost()
                back_off = FIRST_BACK_OFF_SECONDS
            except CONNECTION_FAILURES as failure:
                _log.warning("runner_interrupted", error=type(failure).__name__, retry_seconds=back_off)
            except Exception:
                _log.exception("runner_failed", retry_seconds=back_off)
            await heard_within(self._stopping, back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)

    async def _run_until_lost(self) -> None:
        connection = await connect(application_name="tearoff jobs")
        let_go = self._let_go = asyncio.Event()
        try:
            # pgqueuer reads JSON by itself.
            for name in ("json", "jsonb"):
                await connection.reset_type_codec(name, schema="pg_catalog")
            manager = QueueManager(queries(connection), channel=CHANNEL)

            def end(_connection: object) -> None:
                let_go.set()
                manager.shutdown.set()

            connection.add_termination_listener(end)
            for work in self._works:
                manager.entrypoint(work.kind, accepts_context=False)(self._deed(work, let_go))
            self._connection, self._manager = connection, manager
            if self._stopping.is_set():
                return
            await manager.run(
                batch_size=1,
                max_concurrent_tasks=AT_ONCE,
                heartbeat_timeout=self._silence,
                dequeue_timeout=self._silence / 3,
                log_aggregation_interval=timedelta(0),
            )
        finally:
            self._connection = self._manager = None
            with suppress(asyncpg.InterfaceError):
                connection.terminate()

    def _deed(self, work: Work, let_go: asyncio.Event) -> Callable[[QueuedJob], Awaitable[None]]:
        async def carry_out(queued: QueuedJob) -> None:
            turn = Turn(work, let_go, kept=self._kept, finished=self._finished)
            try:
                await turn.carry_out(*named(queued.payload))
            except Interrupted:
                raise RetryRequested(reason="the runner stops") from None

        return carry_out

    async def _look_for_lost_jobs(self) -> None:
        """Nothing takes a job out of the queue before its end, unless somebody empties the queue, or two runs meet."""
        while True:
            try:
                if found := await queue_again([work.kind for work in self._works]):
                    _log.warning("lost_jobs_queued_again", count=found)
            except CONNECTION_FAILURES as failure:
                _log.warning("lost_jobs_not_looked_for", error=type(failure).__name__)
            if await heard_within(self._stopping, LOST_SECONDS):
                return
