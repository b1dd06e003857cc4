"""The pulses that somebody watches: each is computed once per change in a process, for all who watch it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from contextvars import Context
from datetime import UTC, datetime
from typing import Protocol

import structlog

from app.events.cursor import Cursor
from app.events.wake import CONNECTION_FAILURES, FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS
from app.reports.projection import NAME
from app.reports.pulse import take_pulse
from app.reports.pulse_values import Pulse, PulseOf

PAUSE_SECONDS = 0.5  # between two computations of a pulse, however much happens
# All pulses together take at most a fifth of the process and of one connection of the pool.
_REST = 4
_LONGEST_REST_SECONDS = 0.2

_log = structlog.get_logger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Moves(Protocol):
    """What tells that figures may have changed: the projector."""

    async def past(self, name: str, cursor: Cursor) -> Cursor:
        """Wait until a projection has moved past a place."""


class PulseBoard:
    """One per process. A pulse is kept as long as somebody watches it; a database that is away only makes it late."""

    def __init__(
        self,
        moves: Moves,
        *,
        clock: Callable[[], datetime] = _now,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._moves = moves
        self._clock = clock
        self._pause = pause_seconds
        self._turn = asyncio.Lock()
        self._pulses: dict[PulseOf, _Watched] = {}

    def __len__(self) -> int:
        """How many pulses are watched."""
        return len(self._pulses)

    async def watch(self, of: PulseOf) -> AsyncGenerator[Pulse, None]:
        """The present pulse, and then the newest one whenever it has changed; who is slow is spared those between.

        Close the generator when done.
        """
        watched = self._pulses.get(of)
        if watched is None:
            watched = self._pulses[of] = _Watched(of)
            name = f"pulse {of.campaign.hex}"
            watched.keeping = asyncio.get_running_loop().create_task(
                self._keep(watched), context=Context(), name=name
            )
        watched.viewers += 1
        seen: Pulse | None = None
        try:
            while True:
                seen = await watched.newer_than(seen)
                yield seen
        finally:
            watched.viewers -= 1
            if not watched.viewers:
                del self._pulses[of]
                if watched.keeping is not None:
                    watched.keeping.cancel()

    async def _keep(self, watched: "_Watched") -> None:
        loop = asyncio.get_running_loop()
        back_off = FIRST_BACK_OFF_SECONDS
        while True:
            began = loop.time()
            try:
                async with self._turn:
                    await self._take(watched)
            except CONNECTION_FAILURES as failure:
                _log.warning("pulse_waits", error=type(failure).__name__, retry_seconds=back_off)
                await asyncio.sleep(back_off)
                back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)
                continue
            except Exception as fault:  # a mistake of ours: those who watch shall hear of it
                _log.exception("pulse_failed")
                watched.fail(fault)
                return
            back_off = FIRST_BACK_OFF_SECONDS
            await self._until_it_may_change(watched)
            await asyncio.sleep(max(0.0, began + self._pause - loop.time()))

    async def _take(self, watched: "_Watched") -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        watched.show(await take_pulse(watched.of, self._clock()))
        await asyncio.sleep(min((loop.time() - began) * _REST, _LONGEST_REST_SECONDS))

    async def _until_it_may_change(self, watched: "_Watched") -> None:
        """Until the log has been counted further, or a point of the window ends."""
        last = watched.looked_at
        assert last is not None  # noqa: S101 - it has just been taken
        seconds = max(0.0, (last.changes_at - self._clock()).total_seconds())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moves.past(NAME, last.cursor)


class _Watched:
    """One pulse and those who watch it."""

    def __init__(self, of: PulseOf) -> None:
        self.of = of
        self.viewers = 0
        self.keeping: asyncio.Task[None] | None = None
        self.looked_at: Pulse | None = None  # the last one that was taken
        self._shown: Pulse | None = None  # the last one that differed from the one before
        self._fault: Exception | None = None
        self._news = asyncio.Event()  # set, and replaced by a new one, whenever there is something to see

    def show(self, pulse: Pulse) -> None:
        """Show it to all, if it tells anything new."""
        self.looked_at = pulse
        if pulse != self._shown:
            self._shown = pulse
            self._ring()

    def fail(self, fault: Exception) -> None:
        """There will be no more."""
        self._fault = fault
        self._ring()

    async def newer_than(self, seen: Pulse | None) -> Pulse:
        """Wait for one that differs from `seen`; raises what ended it."""
        while True:
            if self._fault is not None:
                raise self._fault
            if self._shown is not None and self._shown is not seen:
                return self._shown
            await self._news.wait()

    def _ring(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()
