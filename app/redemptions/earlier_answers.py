"""Earlier answers: what an idempotency key was answered with before, rebuilt from the ledger."""

from collections.abc import Mapping
from uuid import UUID

from app.database import Connection, columns
from app.idempotency import REDEMPTION
from app.redemptions.find_offers import Earlier
from app.redemptions.rejected import RejectedRedemption
from app.redemptions.requests import Answer
from app.redemptions.rows import REDEMPTION as REDEMPTION_COLUMNS
from app.redemptions.rows import REJECTED as REJECTED_COLUMNS
from app.redemptions.rows import redemption_of, rejected_of
from app.redemptions.values import Redemption

_REDEMPTIONS = (
    f"SELECT {REDEMPTION_COLUMNS} FROM unnest($1::uuid[], $2::uuid[]) AS asked (project_id, id)"  # noqa: S608
    " JOIN redemptions r ON r.project_id = asked.project_id AND r.id = asked.id"
)
_REJECTED = f"SELECT {REJECTED_COLUMNS} FROM rejected_redemptions r WHERE r.id = ANY ($1::uuid[])"  # noqa: S608


async def earlier_answers(
    connection: Connection, answered: Mapping[UUID, Earlier]
) -> dict[UUID, tuple[bytes, Answer]]:
    """The answers by key, each with the hash of the request it was for; a statement for each kind there is.

    A redemption is shown as it is now: one that was rolled back meanwhile says so.
    """
    granted = [
        (earlier.project, earlier.answer_id)
        for earlier in answered.values()
        if earlier.answer_kind == REDEMPTION
    ]
    rejected = [earlier.answer_id for earlier in answered.values() if earlier.answer_kind != REDEMPTION]
    outcomes: dict[UUID, Redemption | RejectedRedemption] = {}
    if granted:
        rows = await connection.fetch(_REDEMPTIONS, *columns(granted, 2))
        outcomes.update({row["id"]: redemption_of(row) for row in rows})
    if rejected:
        outcomes.update({row["id"]: rejected_of(row) for row in await connection.fetch(_REJECTED, rejected)})
    return {
        key: (earlier.request_hash, Answer(outcomes[earlier.answer_id], replayed=True))
        for key, earlier in answered.items()
    }
