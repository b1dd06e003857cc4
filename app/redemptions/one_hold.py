"""One hold under its lock: who may decide about it, what was decided before, and whether it is still to be decided."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

import asyncpg
import orjson

from app.database import Connection
from app.database.standing_edits import join_redeeming
from app.idempotency import KEY_REUSED, key_id
from app.problem import Problems
from app.redemptions.end_holds import Held, KeyRow, end_holds, look_at
from app.redemptions.find_offers import Earlier
from app.redemptions.replay import replay
from app.redemptions.requests import Answer
from app.redemptions.values import Redemption, RedemptionState

T = TypeVar("T")

_MOST_TRIES = 5
_LOCK = """
SELECT id FROM redemptions
WHERE project_id = $1 AND id = $2 AND ($3::text IS NULL OR redemption_point = $3)
  AND ($4::uuid IS NULL OR customer_id = $4)
FOR NO KEY UPDATE
"""
_EARLIER = "SELECT project_id, request_hash, answer_kind, answer_id FROM idempotency_keys WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants to do with a hold: `deed` is CONFIRM or RELEASE, `given` all else that they say.

    Only a hold of `redemption_point`, and only one of `customer`, if these are given.
    """

    project: UUID
    redemption: UUID
    deed: str
    now: datetime
    given: Sequence[object]
    key: str | None = None
    redemption_point: str | None = None
    customer: UUID | None = None

    @property
    def key_id(self) -> UUID | None:
        """The id of the idempotency key's row, if there is a key."""
        if self.key is None:
            return None
        point, shopper = self.redemption_point, self.customer
        return key_id(self.project, self.deed, self.key, shopper=shopper, point=point)

    @property
    def hash(self) -> bytes:
        """The same for the same decision by somebody of the same scope."""
        shopper = None if self.customer is None else self.customer.hex
        said = [self.redemption.hex, self.redemption_point, shopper, *self.given]
        return blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=32).digest()

    def key_rows(self, kind: str, answer: UUID) -> list[KeyRow]:
        """The row that keeps the key with its answer; none without a key."""
        if self.key is None or self.key_id is None:
            return []
        return [KeyRow(self.key_id, self.project, self.deed, self.key, self.hash, kind, answer)]


async def persist(deed: Callable[[], Awaitable[T]]) -> T:
    """Do the deed, a transaction of its own, again when somebody stood in the way.

    A unique violation means that the same key was taken at the same instant, and now its answer is there to be read.
    """
    for _ in range(_MOST_TRIES - 1):
        try:
            return await deed()
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
            continue
    return await deed()


async def take_up(connection: Connection, decision: Decision) -> Held | Answer | Problems:
    """Lock the hold, first thing in a transaction; the earlier answer, or why nothing can be decided any more.

    Codes: IDEMPOTENCY_KEY_REUSED, NOT_FOUND, NOT_A_HOLD, ALREADY_CONFIRMED, HOLD_RELEASED, HOLD_EXPIRED. A hold whose
    time is over at the decision's `now` is expired on the spot, by this transaction: nobody whose clock is behind can
    confirm it after somebody was told so.
    """
    project, redemption = decision.project, decision.redemption
    await join_redeeming(connection, project)
    is_there = await connection.fetchval(
        _LOCK, project, redemption, decision.redemption_point, decision.customer
    )
    if decision.key_id is not None:
        row = await connection.fetchrow(_EARLIER, decision.key_id)
        if row is not None and row["request_hash"] != decision.hash:
            return KEY_REUSED
        if row is not None:
            answered = await replay(connection, {decision.key_id: Earlier(*row)})
            return answered[decision.key_id][1]
    if is_there is None:
        return Problems.one("redemption", "NOT_FOUND", "There is no such hold.")
    [held] = await look_at(connection, [(project, redemption)])
    if held.redemption.state is not RedemptionState.HELD:
        return _decided(held.redemption)
    expires_at = held.redemption.expires_at
    if expires_at is not None and expires_at <= decision.now:
        await end_holds(connection, [held], RedemptionState.EXPIRED, decision.now)
        return _over(held.redemption)
    return held


def _decided(redemption: Redemption) -> Problems:
    if redemption.state is RedemptionState.EXPIRED:
        return _over(redemption)
    if redemption.state is RedemptionState.RELEASED:
        return Problems.one("redemption", "HOLD_RELEASED", "The hold was released.")
    if redemption.confirmed_at is None:
        return Problems.one(
            "redemption", "NOT_A_HOLD", "The codes were redeemed at once: it never was a hold."
        )
    when = redemption.confirmed_at.isoformat()
    return Problems.one("redemption", "ALREADY_CONFIRMED", f"The hold was confirmed at {when}.")


def _over(redemption: Redemption) -> Problems:
    when = "" if redemption.expires_at is None else f" at {redemption.expires_at.isoformat()}"
    message = f"The hold expired{when}: what it reserved is free again. Hold or redeem the codes anew."
    return Problems.one("redemption", "HOLD_EXPIRED", message)
