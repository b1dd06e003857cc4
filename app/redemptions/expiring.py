"""Expiring soon: which vouchers of customers' wallets are over within some time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.database import fetch, statement
from app.wallets.holdings import HOLDINGS_SQL
from app.wallets.values import Holding

# As many are judged; those of them that are good for nothing any more are not shown.
MOST_LOOKED_AT = 60

_EXPIRING = statement(__package__, "expiring.sql").replace("/* holdings */", HOLDINGS_SQL)


async def expiring_soon(
    project: UUID, customers: Sequence[UUID], within: timedelta, now: datetime
) -> dict[UUID, list[Holding]]:
    """What each customer holds that is over by `now + within`, the soonest first; one statement.

    The 60 soonest at most. Campaigns that are not live, and codes that are disabled, are left out; whether anything is
    left of the others is for `judge_vouchers` to tell.
    """
    rows = await fetch(_EXPIRING, project, list(customers), now, now + within, MOST_LOOKED_AT)
    found: dict[UUID, list[Holding]] = {}
    for row in rows:
        holding = Holding(row["voucher_id"], row["published_at"], row["exclusive"])
        found.setdefault(row["customer_id"], []).append(holding)
    return found
