"""The doorbell: tells the readers of the log, in this process and in others, that there is something to read.

It is a bell, never a letter: a ring carries no event and may be lost, because readers also look from
time to time by themselves. It rings after the commit and from a connection of its own: NOTIFY takes a
lock of the whole cluster until its transaction is on disk.
"""

import asyncio
import secrets
from abc import abstractmethod
from contextlib import suppress
from contextvars import Context

import asyncpg
import structlog
from broadcaster import Broadcast, BroadcastBackend
from broadcaster import Event as Message

from app.database import Connection, connect, execute

CHANNEL = "tearoff_events"
COALESCE_SECONDS = 0.015
KEEP_ALIVE_SECONDS = 15.0
FAREWELL_SECONDS = 1.0  # for the last ring to leave; who misses it looks by itself a little later
FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS = 0.05, 5.0

# What a broken connection may raise; anything else is a mistake of ours. One whose loss asyncpg has heard of only in
# part "cannot switch to state" for the next statement: an InternalClientError.
CONNECTION_FAILURES = (
    *(OSError, TimeoutError),
    *(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError),
)

_log = structlog.get_logger(__name__)
_RESYNC = "!resync"  # sent to itself where anything may have happened, as after a reconnection
_doorbell: "Doorbell | None" = None


def ring() -> None:
    """Wake everybody who follows the log. Call it after a commit: cheap, never fails, and coalesced.

    Does nothing where no doorbell was started, as in most tests and commands.
    """
    if _doorbell is not None:
        _doorbell.ring()


async def heard_within(bell: asyncio.Event, seconds: float) -> bool:
    """Wait for a bell, but not longer; whether it has rung.

    (Before Python 3.12 `asyncio.wait_for` forgets that it was cancelled when the bell rings in the same turn.)
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await bell.wait()
    return bell.is_set()


class OuterBell(BroadcastBackend):
    """Where rings of other processes come from and go to: a connection that listens, and comes back by itself.

    A subclass says how to listen until the connection is lost, and how to subscribe and to publish. Whatever is wrong
    with a connection it raises as one of CONNECTION_FAILURES.
    """

    def __init__(self) -> None:
        self.is_listening = False  # whether rings of other processes arrive at the moment
        self._channels: set[str] = set()
        self._messages: asyncio.Queue[Message] = asyncio.Queue(maxsize=1)  # more rings say nothing more
        self._listening: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Begin to listen, in the background: a server that is away only makes the bell silent."""
        self._listening = asyncio.get_running_loop().create_task(self._listen(), context=Context())

    async def disconnect(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        self.is_listening = False

    async def unsubscribe(self, group: str) -> None:
        self._channels.discard(group)

    async def next_published(self) -> Message:
        return await self._messages.get()

    @abstractmethod
    async def _listen_until_lost(self) -> None:
        """Listen to all channels; `_listens` says when, and `_heard` what. Returns or raises when it is over."""

    def _listens(self) -> None:
        self.is_listening = True
        for channel in self._channels:
            self._heard(channel, _RESYNC)

    def _heard(self, channel: str, message: str) -> None:
        if self._messages.full() and self._messages.get_nowait().message != message:
            message = _RESYNC  # of two rings one may be this process's own, which it does not hear
        self._messages.put_nowait(Message(channel, message))

    async def _listen(self) -> None:
        back_off = FIRST_BACK_OFF_SECONDS
        while True:
            try:
                await self._listen_until_lost()
                failure = "closed"
            except CONNECTION_FAILURES as lost:
                failure = type(lost).__name__
            if self.is_listening:
                self.is_listening, back_off = False, FIRST_BACK_OFF_SECONDS
                _log.warning("doorbell_lost", error=failure)
            else:
                _log.warning("doorbell_unreachable", error=failure, retry_seconds=back_off)
            await asyncio.sleep(back_off)
            back_off = min(back_off * 2, LONGEST_BACK_OFF_SECONDS)


class PostgresBell(OuterBell):
    """LISTEN on a connection of its own; NOTIFY through the pool."""

    def __init__(self) -> None:
        super().__init__()
        self._connection: asyncpg.Connection | None = None

    async def subscribe(self, group: str) -> None:
        self._channels.add(group)
        if self._connection is not None:
            with suppress(*CONNECTION_FAILURES):  # the reconnection listens to all channels again
                await self._connection.add_listener(group, self._notified)

    async def publish(self, channel: str, message: str) -> None:
        await execute("SELECT pg_notify($1, $2)", channel, message)

    def _notified(self, _connection: Connection, _pid: int, channel: str, message: object) -> None:
        self._heard(channel, str(message))

    async def _listen_until_lost(self) -> None:
        lost = asyncio.Event()
        connection = await connect(application_name="tearoff doorbell")
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            self._connection = connection
            for channel in sorted(self._channels):
                await connection.add_listener(channel, self._notified)
            self._listens()
            while not lost.is_set():
                if not await heard_within(lost, KEEP_ALIVE_SECONDS):
                    await connection.execute("SELECT 1", timeout=5)  # a half-open connection says nothing
        finally:
            self._connection = None
            connection.terminate()


class Doorbell:
    """One process's bell: `ring` wakes the bells hung up here and, through broadcaster, those of other processes."""

    def __init__(self, outside: OuterBell | None = None) -> None:
        """`outside` is PostgreSQL unless another one is given."""
        self._outside = outside or PostgresBell()
        self._broadcast = Broadcast(backend=self._outside)
        self._name = secrets.token_hex(8)
        self._bells: set[asyncio.Event] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._publishing: asyncio.Task[None] | None = None
        self._unsent = False
        self._is_mute = False  # the last ring did not leave the process
        self._due: asyncio.TimerHandle | None = None
        self._rung_at = float("-inf")

    async def start(self) -> None:
        """Listen to other processes, and be the one that `wake.ring` rings."""
        global _doorbell
        await self._broadcast.connect()
        self._tasks = {asyncio.get_running_loop().create_task(self._hear(), context=Context())}
        _doorbell = self

    async def stop(self) -> None:
        """Send a ring that still waits, then listen no more."""
        global _doorbell
        if _doorbell is self:
            _doorbell = None
        if self._due is not None:
            self._due.cancel()
            self._send()
        if self._publishing is not None:
            await asyncio.wait({self._publishing}, timeout=FAREWELL_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._broadcast.disconnect()

    @property
    def is_listening(self) -> bool:
        """Whether rings of other processes arrive; without them readers look by themselves, a little later."""
        return self._outside.is_listening

    def hang(self, bell: asyncio.Event) -> None:
        """Set `bell` at every ring from now on; who waits for it clears it."""
        self._bells.add(bell)

    def take_down(self, bell: asyncio.Event) -> None:
        """Leave `bell` alone from now on."""
        self._bells.discard(bell)

    def ring(self) -> None:
        """Ring soon: at once after a pause, else when COALESCE_SECONDS have passed since the last ring."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            wait = max(0.0, self._rung_at + COALESCE_SECONDS - loop.time())
            # The empty context keeps the caller's transaction out of everything that the ring starts.
            self._due = loop.call_later(wait, self._send, context=Context())

    def _send(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = None
        self._rung_at = loop.time()
        self._wake()
        self._unsent = True
        if self._publishing is None:
            self._publishing = loop.create_task(self._publish(), context=Context())

    async def _publish(self) -> None:
        try:
            while self._unsent:
                self._unsent = False  # a ring that comes while this one is on its way is sent after it
                await self._broadcast.publish(CHANNEL, self._name)
                self._is_mute = False
        except CONNECTION_FAILURES as failure:
            if not self._is_mute:  # said once, not at every ring
                _log.warning("doorbell_not_rung", error=type(failure).__name__)
            self._is_mute = True
        finally:
            self._publishing = None

    async def _hear(self) -> None:
        async with self._broadcast.subscribe(CHANNEL) as heard:
            while True:
                message = await heard.get()
                if message.message != self._name:  # its own rings have woken this process already
                    self._wake()

    def _wake(self) -> None:
        for bell in self._bells:
            bell.set()
