"""Watching jobs: one reading per change for all who watch in this process, however many they are."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextvars import Context
from uuid import UUID

import structlog

from app.events.wake import CONNECTION_FAILURES, Doorbell, heard_within
from app.jobs.read import by_keys
from app.jobs.values import Job

POLL_SECONDS = 1.0  # the longest delay of a change whose ring was lost
PAUSE_SECONDS = 0.5  # between two readings

Key = tuple[UUID, UUID]  # project and id

_log = structlog.get_logger(__name__)


class _Viewer:
    """Someone who watches: only how the job stands now is kept for them, so a slow one costs nothing."""

    __slots__ = ("changed", "job")

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self.job: Job | None = None

    def tell(self, job: Job | None) -> None:
        self.job = job
        self.changed.set()


class JobWatch:
    """One per process. While somebody watches, a task reads all watched jobs in one statement, at most twice a second.

    It reads when the doorbell rings, which progress does, and once a second in case a ring was lost.
    """

    def __init__(
        self, doorbell: Doorbell, *, poll_seconds: float = POLL_SECONDS, pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._doorbell = doorbell
        self._poll_seconds = poll_seconds
        self._pause_seconds = pause_seconds
        self._viewers: defaultdict[Key, set[_Viewer]] = defaultdict(set)
        self._known: dict[Key, Job] = {}
        self._stopped = asyncio.Event()
        self._bell = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self.readings = 0

    @property
    def viewers(self) -> int:
        """How many watch at the moment."""
        return sum(map(len, self._viewers.values()))

    def stop(self) -> None:
        """End all who watch."""
        self._stopped.set()
        self._bell.set()
        for viewer in [each for some in self._viewers.values() for each in some]:
            viewer.tell(None)

    async def follow(self, project: UUID, id_: UUID) -> AsyncGenerator[Job, None]:
        """The job as it stands, then at every change until it has ended; nothing if the project has no such job.

        Changes that follow each other fast are told as one. Close the generator when done.
        """
        key, viewer = (project, id_), _Viewer()
        self._viewers[key].add(viewer)
        try:
            self._look()
            # Whoever comes second knows what the first one knows, and is told of changes with them.
            job = self._known.get(key) or await self._first(key)
            while job is not None and not self._stopped.is_set():
                yield job
                if not job.is_open:
                    return
                seen, job = job, None
                while job is None or job == seen:
                    await viewer.changed.wait()
                    viewer.changed.clear()
                    job = viewer.job
                    if job is None:
                        return
        finally:
            self._viewers[key].discard(viewer)
            if not self._viewers[key]:
                del self._viewers[key]
                self._known.pop(key, None)

    async def _first(self, key: Key) -> Job | None:
        """The job as it stands; it is watched already, so that no change falls between."""
        self.readings += 1
        job = (await by_keys([key])).get(key)
        if job is not None:
            self._known.setdefault(key, job)
        return job

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._keep_looking(), context=Context())

    async def _keep_looking(self) -> None:
        self._doorbell.hang(self._bell)
        try:
            while self._viewers and not self._stopped.is_set():
                await heard_within(self._bell, self._poll_seconds)
                self._bell.clear()
                try:
                    await self._read()
                except CONNECTION_FAILURES as failure:  # the next look finds the database back
                    _log.warning("jobs_not_read", error=type(failure).__name__)
                await asyncio.sleep(self._pause_seconds)
        finally:
            self._doorbell.take_down(self._bell)

    async def _read(self) -> None:
        watched = list(self._viewers)
        self.readings += 1
        found = await by_keys(watched)
        for key in watched:
            job = found.get(key)
            if job is not None and job == self._known.get(key):
                continue
            if job is not None:
                self._known[key] = job
            for viewer in self._viewers.get(key, ()):
                viewer.tell(job)
