"""Sums of wallets: what all balances that a customer holds come to, in each currency and in points."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from app.database import fetch, statement
from app.wallets.holdings import HOLDINGS_SQL
from app.wallets.read import balances_by_ids
from app.wallets.values import Balance

# A wallet with more balances than this is summed over the latest of them.
MOST_SUMMED = 1_000

_HELD = statement(__package__, "balances_in_wallets.sql").replace("/* holdings */", HOLDINGS_SQL)


async def sums_of_wallets(
    project: UUID, customers: Sequence[UUID], now: datetime
) -> dict[UUID, tuple[Balance, ...]]:
    """What each customer's balances come to at `now`, by unit in alphabetical order; two statements at most.

    Vouchers that are disabled or over do not count, and of more than 1,000 balances the latest given do. `expiring` is
    the part that expires soonest, of whichever vouchers.
    """
    rows = await fetch(_HELD, project, list(customers), now, MOST_SUMMED)
    if not rows:
        return {}
    balances = await balances_by_ids(project, {row["voucher_id"] for row in rows}, now)
    held: dict[UUID, list[Balance]] = {}
    for row in rows:
        if row["voucher_id"] in balances:
            held.setdefault(row["customer_id"], []).append(balances[row["voucher_id"]])
    return {customer: sums(own) for customer, own in held.items()}


def sums(balances: Iterable[Balance]) -> tuple[Balance, ...]:
    """One balance for each unit."""
    of_unit: dict[str, list[Balance]] = {}
    for balance in balances:
        of_unit.setdefault(balance.unit, []).append(balance)
    return tuple([_sum(unit, of_unit[unit]) for unit in sorted(of_unit)])


def _sum(unit: str, balances: list[Balance]) -> Balance:
    soonest = min([one.expires_at for one in balances if one.expires_at is not None], default=None)
    return Balance(
        unit,
        sum([one.available for one in balances]),
        sum([one.held for one in balances]),
        sum([one.expiring for one in balances if soonest is not None and one.expires_at == soonest]),
        soonest,
    )
