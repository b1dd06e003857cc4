"""ledgerAudit: does everything that was counted, paid and told agree?"""

import strawberry

from app.projects.admit import Permission
from app.redemptions.audit import AuditTooLong, audit
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal

MOST_SECONDS = 5.0


@strawberry.type(description="One comparison of the audit.")
class AuditCheck:
    name: str = strawberry.field(
        description="What was compared: counters, redemptions, balances, payments, gifts or events."
    )
    checked: int = strawberry.field(description="How many things were looked at.")
    drift: int = strawberry.field(description="How many of them do not agree with the ledger.")
    examples: list[str] = strawberry.field(description="Up to ten of those that do not agree, in words.")


@strawberry.type(
    description="Whether counters, redemptions, balances, payments, gifts and events agree, at one instant."
)
class LedgerAudit:
    drift: int = strawberry.field(
        description="How many things do not agree; always 0, or something is broken."
    )
    checks: list[AuditCheck] = strawberry.field(description="The comparisons, one by one.")


@strawberry.type
class LedgerAuditQueries:
    @strawberry.field(
        description="Compare everything that was counted, paid and told in the project with each other. It reads the"
        " whole ledger: for large projects there is `tearoff audit`. Needs MANAGE."
    )
    async def ledger_audit(self, info: Info) -> LedgerAudit:
        caller = require(info, Permission.MANAGE)
        try:
            found = await audit(caller.project, seconds=MOST_SECONDS)
        except AuditTooLong:
            raise Refusal(
                "LEDGER_TOO_LARGE",
                "The ledger is too large to be audited while a request waits: run `tearoff audit`.",
            ) from None
        return LedgerAudit(
            drift=found.drift,
            checks=[
                AuditCheck(
                    name=check.name, checked=check.checked, drift=check.drift, examples=list(check.examples)
                )
                for check in found.checks
            ],
        )
