"""`tearoff worker`: the chores that no request waits for."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from typing import Annotated

import structlog
import typer

from app import logs
from app.cli.opened import opened
from app.events.wake import CONNECTION_FAILURES, heard_within
from app.idempotency import forget_old_keys
from app.settings import Settings, load

EVERY = timedelta(hours=1)

_log = structlog.get_logger(__name__)


def worker(
    once: Annotated[bool, typer.Option("--once", help="Do every chore once, then end.")] = False,
) -> None:
    """Do the periodic chores until SIGTERM.

    Idempotency keys are forgotten when they are older than TEAROFF_IDEMPOTENCY_DAYS. Any number of workers may run.
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
        _log.info("working", every_seconds=EVERY.total_seconds())
        while not stop.is_set():
            await _do_chores(settings)
            if once:
                return
            await heard_within(stop, EVERY.total_seconds())
        _log.info("stopped")


async def _do_chores(settings: Settings) -> None:
    try:
        forgotten = await forget_old_keys(datetime.now(UTC), timedelta(days=settings.idempotency_days))
    except CONNECTION_FAILURES as failure:  # the next round finds the database back
        _log.warning("chore_failed", chore="forget_old_keys", error=type(failure).__name__)
    else:
        _log.info("old_keys_forgotten", count=forgotten)
