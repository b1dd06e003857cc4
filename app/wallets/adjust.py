"""Adjusting a balance: adding to it or removing from it, with the reason and the caller's own name for it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

import asyncpg
import orjson

from app import door
from app.database import Connection, transaction
from app.engine.payment import amount_in_words
from app.events import wake
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.idempotency import ADJUST_BALANCE, KEY_REUSED, LONGEST_KEY, VOUCHER_ANSWERED, key_id
from app.problem import Problem, Problems
from app.wallets.move import lock_buckets, move
from app.wallets.postings import Bucket, Deed, Movement, available
from app.wallets.values import Adjusted

LONGEST_REASON = 500
LONGEST_SOURCE_ID = 255
# Whoever spends from a balance locks all its buckets, so there are not endless ones: three years of daily points. Those
# that are over do not count, or a card that earns points for long enough could earn no more for ever.
MOST_BUCKETS = 1_000

# Two first adjustments of one voucher, in different units perhaps, come one after the other.
_LOCK_VOUCHER = """
SELECT campaign_id, code, holder_id FROM vouchers WHERE project_id = $1 AND id = $2 FOR NO KEY UPDATE
"""
_EARLIER = "SELECT request_hash FROM idempotency_keys WHERE id = $1"
_KEEP_KEY = """
INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What shall happen to a voucher's balance: `amount` minor units of a currency, or points (`unit`), are added.

    Below zero they are removed, what expires soonest first. What is added expires at `expires_at`, or never.
    `source_id` is the caller's own name for the adjustment; it stays on its postings, as `reason` does.
    """

    amount: int
    unit: str
    expires_at: datetime | None = None
    reason: str | None = None
    source_id: str | None = None


async def adjust_balance(
    project: UUID,
    voucher: UUID,
    adjustment: Adjustment,
    now: datetime,
    *,
    key: UUID | None = None,
    idempotency_key: str | None = None,
) -> Adjusted | Problems:
    """Add to a balance or remove from it, never below zero; `key` is the API key that asks.

    The same idempotency key with the same input gets the first answer again, with what is available now. Codes:
    NOT_FOUND, OUT_OF_RANGE, UNKNOWN_CURRENCY, INVALID_TIME, INVALID_TEXT, REQUIRED, TOO_LONG, WRONG_UNIT,
    BALANCE_TOO_LOW, TOO_MANY_EXPIRIES, IDEMPOTENCY_KEY_REUSED. Call it outside a transaction.
    """
    faults = _faults(adjustment, idempotency_key, now)
    if faults:
        return Problems(faults)
    try:
        answer = await _adjust(project, voucher, adjustment, now, key, idempotency_key)
    except asyncpg.UniqueViolationError:
        # The same key was used at the same instant for another voucher, and now it is there to be read.
        answer = await _adjust(project, voucher, adjustment, now, key, idempotency_key)
    wake.ring()
    return answer


async def _adjust(
    project: UUID,
    voucher: UUID,
    wanted: Adjustment,
    now: datetime,
    key: UUID | None,
    idempotency_key: str | None,
) -> Adjusted | Problems:
    kept_key = None if idempotency_key is None else key_id(project, ADJUST_BALANCE, idempotency_key)
    async with transaction() as connection:
        row = await connection.fetchrow(_LOCK_VOUCHER, project, voucher)
        if row is None:
            return Problems.one("voucher", "NOT_FOUND", "There is no such voucher.")
        before = (await lock_buckets(connection, [(project, voucher)])).get(voucher, [])
        answer = Adjusted(voucher, wanted.unit, wanted.amount, available(before, now))
        if kept_key is not None:
            earlier = await connection.fetchval(_EARLIER, kept_key)
            if earlier is not None:
                same = earlier == _hash(voucher, wanted)
                return replace(answer, replayed=True) if same else KEY_REUSED
        problem = _refusal(before, wanted, now)
        if problem is not None:
            return Problems((problem,))
        answer = replace(answer, available=answer.available + wanted.amount)
        await move(connection, {voucher: before}, [_movement(project, voucher, wanted, key)], now)
        if kept_key is not None:
            given = (kept_key, project, ADJUST_BALANCE, idempotency_key, _hash(voucher, wanted))
            await connection.execute(_KEEP_KEY, *given, VOUCHER_ANSWERED, voucher, now)
        told = {
            "voucher": voucher.hex,
            "campaign": row["campaign_id"].hex,
            "code": row["code"],
            "holder": None if row["holder_id"] is None else row["holder_id"].hex,
        }
        await _tell(connection, project, told, wanted, answer, key, now)
    return answer


def _movement(project: UUID, voucher: UUID, wanted: Adjustment, key: UUID | None) -> Movement:
    return Movement(
        project,
        voucher,
        wanted.unit,
        abs(wanted.amount),
        Deed.ISSUE if wanted.amount > 0 else Deed.REMOVE,
        source_id=wanted.source_id,
        reason=wanted.reason,
        key=key,
        expires_at=wanted.expires_at,
    )


def _refusal(before: list[Bucket], wanted: Adjustment, now: datetime) -> Problem | None:
    """Why a sound adjustment does not fit this balance."""
    if before and before[0].unit != wanted.unit:
        message = f"The balance is in {before[0].unit}, and stays so."
        return Problem(("amount",), "WRONG_UNIT", message)
    there = available(before, now)
    if there + wanted.amount < 0:
        missing = amount_in_words(-wanted.amount - there, wanted.unit)
        message = f"The balance is {amount_in_words(there, wanted.unit)}: {missing} less than what shall be removed."
        return Problem(("amount",), "BALANCE_TOO_LOW", message)
    most = door.largest_amount(wanted.unit)
    if there + wanted.amount > most:
        message = f"A balance is at most {amount_in_words(most, wanted.unit)}."
        return Problem(("amount",), "OUT_OF_RANGE", message)
    to_come = {bucket.expires_at for bucket in before if not bucket.is_due(now)}
    if wanted.amount > 0 and len(to_come) >= MOST_BUCKETS and wanted.expires_at not in to_come:
        message = f"A balance expires at {MOST_BUCKETS} different moments at most: let more expire together."
        return Problem(("expires_at",), "TOO_MANY_EXPIRIES", message)
    return None


def _faults(wanted: Adjustment, idempotency_key: str | None, now: datetime) -> tuple[Problem, ...]:
    found = (
        *door.amount(("amount",), wanted.unit, abs(wanted.amount)),
        *door.instant(("expires_at",), wanted.expires_at),
        *door.text(("reason",), wanted.reason, LONGEST_REASON),
        *door.text(("source_id",), wanted.source_id, LONGEST_SOURCE_ID, shortest=1),
        *door.text(("idempotency_key",), idempotency_key, LONGEST_KEY, shortest=1),
    )
    if not found and wanted.expires_at is not None:
        if wanted.amount < 0:
            message = "What is removed does not expire: what expires soonest is removed first."
            found = (Problem(("expires_at",), "INVALID_TIME", message),)
        elif wanted.expires_at <= now:
            found = (Problem(("expires_at",), "INVALID_TIME", "That would expire at once."),)
    return found


def _hash(voucher: UUID, wanted: Adjustment) -> bytes:
    """The same for the same adjustment of the same voucher."""
    expires_at = None if wanted.expires_at is None else wanted.expires_at.astimezone(UTC).isoformat()
    given = [voucher.hex, wanted.amount, wanted.unit, expires_at, wanted.reason, wanted.source_id]
    return blake2b(orjson.dumps(given), digest_size=32).digest()


async def _tell(
    connection: Connection,
    project: UUID,
    told: dict[str, str | None],
    wanted: Adjustment,
    answer: Adjusted,
    key: UUID | None,
    now: datetime,
) -> None:
    payload = {
        **told,
        "unit": wanted.unit,
        "amount": wanted.amount,
        "available": answer.available,
        "expires_at": None if wanted.expires_at is None else wanted.expires_at.isoformat(),
        "reason": wanted.reason,
        "source_id": wanted.source_id,
        "key": None if key is None else key.hex,
    }
    await append(connection, [NewEvent(project, EventKind.BALANCE_ADJUSTED, payload, now)])
