"""`tearoff worker`: the chores that no request waits for."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

import structlog
import typer

from app import logs
from app.cli.opened import opened
from app.events.retention import tend_log
from app.events.wake import CONNECTION_FAILURES, heard_within
from app.exports.forget import forget_exports
from app.exports.work import ExportWork
from app.idempotency import forget_old_keys
from app.jobs.forget import forget_jobs
from app.jobs.run import Runner
from app.redemptions.past_windows import forget_past_windows
from app.redemptions.sweep import sweep_holds
from app.reports.forget_activity import forget_activity
from app.settings import Settings, load
from app.wallets.expire import expire_buckets

_log = structlog.get_logger(__name__)


class _Chore(NamedTuple):
    """Something to be done again and again; `did` is the line of the log that tells how much was done."""

    did: str
    every: timedelta
    do: Callable[[datetime], Awaitable[int]]


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do every chore once, then end.")] = False,
) -> None:
    """Do the periodic chores, and jobs, until SIGTERM.

    Idempotency keys older than TEAROFF_IDEMPOTENCY_DAYS are forgotten, and counters of periods long over; holds that
    are over are expired, and so are balances whose time has come; the log gets its partitions, and events older than
    TEAROFF_EVENT_RETENTION_DAYS are let go, with what customers did in them; jobs older than TEAROFF_JOB_DAYS are
    forgotten, with the files of their exports. Any number of workers may run.
    """
    settings = load()
    logs.configure(settings.log_format, settings.log_level)
    asyncio.run(_work(settings, once))


async def _work(settings: Settings, once: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with opened(settings):
        chores = _chores(settings)
        runner = Runner([ExportWork()], kept=timedelta(days=settings.job_days))
        _log.info("working", chores=len(chores))
        if once:
            stop.set()
        else:
            await runner.start()
        await asyncio.gather(*(_see_to(chore, stop) for chore in chores))
        await runner.stop()
        if not once:
            _log.info("stopped")


def _chores(settings: Settings) -> tuple[_Chore, ...]:
    kept = timedelta(days=settings.idempotency_days)
    events_kept = timedelta(days=settings.event_retention_days)
    return (
        _Chore("old_keys_forgotten", timedelta(hours=1), lambda now: forget_old_keys(now, kept)),
        _Chore("past_counters_forgotten", timedelta(hours=1), forget_past_windows),
        _Chore("holds_expired", timedelta(seconds=10), sweep_holds),
        _Chore("exports_forgotten", timedelta(minutes=10), forget_exports),
        _Chore("jobs_forgotten", timedelta(hours=1), forget_jobs),
        _Chore("balances_expired", timedelta(minutes=1), expire_buckets),
        _Chore("event_partitions_changed", timedelta(minutes=10), lambda now: _tend(now, events_kept)),
    )


async def _tend(now: datetime, kept: timedelta) -> int:
    """The log's partitions; and what was kept of the customers about those that went."""
    changed = await tend_log(now, kept)
    if changed and (forgotten := await forget_activity()):
        _log.info("activity_forgotten", count=forgotten)
    return changed


async def _see_to(chore: _Chore, stop: asyncio.Event) -> None:
    """Do it, at least once, until told to stop; after the first time only what was done is told."""
    told = False
    while True:
        try:
            count = await chore.do(datetime.now(UTC))
        except CONNECTION_FAILURES as failure:  # the next round finds the database back
            _log.warning("chore_failed", chore=chore.did, error=type(failure).__name__)
        else:
            if count or not told:
                _log.info(chore.did, count=count)
                told = True
        if await heard_within(stop, chore.every.total_seconds()):
            return
