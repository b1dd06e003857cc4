"""Stopping one code, and letting it go again: effective with the commit, for the very next redemption.

Stopping waits for the redemptions that are under way: one that has already looked at the code would otherwise be
granted after the answer that it has been stopped.
"""

from datetime import datetime
from uuid import UUID

from app.database import transaction
from app.database.standing_edits import begin_editing
from app.events import wake
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.problem import Problems
from app.vouchers.read import COLUMNS, by_ids, voucher_of
from app.vouchers.values import Voucher

_TURN = f"""
UPDATE vouchers SET enabled = $3 WHERE project_id = $1 AND id = $2 AND enabled <> $3
RETURNING {COLUMNS}
"""  # noqa: S608


async def disable_voucher(project: UUID, voucher: UUID, now: datetime) -> Voucher | Problems:
    """Stop a code. Doing it twice changes nothing more and makes no second event. Code: NOT_FOUND."""
    return await _turn(project, voucher, False, EventKind.VOUCHER_DISABLED, now)


async def enable_voucher(project: UUID, voucher: UUID, now: datetime) -> Voucher | Problems:
    """Let a stopped code be used again; the mirror of `disable_voucher`. Code: NOT_FOUND."""
    return await _turn(project, voucher, True, EventKind.VOUCHER_ENABLED, now)


async def _turn(
    project: UUID, voucher: UUID, enabled: bool, kind: EventKind, now: datetime
) -> Voucher | Problems:
    async with transaction() as connection:
        if not enabled:
            await begin_editing(connection, project)
        row = await connection.fetchrow(_TURN, project, voucher, enabled)
        if row is not None:
            turned = voucher_of(row)
            payload = {
                "voucher": turned.id.hex,
                "campaign": turned.campaign_id.hex,
                "code": turned.code,
                "holder": None if turned.holder_id is None else turned.holder_id.hex,
            }
            await append(connection, [NewEvent(project, kind, payload, now)])
        else:
            found = (await by_ids(project, [voucher])).get(voucher)
            if found is None:
                return Problems.one("voucher", "NOT_FOUND", "There is no such voucher.")
            return found
    wake.ring()
    return turned
