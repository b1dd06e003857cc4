"""Rolling a redemption back as a whole: once, exactly what it counted, also long after its campaign has ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import asyncpg
import orjson

from app import door
from app.database import Connection, columns, statement, transaction
from app.engine.counter import CounterKey
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.idempotency import KEY_REUSED, LONGEST_KEY, ROLL_BACK, key_id
from app.problem import Problems
from app.redemptions.counters import counter_id, lock
from app.redemptions.requests import RolledBack
from app.redemptions.rows import REDEMPTION, redemption_of
from app.redemptions.values import Redemption

LONGEST_REASON = 500

# The lock first, the look after it: the second statement sees what whoever held the lock has done.
_LOCK = """
SELECT id FROM redemptions
WHERE project_id = $1 AND id = $2 AND ($3::text IS NULL OR redemption_point = $3) FOR NO KEY UPDATE
"""
_LOOK = f"SELECT {REDEMPTION} FROM redemptions r WHERE r.project_id = $1 AND r.id = $2"  # noqa: S608
_EARLIER = "SELECT request_hash FROM idempotency_keys WHERE id = $1"
_COUNTED = """
SELECT unnest(counted) AS id, count(*) AS uses FROM redeemed_vouchers
WHERE project_id = $1 AND redemption_id = $2 GROUP BY 1
"""
_UNDO = statement(__package__, "roll_back.sql")


@dataclass(frozen=True, slots=True)
class _Request:
    project: UUID
    redemption: UUID
    now: datetime
    reason: str | None
    key: str | None
    redemption_point: str | None

    @property
    def key_id(self) -> UUID | None:
        """The id of the idempotency key's row, if there is a key."""
        if self.key is None:
            return None
        return key_id(self.project, ROLL_BACK, self.key, point=self.redemption_point)

    @property
    def hash(self) -> bytes:
        """The same for the same rollback, asked for at the same redemption point."""
        given = orjson.dumps([self.redemption.hex, self.reason, self.redemption_point])
        return blake2b(given, digest_size=32).digest()


async def roll_back(
    project: UUID,
    redemption: UUID,
    *,
    now: datetime,
    reason: str | None = None,
    idempotency_key: str | None = None,
    redemption_point: str | None = None,
) -> RolledBack | Problems:
    """Undo a redemption and give back the uses it took; only one of `redemption_point`, if that is given.

    Codes: NOT_FOUND, ALREADY_ROLLED_BACK, IDEMPOTENCY_KEY_REUSED, INVALID_TEXT, TOO_LONG, REQUIRED. The same key
    with the same input gets the first answer again.
    """
    faults = (
        *door.text(("reason",), reason, LONGEST_REASON),
        *door.text(("idempotency_key",), idempotency_key, LONGEST_KEY, shortest=1),
    )
    if faults:
        return Problems(faults)
    request = _Request(project, redemption, now, reason, idempotency_key, redemption_point)
    try:
        answer = await _roll_back(request)
    except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
        # Another rollback took the same key at the same instant, and now it is there to be read; or somebody who
        # locks otherwise than in the order of ids stood in the way, and has gone by now.
        answer = await _roll_back(request)
    ring()
    return answer


async def _roll_back(request: _Request) -> RolledBack | Problems:
    project, redemption, key = request.project, request.redemption, request.key
    async with transaction() as connection:
        is_there = await connection.fetchval(_LOCK, project, redemption, request.redemption_point)
        if key is not None:
            earlier = await connection.fetchval(_EARLIER, request.key_id)
            if earlier is not None and earlier != request.hash:
                return KEY_REUSED
        else:
            earlier = None
        if is_there is None:
            return Problems.one("redemption", "NOT_FOUND", "There is no such redemption.")
        [row] = await connection.fetch(_LOOK, project, redemption)
        before = redemption_of(row)
        if earlier is not None:
            return RolledBack(before, replayed=True)
        if before.rolled_back_at is not None:
            when = before.rolled_back_at.isoformat()
            return Problems.one("redemption", "ALREADY_ROLLED_BACK", f"It was rolled back at {when}.")
        after = replace(before, rolled_back_at=request.now, rollback_reason=request.reason)
        await _undo(connection, request, before)
        event = NewEvent(project, EventKind.REDEMPTION_ROLLED_BACK, after.to_json(), request.now)
        await append(connection, [event])
    return RolledBack(after)


async def _undo(connection: Connection, request: _Request, redemption: Redemption) -> None:
    project, key = request.project, request.key
    rows = await connection.fetch(_COUNTED, project, redemption.id)
    counted = {row["id"]: row["uses"] for row in rows}
    # Even counters that are not there yet are locked: a till that begins one must count either before this, and then
    # its counter is forgotten here, or after it.
    concerned = {counter_id(project, key): key for key in _counters_about(redemption)}
    _, born = await lock(connection, [(project, key) for key in concerned.values()])
    # A counter may have gone since it counted this use, as it does when its limit changes: what the lock has just
    # made in its place has counted nothing, and goes again.
    empty = {counter_id(of, key) for of, key in born}
    given_back = sorted((id_, uses) for id_, uses in counted.items() if id_ not in empty)
    keys = [] if key is None else [(request.key_id, ROLL_BACK, key, request.hash)]
    await connection.execute(
        _UNDO,
        project,
        redemption.id,
        request.now,
        request.reason,
        *columns(given_back, 2),
        sorted(concerned.keys() - {id_ for id_, _ in given_back}),
        *columns(keys, 4),
    )


def _counters_about(redemption: Redemption) -> set[CounterKey]:
    """Every counter that may know of this redemption, though there was no limit yet when it was made."""
    keys = set()
    for voucher in redemption.vouchers:
        keys |= {CounterKey("voucher", voucher.voucher_id), CounterKey("campaign", voucher.campaign_id)}
        if voucher.main_campaign_id is not None:
            keys.add(CounterKey("campaign", voucher.main_campaign_id))
        if redemption.customer_id is not None:
            keys.add(CounterKey("customer", voucher.campaign_id, redemption.customer_id))
    return keys
