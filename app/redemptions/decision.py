"""Deciding about one redemption: who may, under which key, under its lock, and what was decided before."""

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
from app.redemptions.end_holds import KeyRow
from app.redemptions.find_offers import Earlier

T = TypeVar("T")

_MOST_TRIES = 5
# The lock first, the look after it: a later statement sees what whoever held the lock has done.
_LOCK = """
SELECT id FROM redemptions
WHERE project_id = $1 AND id = $2 AND ($3::text IS NULL OR redemption_point = $3)
  AND ($4::uuid IS NULL OR customer_id = $4)
FOR NO KEY UPDATE
"""
_EARLIER = "SELECT project_id, request_hash, answer_kind, answer_id FROM idempotency_keys WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants to do with a redemption: `deed` is CONFIRM, RELEASE or ROLL_BACK, `given` all else they say.

    Only with one of `redemption_point`, and only with one of `customer`, if these are given.
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


async def lock_for(connection: Connection, decision: Decision, name: str) -> Earlier | Problems | None:
    """Lock the redemption, first thing in a transaction; what the decision's key was answered with before, if it was.

    Codes: IDEMPOTENCY_KEY_REUSED, and NOT_FOUND, which calls the redemption by `name`.
    """
    project = decision.project
    await join_redeeming(connection, project)
    is_there = await connection.fetchval(
        _LOCK, project, decision.redemption, decision.redemption_point, decision.customer
    )
    row = None if decision.key_id is None else await connection.fetchrow(_EARLIER, decision.key_id)
    if row is not None:
        return Earlier(*row) if row["request_hash"] == decision.hash else KEY_REUSED
    if is_there is None:
        return Problems.one("redemption", "NOT_FOUND", f"There is no such {name}.")
    return None
