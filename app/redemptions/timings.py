"""What a till tells of its work while it works: how long the parts of a batch took, and what went wrong."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Cause(StrEnum):
    """Why a batch, or a request of it, was not settled at the first try."""

    LOST = "lost_connection"  # no database, or none that can be written to
    CLASH = "clash"  # somebody else was faster, or stood in the way for a moment
    STUCK = "locked_out"  # somebody held a lock, or PostgreSQL a statement, for longer than is waited
    FAULT = "fault"  # a fault of ours


class Timings(NamedTuple):
    """The transaction of one batch, in seconds: all of it; its commit; the statements that lock, most of which is
    waiting where others hold the same locks."""

    transaction: float
    commit: float
    locking: float


class Watch:
    """Somebody who keeps figures of a till; this one keeps none. Called in the till's own time, so be brief."""

    def settled(self, waits: Sequence[float], timings: Timings) -> None:
        """A batch was committed; its requests had queued for that many seconds."""

    def redone(self, cause: Cause) -> None:
        """A batch was undone and comes again."""

    def taken_out(self, cause: Cause, requests: int) -> None:
        """So many requests of a batch were not settled, for that reason, and were told so."""
