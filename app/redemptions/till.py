"""The till: every redemption of this process goes through one queue, and one transaction settles what has queued.

While a batch is being committed, new requests queue up; the next batch takes them all, up to a size. So a lone
request never waits for company, and under load the cost of a commit is shared. The till has one connection of
its own. Only a committed batch answers its callers.
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import structlog

from app.events.wake import ring
from app.problem import Problems
from app.redemptions.expire import HoldsExpired
from app.redemptions.own_connection import OwnConnection
from app.redemptions.redeem import settle
from app.redemptions.requests import Answer, RedeemRequest
from app.redemptions.suspects import Code, Suspects
from app.redemptions.ticket import Ticket, write_ticket
from app.redemptions.timings import Cause, Watch

_MOST_CLASHES = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.5  # seconds

_UNAVAILABLE = {
    Cause.LOST: "The database cannot be reached.",
    Cause.STUCK: "Somebody else holds a lock, or the database is too slow.",
}

_log = structlog.get_logger(__name__)


class TillUnavailable(Exception):  # noqa: N818 - a state of the till, not a mistake
    """No database, a lock that somebody does not let go, a full queue, a closed till.

    Ask again with the same idempotency key: that is always safe.
    """


@dataclass(slots=True)
class _Place:
    """A place in the queue. `since` is the loop's time; from then it `waited` so many seconds for its batch.

    Who waits for a lock in vain comes again until `leaves_at`, which is known when its first batch is taken.
    """

    ticket: Ticket
    answer: asyncio.Future[Answer | Problems]
    since: float
    waited: float = 0.0
    leaves_at: float = 0.0

    @property
    def codes(self) -> list[Code]:
        """What it brings, in order: equal for those who wait for the same."""
        return [(self.ticket.project, code) for code in self.ticket.code_keys]


class _Fault(NamedTuple):
    """What is to be told to a batch that could not be settled, and why."""

    told: Exception
    cause: Cause


class Till:
    """One per process: `start`, `redeem` as often as you like, `close`.

    `size` bounds a batch and `queue` what waits for one. `patience` is how many seconds a batch waits for a database
    that is away or a lock that is held; `lock_timeout_ms` how long it waits for one lock before it looks whether part
    of it can be settled without. After `silence` seconds without an end of a transaction its connection counts as lost.
    `batches`, `settled` and `redone` count what it did; `watch` hears more.
    """

    def __init__(
        self,
        size: int = 256,
        *,
        queue: int = 10_000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float = 5.0,
        lock_timeout_ms: int = 1_000,
        silence: float = 30.0,
        watch: Watch | None = None,
    ) -> None:
        self.batches = self.settled = self.redone = 0
        self._size, self._most_waiting, self._clock, self._patience = size, queue, clock, patience
        self._watch = watch or Watch()
        self._queue: deque[_Place] = deque()
        self._arrived = asyncio.Event()
        self._open = False
        # An honest neighbour waits so long for what is held for ever, and meanwhile keeps what else its batch needs.
        self._persistence = min(2 * lock_timeout_ms / 1000, patience)
        self._suspects = Suspects()
        self._connection = OwnConnection(lock_timeout_ms=lock_timeout_ms, patience=patience, silence=silence)
        self._worker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Dial the database and begin to serve; raises when it cannot be reached."""
        await self._connection.ready()
        self._open = True
        # The empty context keeps a caller's transaction out of the till's.
        self._worker = asyncio.get_running_loop().create_task(self._work(), context=Context())

    async def close(self) -> None:
        """Take no more requests, answer those that wait, hang up."""
        self._open = False
        self._arrived.set()
        if self._worker is not None:
            await self._worker
        await self._connection.close()

    @property
    def waiting(self) -> int:
        """How many requests queue for the next batch."""
        return len(self._queue)

    async def redeem(self, request: RedeemRequest) -> Answer | Problems:
        """Redeem, exactly once per idempotency key; codes of Problems as in `write_ticket` and `settle`.

        Raises TillUnavailable when the database stays away, a lock is not to be had, or the queue is full. A caller
        that is cancelled before its batch is taken has asked for nothing; later it may or may not have been served,
        and its key tells.
        """
        ticket = write_ticket(request)
        if isinstance(ticket, Problems):
            return ticket
        if not self._open:
            raise TillUnavailable("The till is closed.")
        if len(self._queue) >= self._most_waiting:
            raise TillUnavailable(f"The till is full: {self._most_waiting} requests wait already.")
        loop = asyncio.get_running_loop()
        place = _Place(ticket, loop.create_future(), loop.time())
        self._queue.append(place)
        self._arrived.set()
        return await place.answer

    async def _work(self) -> None:
        while self._open or self._queue:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(self._size, len(self._queue)))]
                batch = [place for place in batch if not place.answer.done()]
                try:
                    await self._serve(batch)
                except (
                    Exception
                ) as fault:  # a mistake of the till's own must not leave anybody waiting for ever
                    self._refuse(batch, _Fault(fault, Cause.FAULT))
            self._arrived.clear()
            if self._open:
                await self._arrived.wait()

    async def _serve(self, batch: Sequence[_Place]) -> None:
        """Answer everybody, but who waits for a lock and may come again.

        What cannot be settled is halved out, so that it spoils no neighbour.
        """
        now = asyncio.get_running_loop().time
        taken = now()
        for place in batch:
            place.waited = taken - place.since
            place.leaves_at = place.leaves_at or taken + self._persistence
        parts = self._parts(batch, taken)
        while parts:
            part, hurried = parts.pop()
            if hurried and now() >= taken + self._patience:
                self._leave(part, _Fault(TillUnavailable("Waiting for a lock left no time."), Cause.STUCK))
                continue
            fault = await self._settle(part, taken + self._patience, hurried=hurried)
            if fault is None:
                self._suspects.clear(code for place in part for code in place.codes)
            elif halves := _halves(part, fault.cause):
                parts += [(half, hurried or fault.cause is Cause.STUCK) for half in reversed(halves)]
            else:
                if fault.cause is Cause.STUCK:
                    self._suspects.add(part[0].codes, now())  # all of the part bring the same
                self._leave(part, fault)

    def _parts(self, batch: Sequence[_Place], now: float) -> list[tuple[Sequence[_Place], bool]]:
        """The batch, to be taken from the end, and whether to hurry.

        Codes that waited in vain a moment ago come apart and last. Together with them all others would be locked
        while they wait, here and, through their counters, at every other till.
        """
        apart: list[_Place] = []
        others: list[_Place] = []
        for place in batch:
            suspected = self._suspects and self._suspects.meets(place.codes, now)
            (apart if suspected else others).append(place)
        return [(part, hurried) for part, hurried in ((apart, True), (others, False)) if part]

    def _leave(self, part: Sequence[_Place], fault: _Fault) -> None:
        """Refuse; but who waits for a lock queues again as long as a neighbour may hold it who only waits himself."""
        now = asyncio.get_running_loop().time()
        refused: list[_Place] = []
        for place in part:
            stays = fault.cause is Cause.STUCK and now < place.leaves_at
            (self._queue if stays else refused).append(place)
        if refused:
            self._refuse(refused, fault)

    async def _settle(self, batch: Sequence[_Place], give_up_at: float, *, hurried: bool) -> _Fault | None:
        """One transaction, again and again while only others are to blame; gives the fault that remains.

        After a connection was lost nobody knows whether the commit arrived: the idempotency keys, which every
        request has, tell it when the batch comes again.
        """
        tickets, tries, now = [place.ticket for place in batch], 0, asyncio.get_running_loop().time
        while True:
            try:
                answers = await self._settle_once(tickets, hurried=hurried)
            except Exception as fault:  # whatever it is, the callers must hear of it
                tries += 1
                cause = self._connection.blame(fault)
                if cause is Cause.FAULT or (cause is Cause.CLASH and tries >= _MOST_CLASHES):
                    return _Fault(fault, cause)
                if cause is Cause.STUCK or (cause is Cause.LOST and now() >= give_up_at):
                    unavailable = TillUnavailable(_UNAVAILABLE[cause])
                    unavailable.__cause__ = fault
                    return _Fault(unavailable, cause)
                self.redone += 1
                self._watch.redone(cause)
                pause = min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE)
                await asyncio.sleep(pause * random.random() if tries > 1 else 0)  # noqa: S311 - spreads, not hides
            else:
                self._hand_out(batch, answers)
                self._watch.settled([place.waited for place in batch], self._connection.timings)
                return None

    async def _settle_once(self, tickets: Sequence[Ticket], *, hurried: bool) -> list[Answer | Problems]:
        """One transaction; and what holds reserved for too long is given back before, by another."""
        projects, now = {ticket.project for ticket in tickets}, self._clock()
        try:
            async with self._connection.transaction(projects, hurried=hurried) as connection:
                return await settle(connection, tickets, now, self._connection.locked)
        except HoldsExpired as over:
            await self._connection.expire_holds(over.projects, now, hurried=hurried)
        # At the same instant as before: with a later one, more holds would be over, and so on without end.
        async with self._connection.transaction(projects, hurried=hurried) as connection:
            return await settle(connection, tickets, now, self._connection.locked, has_expired=True)

    def _hand_out(self, batch: Sequence[_Place], answers: Sequence[Answer | Problems]) -> None:
        self.batches += 1
        self.settled += len(batch)
        for place, answer in zip(batch, answers, strict=True):
            if not place.answer.done():
                place.answer.set_result(answer)
        ring()

    def _refuse(self, batch: Sequence[_Place], fault: _Fault) -> None:
        told, cause = fault
        if isinstance(told, TillUnavailable):
            _log.warning(
                "till_unavailable", cause=cause.value, requests=len(batch), error=str(told.__cause__)
            )
        else:
            _log.error("redemption_failed", error=type(told).__name__, requests=len(batch), exc_info=told)
        self._watch.taken_out(cause, len(batch))
        for place in batch:
            if not place.answer.done():
                place.answer.set_exception(told)


def _halves(batch: Sequence[_Place], cause: Cause) -> tuple[Sequence[_Place], ...]:
    """The two parts in which a batch comes again, or none when it is not worth while to divide it.

    Who waits for a lock waits with all who bring the same codes, so these stay together: one wait for all of them.
    """
    if cause is Cause.LOST:
        return ()
    middle = len(batch) // 2
    if cause is Cause.STUCK:
        batch = sorted(batch, key=lambda place: place.codes)
        borders = [place for place in range(1, len(batch)) if batch[place - 1].codes != batch[place].codes]
        middle = min(borders, key=lambda border: abs(border - middle), default=0)
    return (batch[:middle], batch[middle:]) if middle else ()
