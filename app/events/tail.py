"""The tail: the one reader per process that follows the whole log and fills the mailboxes of the followers."""

import asyncio
from collections.abc import Callable, Iterable
from contextvars import Context
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from app.database import connect
from app.events.cursor import BEGINNING, Cursor
from app.events.kinds import EventKind
from app.events.log import Event
from app.events.mailbox import Mailbox
from app.events.read import PAGE_SIZE, PLANS, SettledPage, event_of, head, is_known, place_of, read_everything
from app.events.wake import (
    CONNECTION_FAILURES,
    FIRST_BACK_OFF_SECONDS,
    LONGEST_BACK_OFF_SECONDS,
    Doorbell,
    heard_within,
)

SHORTEST_PAUSE_SECONDS = 0.01  # between two reads, however often the bell rings
PAUSE_ALONE_SECONDS = 0.1  # the same while there are no followers
READ_TIMEOUT_SECONDS = 20.0
EVENTS_PER_TURN = 32  # offered before the followers get their turn to empty their mailboxes

_log = structlog.get_logger(__name__)

Watch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class TailHealth:
    """How the tail is; times in seconds."""

    read_ago: float | None  # since the last successful read; None before the first
    lag: float  # how long the oldest committed event has been waiting to be offered; 0 when none waits
    caught_up: bool  # whether the last read reached the settled end of the log
    at: Cursor
    events_offered: int  # since the start


class Tail:
    """Offers every settled event to the mailboxes of its project; outlives restarts of the database."""

    def __init__(
        self, doorbell: Doorbell, *, poll_seconds: float, heartbeat_seconds: float, page_size: int = PAGE_SIZE
    ) -> None:
        self.at = BEGINNING  # everything up to here has been offered to all mailboxes registered before
        self._events_offered = 0
        self._doorbell = doorbell
        self._bell = asyncio.Event()
        self._joined = asyncio.Event()  # the first follower has come
        self._poll_seconds = poll_seconds
        self._heartbeat_seconds = heartbeat_seconds
        self._page_size = page_size
        self._mailboxes: dict[UUID, set[Mailbox]] = {}
        self._watchers: dict[EventKind, list[Watch]] = {}
        self._running: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._read_at: float | None = None
        self._whole_at = 0.0  # when everything that was committed had been offered
        self._caught_up = False
        self._waiting_for: Cursor | None = None
        self._patience = 0.0
        self._beat_at = 0.0

    async def start(self) -> None:
        """Begin at the settled end of the log; returns when that place is known."""
        loop = asyncio.get_running_loop()
        self._whole_at = loop.time()
        self._doorbell.hang(self._bell)
        self._running = loop.create_task(self._run(), context=Context(), name="feed tail")
        await self._ready.wait()

    async def stop(self) -> None:
        """Read no more and close all mailboxes; what is in them can still be taken."""
        self._doorbell.take_down(self._bell)
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        for mailbox in list(self.mailboxes()):
            mailbox.close()

    def register(self, mailbox: Mailbox) -> Cursor:
        """Offer the mailbox everything behind the place that is returned."""
        if not self._mailboxes:
            self._joined.set()
            self._bell.set()
        self._mailboxes.setdefault(mailbox.wish.project, set()).add(mailbox)
        return self.at

    def let_go(self, mailbox: Mailbox) -> None:
        """Offer the mailbox nothing more."""
        of_project = self._mailboxes.get(mailbox.wish.project)
        if of_project is not None:
            of_project.discard(mailbox)
            if not of_project:
                del self._mailboxes[mailbox.wish.project]

    def watch(self, kind: EventKind, watch: Watch) -> None:
        """Call `watch` with every event of a kind, of all projects, that settles from now on."""
        self._watchers.setdefault(kind, []).append(watch)

    def mailboxes(self) -> Iterable[Mailbox]:
        """All mailboxes that are being filled."""
        return (mailbox for of_project in self._mailboxes.values() for mailbox in of_project)

    def health(self) -> TailHealth:
        """How far the tail has come and when it last read."""
        now = asyncio.get_running_loop().time()
        ago = None if self._read_at is None else now - self._read_at
        fresh = ago is not None and ago < 2 * self._poll_seconds + 1
        whole = fresh and self._caught_up and self._waiting_for is None
        lag = 0.0 if whole else now - self._whole_at
        return TailHealth(ago, lag, self._caught_up and fresh, self.at, self._events_offered)

    async def _run(self) -> None:
        back_off = FIRST_BACK_OFF_SECONDS
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._follow_log()
            except CONNECTION_FAILURES as failure:
                _log.warning("feed_interrupted", error=f"{type(failure).__name__}: {failure}")
            except Exception:
                _log.exception("feed_interrupted")  # a mistake of ours: told, and tried again
            if self._read_at is not None and self._read_at > began:
                back_off = FIRST_BACK_OFF_SECONDS  # it had worked for a while
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)

    async def _follow_log(self) -> None:
        loop = asyncio.get_running_loop()
        connection = await connect(application_name="tearoff feed", **PLANS)
        try:
            if self._read_at is None:
                self.at = await head()  # who follows from further back reads that by itself
            while True:
                began = loop.time()
                self._bell.clear()  # before the read: a ring during it means one more read
                self._joined.clear()
                page = await self._read(connection)
                if page is not None:
                    await self._offer(page)
                    self._note(page, began)
                    if not page.is_full:
                        self._send_heartbeats(loop.time())
                        await self._pause(began)
        finally:
            connection.terminate()

    async def _read(self, connection: asyncpg.Connection) -> SettledPage | None:
        """The next page; while nobody follows, only what is watched for."""
        kinds = None if self._mailboxes else tuple(self._watchers)
        async with asyncio.timeout(READ_TIMEOUT_SECONDS):
            page = await read_everything(connection, self.at, self._page_size, kinds)
        if kinds is not None and self._mailboxes:
            return None  # somebody came meanwhile and counts on the events that were left out
        return page

    async def _offer(self, page: SettledPage) -> None:
        if page.reached < self.at:
            self._rewind(page.reached)
        elif self.at < page.horizon:
            # This process has slept so long that part of what it missed was let go: the log tells each follower.
            _log.error("event_log_was_let_go", was_at=self.at, horizon=page.horizon)
            self._send_all_to_the_log()
        for count, row in enumerate(page.rows, start=1):
            if is_known(row):
                self._offer_one(row)
            # Moved per event, not per page: whoever registers during a turn starts exactly here.
            self.at = place_of(row)
            if count % EVENTS_PER_TURN == 0:
                await asyncio.sleep(0)
        self.at = page.reached

    def _offer_one(self, row: asyncpg.Record) -> None:
        mailboxes = self._mailboxes.get(row["project_id"], ())
        watchers = self._watchers.get(row["kind"], ())
        if not mailboxes and not watchers:
            return
        event = event_of(row)
        self._events_offered += 1
        for mailbox in tuple(mailboxes):
            mailbox.offer(event)
            if mailbox.is_closed:
                self.let_go(mailbox)
        for watch in watchers:
            try:
                watch(event)
            except Exception:
                _log.exception("watch_failed", kind=event.kind)

    def _rewind(self, reached: Cursor) -> None:
        """The log ends before a place it had reached: another database stands behind the address now."""
        _log.error("event_log_went_back", was_at=self.at, ends_at=reached)
        self.at = reached
        self._send_all_to_the_log()

    def _send_all_to_the_log(self) -> None:
        for mailbox in list(self.mailboxes()):
            mailbox.close()
            self.let_go(mailbox)

    def _note(self, page: SettledPage, began: float) -> None:
        self._read_at = asyncio.get_running_loop().time()
        self._caught_up = not page.is_full
        if not page.is_full:
            if page.unsettled is None or page.unsettled != self._waiting_for:
                self._whole_at = began
                self._patience = SHORTEST_PAUSE_SECONDS
            self._waiting_for = page.unsettled
        self._ready.set()

    def _send_heartbeats(self, now: float) -> None:
        if now >= self._beat_at:
            self._beat_at = now + self._heartbeat_seconds
            for mailbox in self.mailboxes():
                mailbox.beat(self.at)

    async def _pause(self, began: float) -> None:
        """Wait for the bell, but not longer than until the next look is due."""
        loop = asyncio.get_running_loop()
        longest, shortest = self._poll_seconds, PAUSE_ALONE_SECONDS
        if self._mailboxes:
            longest = min(longest, max(0.0, self._beat_at - loop.time()))
            shortest = SHORTEST_PAUSE_SECONDS
            if self._waiting_for is not None:
                # An open transaction holds back what is committed; nobody may ring when it ends.
                longest = min(longest, self._patience)
                self._patience *= 2
        await heard_within(self._bell, longest)
        await heard_within(self._joined, began + shortest - loop.time())
