"""The audit: do counters, redemptions, balances, payments, gifts and events agree with each other, to the last cent?"""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from app.database import connect, statement

_LEDGER = statement(__package__, "uses_in_ledger.sql")

# What is checked, and what it means when it drifts. Each statement gives how many things it looked at, how many of
# them do not agree, and the first ten of these.
_CHECKS = {
    "counters": statement(__package__, "audit_counters.sql").replace("/* uses_in_ledger */", _LEDGER),
    "redemptions": statement(__package__, "audit_redemptions.sql"),
    "balances": statement(__package__, "audit_balances.sql"),
    "payments": statement(__package__, "audit_payments.sql"),
    "gifts": statement(__package__, "audit_gifts.sql"),
    "events": statement(__package__, "audit_events.sql"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: how many things were looked at, how many drift, and examples of those in words."""

    name: str
    checked: int
    drift: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LedgerAudit:
    """All comparisons at one instant. `drift` is 0, or something has lost or doubled money."""

    checks: tuple[Check, ...]

    @property
    def drift(self) -> int:
        """How many things do not agree with the ledger."""
        return sum(check.drift for check in self.checks)


class AuditTooLong(Exception):  # noqa: N818 - a limit that was reached, not a mistake
    """The ledger is larger than what can be compared in the time that was given."""


async def audit(project: UUID | None = None, *, seconds: float | None = None) -> LedgerAudit:
    """Compare everything of one project, or of the whole database, as it is at one instant.

    It reads every row of the ledger, on a connection of its own, while everybody goes on. With `seconds` it gives up
    after that long a statement: AuditTooLong.
    """
    connection = await connect(application_name="tearoff audit")
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            # First of all: what is let go of the log meanwhile would be missing in what this transaction sees.
            await connection.execute("LOCK TABLE ONLY events IN ACCESS SHARE MODE")
            await connection.execute(f"SET LOCAL statement_timeout = {int((seconds or 0) * 1000)}")
            checks = []
            for name, query in _CHECKS.items():
                [row] = await connection.fetch(query, project)
                checks.append(Check(name, row["checked"], row["drift"], tuple(row["examples"] or ())))
    except asyncpg.QueryCanceledError as cancelled:
        raise AuditTooLong from cancelled
    finally:
        await connection.close()
    return LedgerAudit(tuple(checks))
