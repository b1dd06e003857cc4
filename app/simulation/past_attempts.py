"""Past attempts: redemptions and rejected ones of a period, in the order of time; and what came back of them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from app.database import columns, statement
from app.engine.counter import CounterKey
from app.engine.simulate import CodeReturned, Returned
from app.ids import earliest_at
from app.redemptions.counters import Fetch
from app.redemptions.needs import FROM_THE_BEGINNING, SLACK
from app.redemptions.rows import REDEMPTION, REJECTED, redemption_of, rejected_of
from app.redemptions.values import Redemption, RedemptionState
from app.simulation.past_decision import Made

PAGE_SIZE = 100
WHOLE = 2**32  # as many hashes of an id there are; a sample is those below a bound

_LEDGER = statement("app.redemptions", "uses_in_ledger.sql")
_PAGE = statement(__package__, "attempts_page.sql")
_COUNT = f"SELECT count(*) FROM ({_PAGE}) AS attempts"  # noqa: S608 - no value of anybody is in it
_BEFORE = statement(__package__, "uses_before.sql").replace("/* uses_in_ledger */", _LEDGER)
_REDEMPTIONS = f"SELECT {REDEMPTION} FROM redemptions r WHERE r.project_id = $1 AND r.id = ANY ($2::uuid[])"  # noqa: S608
_REJECTED = f"""
SELECT {REJECTED} FROM rejected_redemptions r WHERE r.project_id = $1 AND r.id = ANY ($2::uuid[])
"""  # noqa: S608

_LONG_AGO = datetime.fromtimestamp(0, UTC)
_FIRST = UUID(int=0)
_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Period:
    """From `starts` up to, not including, `ends`."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Which:
    """The attempts that are asked for: all of the project, or those that named a campaign's codes.

    `mains` are main campaigns whose sub-campaigns' codes count, too. `below` of WHOLE of them are looked at.
    """

    project: UUID
    period: Period
    campaign: UUID | None = None
    mains: tuple[UUID, ...] = ()
    below: int = WHOLE

    def values(self, after: UUID, most: int) -> tuple[object, ...]:
        """The values of attempts_page.sql."""
        first = max(after, earliest_at(self.period.starts - SLACK))
        period = (self.period.starts, self.period.ends)
        return (self.project, first, *period, self.below, self.campaign, list(self.mains), most)


@dataclass(frozen=True, slots=True)
class Kept:
    """An attempt as the ledger has it; a hold that was given up `ended_at` then."""

    made: Made
    ended_at: datetime | None = None


async def count_attempts(fetch: Fetch, which: Which, most: int) -> int:
    """How many attempts there are, counted up to `most`."""
    [row] = await fetch(_COUNT, *which.values(_FIRST, most))
    return int(row["count"])


async def pages_of_attempts(fetch: Fetch, which: Which) -> AsyncIterator[list[Kept]]:
    """The attempts, page by page; three statements for each."""
    after = _FIRST
    while True:
        found = await fetch(_PAGE, *which.values(after, PAGE_SIZE))
        if not found:
            return
        yield await _load(fetch, which.project, found)
        if len(found) < PAGE_SIZE:
            return
        after = found[-1]["id"]


async def _load(fetch: Fetch, project: UUID, found: Sequence[asyncpg.Record]) -> list[Kept]:
    granted = [row["id"] for row in found if not row["is_rejected"]]
    rejected = [row["id"] for row in found if row["is_rejected"]]
    made: dict[UUID, Made] = {}
    made.update({row["id"]: redemption_of(row) for row in await fetch(_REDEMPTIONS, project, granted)})
    made.update({row["id"]: rejected_of(row) for row in await fetch(_REJECTED, project, rejected)})
    return [Kept(made[row["id"]], row["ended_at"]) for row in found]


async def uses_before(
    fetch: Fetch, project: UUID, keys: Sequence[CounterKey], before: datetime
) -> dict[CounterKey, int]:
    """How far counters had counted before that moment, by what of it stands today; one statement, or none."""
    rows = []
    for scope, subject, customer, measure, currency, window in keys:
        starts = _LONG_AGO if window is None else window.starts
        ends = before if window is None else min(window.ends, before)
        since = FROM_THE_BEGINNING if window is None else earliest_at(starts - SLACK)
        rows.append((project, scope, subject, customer, measure.value, currency, starts, ends, since))
    if not rows:
        return {}
    found = await fetch(_BEFORE, *columns(rows, 9))
    return {keys[row["place"] - 1]: row["used"] for row in found}


def returns_of(kept: Kept, now: datetime) -> list[tuple[datetime, UUID, Returned]]:
    """What came back of a redemption by `now`: when, in which order among what happened then, and what by then.

    Of a hold that was given up, or ran out of time, everything did.
    """
    made = kept.made
    if not isinstance(made, Redemption):
        return []
    if made.state in (RedemptionState.RELEASED, RedemptionState.EXPIRED, RedemptionState.HELD):
        ends = _end_of_hold(kept, made, now)
        return [] if ends is None else [(*ends, Returned(made.id, {}, made.subtotal, is_whole=True))]
    found: list[tuple[datetime, UUID, Returned]] = []
    discounts, value = [0] * len(made.vouchers), 0
    for rollback in made.rollbacks:
        for line in rollback.lines:
            discounts = [had + more for had, more in zip(discounts, line.discounts, strict=True)]
            value += line.quantity * made.cart.lines[line.line].unit_price
        if rollback.shipping is not None:
            discounts = [had + more for had, more in zip(discounts, rollback.shipping.discounts, strict=True)]
        is_last = made.rolled_back_at is not None and rollback is made.rollbacks[-1]
        found.append(
            (rollback.created_at, rollback.id, Returned(made.id, _codes(made, discounts), value, is_last))
        )
    return found


def _codes(made: Redemption, discounts: Sequence[int]) -> dict[UUID, CodeReturned]:
    """What has come back of each code by now. Its use is over when nothing of its discount is left, if it ever was."""
    found = {}
    for code, back in zip(made.vouchers, discounts, strict=True):
        ends = code.given_back and back >= code.discount
        found[code.voucher_id] = CodeReturned(back, ends)
    return found


def _end_of_hold(kept: Kept, hold: Redemption, now: datetime) -> tuple[datetime, UUID] | None:
    """A hold runs out before whatever happens at that moment, and is given up after it."""
    if hold.state is RedemptionState.RELEASED:
        return kept.ended_at or hold.created_at, _LAST
    if hold.expires_at is None or (hold.state is RedemptionState.HELD and hold.expires_at > now):
        return None
    return hold.expires_at, _FIRST
