"""Values of this room: a job and how it stands, one step of it, and who can do it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol  # Any: input and place are JSON of the kind's own
from uuid import UUID

from app.database import Connection


class JobState(StrEnum):
    """How a job stands; from DONE, FAILED and CANCELLED there is no way back."""

    QUEUED = "QUEUED"
    """Waits for a runner."""
    RUNNING = "RUNNING"
    """A runner has taken it up; should that one die, the next goes on where it stood."""
    DONE = "DONE"
    FAILED = "FAILED"
    """Cannot be done; `error` says why."""
    CANCELLED = "CANCELLED"


KEPT = timedelta(days=7)  # a job that is over, unless the operator says otherwise
OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. `done` of `total` (None: nobody knows) are counted in whatever its kind looks at.

    `input` and `place` are the kind's own affair. `requested_by` is the key that asked for it.
    """

    id: UUID
    project: UUID
    kind: str
    state: JobState
    input: Mapping[str, Any]
    place: Mapping[str, Any] | None
    done: int
    total: int | None
    run: int
    error: str | None
    requested_by: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it will still change."""
        return self.state in OPEN

    def to_json(self) -> dict[str, Any]:
        """The payload of its events."""
        return {
            "id": self.id.hex,
            "kind": self.kind,
            "state": self.state.value,
            "done": self.done,
            "total": self.total,
            "error": self.error,
            "requested_by": None if self.requested_by is None else self.requested_by.hex,
            "created_at": self.created_at.isoformat(),
            "finished_at": None if self.finished_at is None else self.finished_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Step:
    """What one step has found; it counts when `write`, `place` and `done` are committed together, in milliseconds."""

    place: Mapping[str, Any]
    done: int
    total: int | None
    is_last: bool
    write: Callable[[Connection], Awaitable[None]] | None = None


class CannotGoOn(Exception):  # noqa: N818 - an answer, not a fault
    """Raised by a step: the job has failed, and the message, one sentence, tells its owner why."""


class Work(Protocol):
    """Someone who can do jobs of one kind."""

    @property
    def kind(self) -> str:
        """The kind of its jobs, the same for ever."""

    async def step(self, job: Job) -> Step:
        """Read what comes next, bounded in time and memory, outside any transaction; nothing is changed yet.

        `job.place` is that of the step before, None in the first one. What a step found may be thrown away and
        asked for again.
        """
