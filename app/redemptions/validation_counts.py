"""Validations counted: nothing is written for any of them, only every few seconds how many there were.

What counts: an order that was validated is one validation, granted or not; each code that was typed for it is one of
its campaign, and so is each cart promotion that applied. Codes that do not exist count too, of no campaign. Offers,
wallets, best combinations, simulations and explanations are no validations.

A process that dies takes what it counted since its last flush with it, a few seconds at most. One whose connection is
lost in the very moment of a commit cannot know whether that was done: it tells those seconds again.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple  # a row is told as JSON
from uuid import UUID

import structlog

from app.database import transaction
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import CONNECTION_FAILURES, ring
from app.redemptions.json_texts import hex_of
from app.redemptions.marks import NO_MARKS, Marks, marks_of
from app.redemptions.requests import ValidateRequest
from app.redemptions.validate import Validation
from app.redemptions.validation_places import NamedPlaces, Place

PAUSE_SECONDS = 2.0
MOST_ROWS = 5_000  # of all projects together; what is more is told at once
MOST_ROWS_OF_A_PROJECT = (
    500  # beyond that new rows tell neither channel nor point: callers choose these freely
)
MOST_ROWS_UNTOLD = 4 * MOST_ROWS  # while the log cannot be told: what is more is lost
MOST_IN_AN_EVENT = 200
OF_ORDERS, OF_CODES = "ORDER", "CODE"

_log = structlog.get_logger(__name__)


class _Row(NamedTuple):
    """What is counted together; `of` says whether orders are counted, or codes."""

    project: UUID
    minute: datetime
    of: str
    currency: str
    channel: str | None
    redemption_point: str | None
    campaign: UUID | None = None
    main: UUID | None = None
    marks: Marks = NO_MARKS


def _now() -> datetime:
    return datetime.now(UTC)


class ValidationCounts:
    """How many validations a process has answered since it last told the log; `start` it, and `stop` it at the end."""

    lost = 0
    """How many were not counted, because the log could not be told for too long."""

    def __init__(self, pause: float = PAUSE_SECONDS, clock: Callable[[], datetime] = _now) -> None:
        self._pause, self._clock = pause, clock
        self._rows: dict[_Row, list[int]] = {}  # how many were granted, and how many not
        self._rows_of: dict[UUID, int] = {}
        self._places = NamedPlaces()
        self._hurry = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False

    def count(self, request: ValidateRequest, answer: Validation, now: datetime) -> None:
        """Count one answer that was given at `now`."""
        case, evaluation = answer.case, answer.evaluation
        place = Place(request.cart.currency, case.occasion.channel, case.occasion.redemption_point)
        told = self._places.told(request.caller, place, now)
        order = _Row(request.project, now.replace(second=0, microsecond=0), OF_ORDERS, *told)
        self._add(order, *_one(evaluation.granted))
        marks = {code.voucher: marks_of(code) for code in case.presented if code.voucher is not None}
        for verdict in evaluation.verdicts:
            granted = evaluation.granted and verdict.granted
            if granted or not verdict.is_automatic:
                of = NO_MARKS if verdict.voucher is None else marks.get(verdict.voucher, NO_MARKS)
                row = order._replace(of=OF_CODES, campaign=verdict.campaign, main=verdict.main, marks=of)
                self._add(row, *_one(granted))
        if len(self._rows) >= MOST_ROWS:
            self._hurry.set()

    async def start(self) -> None:
        """Begin to tell the log."""
        self._task = asyncio.create_task(self._tell_now_and_then())

    async def stop(self) -> None:
        """Tell what is left; call it when nobody counts any more."""
        self._is_stopping = True
        self._hurry.set()
        if self._task is not None:
            await self._task
        await self._tell()

    async def flush(self) -> None:
        """Write one event for each project, or several where there is much to tell. Raises what the database raises.

        Then nothing is lost: it is told the next time.
        """
        rows, self._rows, self._rows_of = self._rows, {}, {}
        if not rows:
            return
        try:
            async with transaction() as connection:
                await append(connection, list(_events(rows, self._clock())))
        except BaseException:
            for row, (granted, rejected) in rows.items():
                self._add(row, granted, rejected)
            raise
        ring()

    def _add(self, row: _Row, granted: int, rejected: int) -> None:
        known = self._rows.get(row)
        if known is None:
            rows = self._rows_of.get(row.project, 0)
            if rows >= MOST_ROWS_OF_A_PROJECT and (row.channel, row.redemption_point) != (None, None):
                self._add(row._replace(channel=None, redemption_point=None), granted, rejected)
                return
            if len(self._rows) >= MOST_ROWS_UNTOLD:
                self.lost += granted + rejected
                return
            self._rows_of[row.project] = rows + 1
            known = self._rows[row] = [0, 0]
        known[0] += granted
        known[1] += rejected

    async def _tell_now_and_then(self) -> None:
        while not self._is_stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await self._hurry.wait()
            self._hurry.clear()
            await self._tell()

    async def _tell(self) -> None:
        try:
            await self.flush()
        except CONNECTION_FAILURES as failure:  # told again after the next pause, if there is one
            _log.warning(
                "validations_not_told", rows=len(self._rows), lost=self.lost, error=type(failure).__name__
            )


def _one(granted: bool) -> tuple[int, int]:
    return (1, 0) if granted else (0, 1)


def _events(rows: dict[_Row, list[int]], now: datetime) -> Iterator[NewEvent]:
    """What the log is told of the rows, project by project."""
    by_project: dict[UUID, list[dict[str, Any]]] = {}
    for row, (granted, rejected) in rows.items():
        by_project.setdefault(row.project, []).append(_told(row, granted, rejected))
    for project, told in by_project.items():
        for first in range(0, len(told), MOST_IN_AN_EVENT):
            payload = {"counts": told[first : first + MOST_IN_AN_EVENT]}
            yield NewEvent(project, EventKind.VALIDATIONS_COUNTED, payload, now)


def _told(row: _Row, granted: int, rejected: int) -> dict[str, Any]:
    return {
        "minute": row.minute.isoformat(),
        "of": row.of,
        "campaign_id": hex_of(row.campaign),
        "main_campaign_id": hex_of(row.main),
        "partner_id": hex_of(row.marks.partner),
        "category": row.marks.category,
        "reward": row.marks.reward,
        "channel": row.channel,
        "redemption_point": row.redemption_point,
        "currency": row.currency,
        "granted": granted,
        "rejected": rejected,
    }
