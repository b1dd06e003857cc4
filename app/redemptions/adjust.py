"""Adjusting a balance of which holds have reserved a part: those whose time is over reserve nothing."""

from datetime import datetime
from uuid import UUID

from app.database import fetchval
from app.problem import Problems
from app.redemptions.expire import expire_apart
from app.wallets.adjust import Adjustment, adjust_balance
from app.wallets.values import Adjusted

_OVER = "SELECT true FROM redemptions WHERE project_id = $1 AND state = 'HELD' AND expires_at <= $2 LIMIT 1"


async def adjust(
    project: UUID,
    voucher: UUID,
    adjustment: Adjustment,
    now: datetime,
    *,
    key: UUID | None = None,
    idempotency_key: str | None = None,
) -> Adjusted | Problems:
    """`app.wallets.adjust.adjust_balance`, and where the balance is too low, once more without holds that are over."""
    answer = await adjust_balance(project, voucher, adjustment, now, key=key, idempotency_key=idempotency_key)
    if not isinstance(answer, Problems) or answer.all[0].code != "BALANCE_TOO_LOW":
        return answer
    if not await fetchval(_OVER, project, now):
        return answer
    # Others' holds are nobody's business here.
    await expire_apart([project], now)
    return await adjust_balance(project, voucher, adjustment, now, key=key, idempotency_key=idempotency_key)
