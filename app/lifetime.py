"""What lives as long as a server process: opened in order at the start, closed in the opposite order at the end."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from app import metrics
from app.database import close_database, connect, open_database
from app.database.address import located
from app.database.migrate import pending
from app.embedded_postgres import EmbeddedPostgresError
from app.events.feed import Event, Feed
from app.events.kinds import EventKind
from app.events.partitions import begin_partition, stretch
from app.events.projector import Projector
from app.events.redis_bell import outer_bell
from app.events.wake import CONNECTION_FAILURES, Doorbell
from app.exports.work import ExportWork
from app.jobs.run import Runner
from app.jobs.watch import JobWatch
from app.problem import Problems
from app.projections import PROJECTIONS
from app.projects.read import ended_keys
from app.projects.tokens import TokenSigner
from app.redemptions.requests import Answer, RedeemRequest
from app.redemptions.sweep import sweep_holds
from app.redemptions.till import Till
from app.redemptions.validation_counts import ValidationCounts
from app.reports.pulse_board import PulseBoard
from app.settings import Settings, SettingsError
from graphql_schema.request import Process
from graphql_schema.shared_delivery import Sharing
from graphql_schema.shared_member import Room
from graphql_schema.shared_view import view_of
from graphql_schema.sockets import Sockets

MIGRATIONS_POLL_SECONDS = 0.5
GAUGES_SECONDS = 2.0
KEYS_SECONDS = 0.5
HOLDS_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class StartError(Exception):
    """The process cannot serve; the log says why."""


class CountedTill(Till):
    """The till, with its answers counted for the metrics."""

    async def redeem(self, request: RedeemRequest) -> Answer | Problems:
        """As the till's, counted."""
        answer = await super().redeem(request)
        metrics.observe_answer(answer)
        return answer


class Lifetime:
    """The parts of one server process. `is_open` while requests can be served; `missing` migrations prevent it."""

    def __init__(self, settings: Settings) -> None:
        self.is_open = False
        self.missing: list[str] = []
        self.sockets = Sockets(settings.max_sockets, settings.max_sockets_per_key)
        self.sharing = Sharing(view_of, Room(settings.mailbox_size))
        self._settings = settings
        self.doorbell = Doorbell(outer_bell(settings.doorbell_url))
        projector = Projector(self.doorbell, PROJECTIONS, poll_seconds=settings.feed_poll_seconds)
        self.process = Process(
            till=CountedTill(
                settings.till_batch,
                queue=settings.till_queue,
                patience=settings.till_patience_seconds,
                lock_timeout_ms=settings.till_lock_timeout_ms,
                silence=settings.till_patience_seconds + 2 * settings.statement_timeout_ms / 1000,
                watch=metrics.TillWatch(),
            ),
            feed=Feed(
                self.doorbell, poll_seconds=settings.feed_poll_seconds, mailbox_size=settings.mailbox_size
            ),
            signer=TokenSigner(settings.token_secret.get_secret_value()),
            projector=projector,
            jobs=JobWatch(self.doorbell),
            pulses=PulseBoard(projector),
            validations=ValidationCounts(),
        )
        self._runner = Runner(
            [ExportWork()], kept=timedelta(days=settings.job_days), finished=metrics.observe_job
        )
        self.process.feed.watch(EventKind.API_KEY_REVOKED, self._key_was_revoked)
        self.gauges = metrics.Gauges(
            metrics.Sources(
                self.process.till,
                self.process.feed,
                self.process.projector,
                lambda: len(self.sockets),
                self.sharing,
                self.doorbell,
            )
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """From the first connection to the last; raises StartError when the database cannot be reached.

        Where migrations are missing it opens as soon as somebody has applied them.
        """
        async with AsyncExitStack() as stack:
            try:
                await self._reach_the_database(stack)
                self.missing = await _missing()
                if not self.missing:
                    await self._open(stack)
            except (*CONNECTION_FAILURES, SettingsError, EmbeddedPostgresError) as failure:
                _log.error("cannot_start", reason=str(failure) or type(failure).__name__)
                raise StartError("The database cannot be used.") from None
            tasks = [
                asyncio.create_task(self._look_at_gauges()),
                asyncio.create_task(self._look_at_keys()),
                asyncio.create_task(self._look_at_holds()),
            ]
            if self.missing:
                _log.warning("migrations_missing", missing=self.missing)
                tasks.append(asyncio.create_task(self._open_when_migrated(stack)))
            try:
                yield
            finally:
                _log.info("closing", sockets=len(self.sockets))
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                self.is_open = False
                self.sockets.close_all()

    async def _reach_the_database(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        credentials = await stack.enter_async_context(located(settings))
        await open_database(
            credentials,
            pool_min=settings.pool_min,
            pool_max=settings.pool_max,
            by_index_max=settings.lookup_pool_max,
            statement_timeout_ms=settings.statement_timeout_ms,
            lock_timeout_ms=settings.lock_timeout_ms,
            idle_in_transaction_timeout_ms=settings.idle_in_transaction_timeout_ms,
        )
        stack.push_async_callback(close_database)

    async def _open_when_migrated(self, stack: AsyncExitStack) -> None:
        while self.missing:
            await asyncio.sleep(MIGRATIONS_POLL_SECONDS)
            with suppress(*CONNECTION_FAILURES):
                self.missing = await _missing()
        try:
            await self._open(stack)
        except Exception:
            _log.exception("start_failed")
            signal.raise_signal(signal.SIGTERM)  # whoever started this process starts the next one

    async def _open(self, stack: AsyncExitStack) -> None:
        process = self.process
        await self.doorbell.start()
        stack.push_async_callback(self.doorbell.stop)  # last: the till rings when it has settled its queue
        await process.till.start()
        stack.push_async_callback(process.till.close)
        await self._begin_partition()
        await process.validations.start()
        stack.push_async_callback(process.validations.stop)
        await process.feed.start()
        stack.push_async_callback(process.feed.stop)
        await process.projector.start()
        stack.push_async_callback(process.projector.stop)
        stack.callback(process.jobs.stop)
        if self._settings.jobs_in_server:
            await self._runner.start()
            stack.push_async_callback(self._runner.stop)
        self.is_open = True
        _log.info("open")

    async def _begin_partition(self) -> None:
        """Where no worker runs the log gets its partitions all the same; nothing has to wait for them."""
        kept = timedelta(days=self._settings.event_retention_days)
        with suppress(*CONNECTION_FAILURES):
            await begin_partition(datetime.now(UTC), stretch(kept))

    async def _look_at_gauges(self) -> None:
        """Other workers show the figures of this one too, as old as its last look."""
        while True:
            if self.is_open:
                self.gauges.look()
            await asyncio.sleep(GAUGES_SECONDS)

    async def _look_at_keys(self) -> None:
        """The log tells of revoked keys at once, unless an open transaction holds it back; of expired ones never."""
        while True:
            await asyncio.sleep(KEYS_SECONDS)
            keys = [key for key in self.sockets.open_keys() if isinstance(key, UUID)]
            if keys and self.is_open:
                with suppress(*CONNECTION_FAILURES):  # no database: the next look will tell
                    for key in await ended_keys(keys, datetime.now(UTC)):
                        self._close_sockets_of(key)

    async def _look_at_holds(self) -> None:
        """Holds that are over reserve nothing; this only tells whoever follows them. Processes take turns by chance."""
        while True:
            await asyncio.sleep(HOLDS_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - spreads, not hides
            if self.is_open:
                try:
                    await sweep_holds(datetime.now(UTC))
                except (
                    CONNECTION_FAILURES
                ) as failure:  # the next look finds the database back, or the locks free
                    _log.warning("sweep_failed", error=type(failure).__name__)

    def _key_was_revoked(self, event: Event) -> None:
        self._close_sockets_of(UUID(event.payload["key_id"]))

    def _close_sockets_of(self, key: UUID) -> None:
        closed = self.sockets.close_key(key, reason="The key was revoked or has expired")
        if closed:
            _log.info("sockets_of_ended_key_closed", key=key.hex, sockets=closed)


async def _missing() -> list[str]:
    connection = await connect()
    try:
        return await pending(connection)
    finally:
        await connection.close()
