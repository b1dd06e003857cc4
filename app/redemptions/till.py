"""The till: every redemption of this process goes through one queue, and one transaction settles what has queued.

While a batch is being committed, new requests queue up; the next batch takes them all, up to a size. So a lone
request never waits for company, and under load the cost of a commit is shared. The till has one connection of
its own. Only a committed batch answers its callers.
"""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import structlog

from app.database import BY_INDEX, connect
from app.database.standing_edits import begin_redeeming
from app.events.wake import ring
from app.problem import Problems
from app.redemptions.redeem import settle
from app.redemptions.requests import Answer, RedeemRequest
from app.redemptions.ticket import Ticket, write_ticket

# The connection is gone: the batch comes again on a new one.
_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
# The connection must go, because what it remembers of statements or tables does not fit any more.
_STALE = (asyncpg.InternalClientError, asyncpg.InvalidCachedStatementError)
# Somebody else was faster, or stood in the way: the batch was undone and simply comes again.
_CLASH = (
    *_STALE,
    asyncpg.UniqueViolationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
_MOST_CLASHES = 8
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.5  # seconds
# A plan made when a table was nearly empty may follow the wrong index; a new one costs a few milliseconds.
_REPLAN_SECONDS = 10.0

_log = structlog.get_logger(__name__)


class TillUnavailable(Exception):  # noqa: N818 - a state of the till, not a mistake
    """No database, a full queue, a closed till. Ask again with the same idempotency key: that is always safe."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the queue."""

    ticket: Ticket
    answer: asyncio.Future[Answer | Problems]


class Till:
    """One per process: `start`, `redeem` as often as you like, `close`.

    `size` bounds a batch and `queue` what waits for one; `patience` is how many seconds a request waits for a database
    that is away.
    `batches`, `settled` and `redone` count what it did.
    """

    def __init__(
        self,
        size: int = 256,
        *,
        queue: int = 10_000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: float = 5.0,
    ) -> None:
        self.batches = self.settled = self.redone = 0
        self._size, self._most_waiting, self._clock, self._patience = size, queue, clock, patience
        self._queue: deque[_Place] = deque()
        self._arrived = asyncio.Event()
        self._open = False
        self._connection: asyncpg.Connection | None = None
        self._replan_at = 0.0
        self._worker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Dial the database and begin to serve; raises when it cannot be reached."""
        self._connection = await _dial()
        self._open = True
        # The empty context keeps a caller's transaction out of the till's.
        self._worker = asyncio.get_running_loop().create_task(self._work(), context=Context())

    async def close(self) -> None:
        """Take no more requests, answer those that wait, hang up."""
        self._open = False
        self._arrived.set()
        if self._worker is not None:
            await self._worker
        if self._connection is not None:
            await self._connection.close(timeout=5)
            self._connection = None

    @property
    def waiting(self) -> int:
        """How many requests queue for the next batch."""
        return len(self._queue)

    async def redeem(self, request: RedeemRequest) -> Answer | Problems:
        """Redeem, exactly once per idempotency key; codes of Problems as in `write_ticket` and `settle`.

        Raises TillUnavailable when the database stays away or the queue is full. A caller that is cancelled before its
        batch is taken has asked for nothing; later it may or may not have been served, and its key tells.
        """
        ticket = write_ticket(request)
        if isinstance(ticket, Problems):
            return ticket
        if not self._open:
            raise TillUnavailable("The till is closed.")
        if len(self._queue) >= self._most_waiting:
            raise TillUnavailable(f"The till is full: {self._most_waiting} requests wait already.")
        place = _Place(ticket, asyncio.get_running_loop().create_future())
        self._queue.append(place)
        self._arrived.set()
        return await place.answer

    async def _work(self) -> None:
        while self._open or self._queue:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(self._size, len(self._queue)))]
                batch = [place for place in batch if not place.answer.cancelled()]
                if batch:
                    await self._serve(batch)
            self._arrived.clear()
            if self._open:
                await self._arrived.wait()

    async def _serve(self, batch: Sequence[_Place]) -> None:
        """Answer everybody. A request that cannot be settled is halved out, so that it spoils no neighbour."""
        fault = await self._settle(batch)
        if fault is None:
            return
        if len(batch) > 1 and not isinstance(fault, TillUnavailable):
            middle = len(batch) // 2
            await self._serve(batch[:middle])
            await self._serve(batch[middle:])
            return
        _log.error("redemption_failed", error=type(fault).__name__, requests=len(batch), exc_info=fault)
        for place in batch:
            if not place.answer.done():
                place.answer.set_exception(fault)

    async def _settle(self, batch: Sequence[_Place]) -> Exception | None:
        """One transaction, again and again while only others are to blame; gives the fault that remains.

        After a connection was lost nobody knows whether the commit arrived: the idempotency keys, which every
        request has, tell it when the batch comes again.
        """
        tickets = [place.ticket for place in batch]
        tries, give_up_at = 0, asyncio.get_running_loop().time() + self._patience
        while True:
            try:
                connection = await self._prepare()
                async with _transaction(connection, tickets):
                    answers = await settle(connection, tickets, self._clock())
            except Exception as fault:  # whatever it is, the callers must hear of it
                tries += 1
                lost = self._hung_up(fault)
                if lost and asyncio.get_running_loop().time() >= give_up_at:
                    unavailable = TillUnavailable("The database cannot be reached.")
                    unavailable.__cause__ = fault
                    return unavailable
                if not lost and (not isinstance(fault, _CLASH) or tries >= _MOST_CLASHES):
                    return fault
                self.redone += 1
                pause = min(_FIRST_PAUSE * 2 ** (tries - 1), _LONGEST_PAUSE)
                await asyncio.sleep(pause * random.random() if tries > 1 else 0)  # noqa: S311 - spreads, not hides
            else:
                self._hand_out(batch, answers)
                return None

    async def _prepare(self) -> asyncpg.Connection:
        """The connection, dialled if need be; its plans are thrown away now and then, for tables grow."""
        now = asyncio.get_running_loop().time()
        if self._connection is None:
            self._connection = await _dial()
        elif now < self._replan_at:
            return self._connection
        else:
            await self._connection.execute("DISCARD PLANS")
        self._replan_at = now + _REPLAN_SECONDS
        return self._connection

    def _hand_out(self, batch: Sequence[_Place], answers: Sequence[Answer | Problems]) -> None:
        self.batches += 1
        self.settled += len(batch)
        for place, answer in zip(batch, answers, strict=True):
            if not place.answer.done():
                place.answer.set_result(answer)
        ring()

    def _hung_up(self, fault: Exception) -> bool:
        """Whether the fault means a lost connection; then the next try dials anew."""
        connection = self._connection
        if connection is None:
            return isinstance(fault, (OSError, asyncpg.PostgresError, asyncpg.InterfaceError))
        lost = isinstance(fault, _LOST) or connection.is_closed()
        if lost or isinstance(fault, _STALE) or connection.is_in_transaction():
            connection.terminate()
            self._connection = None
        return lost


async def _dial() -> asyncpg.Connection:
    return await connect(application_name="tearoff till", **BY_INDEX)


@asynccontextmanager
async def _transaction(connection: asyncpg.Connection, tickets: Sequence[Ticket]) -> AsyncIterator[None]:
    """A transaction that begins with the locks that keep limits as they are; asyncpg's own cannot."""
    await connection.execute(begin_redeeming({ticket.project for ticket in tickets}))
    try:
        yield
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")
