"""Giving new vouchers their first balance, in the transaction that makes them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app import door
from app.database import Connection, statement
from app.problem import Problem
from app.vouchers.values import FirstBalance

_GIVE = statement(__package__, "give_balance.sql")


async def give_balance(
    connection: Connection, project: UUID, ids: Collection[UUID], balance: FirstBalance | None, now: datetime
) -> None:
    """Give the balance, if there is one, to the vouchers of these ids; to an id that was not kept nothing is given.

    One statement, whatever their number; none without a balance.
    """
    if balance is not None and ids:
        given = (balance.unit, balance.amount, balance.expires_at, now)
        await connection.execute(_GIVE, project, list(ids), *given)


def balance_faults(balance: FirstBalance | None, now: datetime) -> tuple[Problem, ...]:
    """What is wrong with a first balance. Codes: UNKNOWN_CURRENCY, OUT_OF_RANGE, INVALID_TIME."""
    if balance is None:
        return ()
    path = ("balance", "expires_at")
    found = (
        *door.amount(("balance", "amount"), balance.unit, balance.amount),
        *door.instant(path, balance.expires_at),
    )
    if not found and balance.expires_at is not None and balance.expires_at <= now:
        return (Problem(path, "INVALID_TIME", "That would expire at once."),)
    return found
