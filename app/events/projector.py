"""The projector: keeps all projections up, in each process; of all processes one at a time writes each of them."""

import asyncio
from collections.abc import Iterable
from contextvars import Context
from dataclasses import dataclass
from zlib import crc32

import asyncpg
import structlog

from app.database import connect
from app.events.cursor import BEGINNING, Cursor
from app.events.projection import PAGE_SIZE, Projection, found, go_on, read_ahead
from app.events.read import PLANS, SettledPage
from app.events.wake import (
    CONNECTION_FAILURES,
    FAREWELL_SECONDS,
    FIRST_BACK_OFF_SECONDS,
    LONGEST_BACK_OFF_SECONDS,
    Doorbell,
    heard_within,
)

REST_SECONDS = 0.1  # between two passes, however much there is to do: each holds back all feeds for a moment
ELECTION_SECONDS = 3.0  # until somebody else goes on where a process has died
PASS_TIMEOUT_SECONDS = 30.0
# Any number will do, as long as all versions of the service agree on it.
_LOCKS = 7_348_921
_ELECT = "SELECT pg_try_advisory_lock($1::int, $2::int)"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProjectionHealth:
    """How one projection is, as this process sees it."""

    name: str
    at: Cursor
    leads: bool  # whether it is this process that writes it
    # Seconds for which the oldest committed event has been waiting to be applied; 0 when none waits, and in
    # processes that stand by.
    lag: float


class Projector:
    """One per process: a task and a connection of its own for each projection; outlives restarts of the database."""

    def __init__(
        self,
        doorbell: Doorbell,
        projections: Iterable[Projection],
        *,
        poll_seconds: float = 1.0,
        page_size: int = PAGE_SIZE,
        rest_seconds: float = REST_SECONDS,
        election_seconds: float = ELECTION_SECONDS,
    ) -> None:
        pace = _Pace(poll_seconds, rest_seconds, election_seconds)
        self._keepers = {one.name: _Keeper(one, doorbell, pace, page_size) for one in projections}

    async def start(self) -> None:
        """Begin, in the background: a database that is away only makes the projections late."""
        for keeper in self._keepers.values():
            keeper.start()

    async def stop(self) -> None:
        """Write no more; whoever stands by elsewhere goes on."""
        await asyncio.gather(*(keeper.stop() for keeper in self._keepers.values()))

    def health(self) -> list[ProjectionHealth]:
        """For the readiness check and the metrics."""
        return [keeper.health() for keeper in self._keepers.values()]

    def at(self, name: str) -> Cursor:
        """How far a projection was when this process last looked; BEGINNING before that."""
        return self._keepers[name].at

    async def past(self, name: str, cursor: Cursor) -> Cursor:
        """Wait until a projection has moved past a place, whoever has moved it; how far it is then.

        Where another process writes it this is known a few tenths of a second later. A projection that is rebuilt
        is past no place before it has come there again.
        """
        return await self._keepers[name].past(cursor)


@dataclass(frozen=True, slots=True)
class _Pace:
    poll_seconds: float
    rest_seconds: float
    election_seconds: float

    @property
    def stale_seconds(self) -> float:
        """After so long without a look nobody knows any more."""
        return 2 * max(self.poll_seconds, self.election_seconds) + 1


class _Keeper:
    """Keeps one projection up, or stands by while another process does."""

    def __init__(self, projection: Projection, doorbell: Doorbell, pace: _Pace, page_size: int) -> None:
        self.at = BEGINNING
        self._projection = projection
        self._doorbell = doorbell
        self._pace = pace
        self._page_size = page_size
        self._bell = asyncio.Event()
        self._moved = asyncio.Event()  # set, and replaced by a new one, whenever `at` moves
        self._awaited = asyncio.Event()  # set while somebody waits for `at` to move
        self._waiting = 0
        self._leads = False
        self._is_well = False
        self._looked_at = 0.0
        self._whole_at = 0.0  # when everything that was committed had been applied, as far as is known
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._whole_at = self._looked_at = loop.time()
        self._doorbell.hang(self._bell)
        name = f"projection {self._projection.name}"
        self._running = loop.create_task(self._run(), context=Context(), name=name)

    async def stop(self) -> None:
        self._doorbell.take_down(self._bell)
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running}, timeout=FAREWELL_SECONDS)

    def health(self) -> ProjectionHealth:
        now = asyncio.get_running_loop().time()
        fresh = now - self._looked_at < self._pace.stale_seconds
        lag = 0.0 if fresh and self._is_well else now - self._whole_at
        return ProjectionHealth(self._projection.name, self.at, self._leads, lag)

    async def past(self, cursor: Cursor) -> Cursor:
        self._waiting += 1
        self._awaited.set()
        try:
            while self.at <= cursor:
                await self._moved.wait()
            return self.at
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._awaited.clear()

    async def _run(self) -> None:
        back_off = FIRST_BACK_OFF_SECONDS
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self._keep()
            except CONNECTION_FAILURES as failure:
                _log.warning("projection_interrupted", projection=self._projection.name, error=repr(failure))
            except Exception:  # a mistake of ours: told, and tried again; it goes on nowhere else
                _log.exception("projection_interrupted", projection=self._projection.name)
            self._leads = self._is_well = False
            if loop.time() - began > LONGEST_BACK_OFF_SECONDS:
                back_off = FIRST_BACK_OFF_SECONDS  # it had worked for a while
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)

    async def _keep(self) -> None:
        # A commit that a crash takes back takes the cursor with it, so nobody need wait for the disk: meanwhile all
        # feeds would wait too.
        connection = await connect(application_name="tearoff projection", synchronous_commit="off", **PLANS)
        try:
            await self._stand_by(connection)
            self._leads = True
            _log.info("projection_led", projection=self._projection.name)
            await self._lead(connection)
        finally:
            connection.terminate()

    async def _stand_by(self, connection: asyncpg.Connection) -> None:
        """Until this process is the one that writes. Looks often only while somebody waits for the projection."""
        name, pace = self._projection.name, self._pace
        pause = pace.rest_seconds
        while not await connection.fetchval(_ELECT, _LOCKS, crc32(name.encode()) - 2**31):
            self._bell.clear()
            before = self.at
            self._is_at(await found(connection, name))
            self._is_well = True
            self._whole_at = self._looked_at = asyncio.get_running_loop().time()
            if not self._waiting:
                await heard_within(self._awaited, pace.election_seconds)
                pause = pace.rest_seconds
                continue
            # The bell rings when something has happened, not yet when it is projected: one look more, and one more.
            pause = pace.rest_seconds if self.at != before else min(pause * 2, pace.poll_seconds)
            if await heard_within(self._bell, pause):
                pause = pace.rest_seconds
                await asyncio.sleep(pause)

    async def _lead(self, connection: asyncpg.Connection) -> None:
        self._is_at(await found(connection, self._projection.name))
        loop, pace = asyncio.get_running_loop(), self._pace
        patience = pace.rest_seconds
        while True:
            began = loop.time()
            self._bell.clear()  # before the read: a ring during it means one more pass
            async with asyncio.timeout(PASS_TIMEOUT_SECONDS):
                page = await self._pass(connection)
            self._looked_at = loop.time()
            if page is not None and not page.is_full:
                self._is_well = page.unsettled is None
                if self._is_well:
                    self._whole_at = began
                    await heard_within(self._bell, pace.poll_seconds)
                    patience = pace.rest_seconds
                else:
                    # An open transaction holds back what is committed; nobody may ring when it ends.
                    await heard_within(self._bell, patience)
                    patience = min(patience * 2, pace.poll_seconds)
            await asyncio.sleep(max(0.0, began + pace.rest_seconds - loop.time()))

    async def _pass(self, connection: asyncpg.Connection) -> SettledPage | None:
        """One page; None when somebody else has moved the cursor and it has to come again."""
        page = await read_ahead(connection, self._projection, self.at, self._page_size)
        if self.at < page.horizon:  # only where it is newer than that: what is unread is never let go
            _log.warning("projection_begins_late", projection=self._projection.name, horizon=page.horizon)
        if page.reached > self.at:
            if not await go_on(connection, self._projection, self.at, page):
                self._is_at(await found(connection, self._projection.name))  # a rebuild begins, or helps
                return None
            self._is_at(page.reached)
        if page.is_full:
            self._is_well = False
        return page

    def _is_at(self, place: Cursor) -> None:
        if place != self.at:
            self.at = place
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()
