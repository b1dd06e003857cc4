"""Idempotency keys: their ids, and how they are forgotten."""

from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from app.database import execute
from app.ids import from_bytes
from app.problem import Problems

LONGEST_KEY = 255
KEY_REUSED = Problems.one(
    "idempotency_key", "IDEMPOTENCY_KEY_REUSED", "This idempotency key was used for another request."
)

# The deeds that take keys. A key of one deed has nothing to do with the same key of another.
REDEEM = "redeem"
HOLD = "hold"
CONFIRM = "confirm"
RELEASE = "release"
ROLL_BACK = "roll_back"
ADJUST_BALANCE = "adjust_balance"

# The kinds of answers.
REDEMPTION = "REDEMPTION"
REJECTED_REDEMPTION = "REJECTED_REDEMPTION"
VOUCHER_ANSWERED = "VOUCHER"  # one whose balance was adjusted

_AT_ONCE = 5_000  # short transactions: every feed waits for the oldest one that writes

_FORGET = """
DELETE FROM idempotency_keys
WHERE id = ANY (ARRAY(SELECT id FROM idempotency_keys WHERE created_at < $1 ORDER BY created_at LIMIT $2))
"""


def key_id(
    project: UUID, deed: str, key: str, *, shopper: UUID | None = None, point: str | None = None
) -> UUID:
    """The id of a key's row, the same in every process: a hash of project, deed, key, and whose key it is.

    `shopper` is the customer of a customer token. A shopper's keys are their own: nobody behind a browser can
    guess the shop's next order number and use its key up. `point` is the redemption point of a merchant key: two
    shops may well print the same receipt number. All server keys of a project share theirs.
    """
    parts = [project.bytes, deed.encode(), key.encode()]
    if shopper is not None:
        parts.append(shopper.bytes)
    if point is not None:
        parts += [b"point", point.encode()]
    return from_bytes(blake2b(b"\0".join(parts), digest_size=16).digest())


async def forget_old_keys(now: datetime, older_than: timedelta = timedelta(days=30)) -> int:
    """Delete the keys of requests answered longer ago than that; gives their number. A chore for a quiet hour."""
    forgotten = 0
    while True:
        gone = int((await execute(_FORGET, now - older_than, _AT_ONCE)).split()[-1])
        forgotten += gone
        if gone < _AT_ONCE:
            return forgotten
