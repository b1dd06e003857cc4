"""How often vouchers and campaigns have been used, and how often they still may be."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.database import fetch, statement
from app.engine.facts import CounterKey
from app.redemptions.counters import counter_id

_OF_VOUCHERS = statement(__package__, "uses_of_vouchers.sql")
_OF_CAMPAIGNS = statement(__package__, "uses_of_campaigns.sql")


@dataclass(frozen=True, slots=True)
class Usage:
    """Uses that were not rolled back (a redemption uses each of its codes once), and the limit; None: unlimited."""

    used: int
    limit: int | None

    @property
    def remaining(self) -> int | None:
        """Uses that are left; None where there is no limit."""
        return None if self.limit is None else max(0, self.limit - self.used)


async def uses_of_vouchers(project: UUID, vouchers: Iterable[UUID]) -> dict[UUID, Usage]:
    """The usage of those of the vouchers that the project has; one statement."""
    return await _uses(_OF_VOUCHERS, "voucher", project, vouchers)


async def uses_of_campaigns(project: UUID, campaigns: Iterable[UUID]) -> dict[UUID, Usage]:
    """The usage of campaigns, a main campaign's with all its sub-campaigns; one statement."""
    return await _uses(_OF_CAMPAIGNS, "campaign", project, campaigns)


async def _uses(query: str, scope: str, project: UUID, subjects: Iterable[UUID]) -> dict[UUID, Usage]:
    ids = list(dict.fromkeys(subjects))
    rows = await fetch(query, project, ids, [counter_id(project, CounterKey(scope, id_)) for id_ in ids])
    return {row["id"]: Usage(row["used"], row["most"]) for row in rows}
