"""Lists of attempts, granted or refused: both ledgers have the same shape, so both are read in the same way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Generic, TypeVar
from uuid import UUID

import asyncpg

from app import door
from app.database import fetch
from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages

T = TypeVar("T")
F = TypeVar("F", bound="AttemptFilter")


class AttemptSort(Enum):
    """The orders of a list of attempts, by their time; the value says whether the latest comes first."""

    NEWEST = True
    OLDEST = False


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Conditions that must all hold; None is no condition.

    `campaign` may be a main campaign: then it means all its sub-campaigns. `partner` is for whom a code's campaign ran
    when it was judged. `created_from` is inclusive,
    `created_before` exclusive.
    """

    campaign: UUID | None = None
    partner: UUID | None = None
    customer: UUID | None = None
    voucher: UUID | None = None
    channel: str | None = None
    redemption_point: str | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None

    def asked(self) -> list[tuple[str, object]]:
        """Conditions on an attempt `r`, each with its value; `{has_code: …}` is one on any of its codes."""
        return [
            ("{has_code} AND $? IN (code.campaign_id, code.main_campaign_id))", self.campaign),
            ("{has_code} AND code.partner_id = $?)", self.partner),
            ("{has_code} AND code.voucher_id = $?)", self.voucher),
            ("r.customer_id = $?", self.customer),
            ("r.channel = $?", self.channel),
            ("r.redemption_point = $?", self.redemption_point),
            ("r.created_at >= $?", self.created_from),
            ("r.created_at < $?", self.created_before),
        ]


class Lists(Generic[T, F]):
    """All ways to list one ledger.

    `table` holds its attempts and `codes` their codes, whose column `link` names the attempt. `select` are the
    columns of `table` (as `r`) that `read` makes a value of. Pages raise CursorError for a cursor of another list or
    order; a page or a count for any number of campaigns, vouchers or customers is one statement.
    """

    def __init__(
        self,
        select: str,
        table: str,
        codes: str,
        link: str,
        read: Callable[[asyncpg.Record], T],
        everything: F,
    ) -> None:
        self._select, self._table, self._read, self._everything = select, table, read, everything
        self._has_code = (
            f"EXISTS (SELECT FROM {codes} code WHERE code.project_id = r.project_id AND code.{link} = r.id"
        )
        self._all = Listing(select, f"{table} r", "r.id", "r.project_id", "r.project_id", read)
        self._of_customers = replace(self._all, parent="r.customer_id")

        def of(*columns: str) -> Listing[T]:
            """The attempts in which a code has a value in one of the columns, in the order of the index on each.

            Several codes of an attempt may have it: the first of them speaks for it. IS NOT TRUE and LIMIT 1 hold
            the planner to that index: it would rather join, and sort, all attempts of a campaign for each page.
            """
            ways = " UNION ALL ".join(
                f"SELECT project_id, {column} AS parent, {link} AS attempt, position FROM {codes}"  # noqa: S608
                for column in columns
            )
            joined = f"""({ways}) AS found
              JOIN LATERAL (
                SELECT * FROM {table} WHERE project_id = found.project_id AND id = found.attempt LIMIT 1
              ) AS r ON (EXISTS (
                SELECT FROM {codes} earlier
                WHERE earlier.project_id = found.project_id AND earlier.{link} = found.attempt
                  AND earlier.position < found.position
                  AND found.parent IN ({", ".join(f"earlier.{column}" for column in columns)}))) IS NOT TRUE"""  # noqa: S608
            return Listing(select, joined, "found.attempt", "found.project_id", "found.parent", read)

        self._of_vouchers = of("voucher_id")
        self._of_campaigns = of("campaign_id", "main_campaign_id")
        self._of_partners = of("partner_id")

    async def by_ids(self, project: UUID, ids: Iterable[UUID]) -> dict[UUID, T]:
        """Those of the attempts that the project has, with their codes; one statement."""
        query = (
            f"SELECT {self._select} FROM {self._table} r WHERE r.project_id = $1 AND r.id = ANY ($2::uuid[])"  # noqa: S608
        )
        return {row["id"]: self._read(row) for row in await fetch(query, project, list(ids))}

    async def page(
        self,
        project: UUID,
        request: PageRequest,
        filter: F | None = None,  # noqa: A002 - the word callers use
        sort: AttemptSort = AttemptSort.NEWEST,
    ) -> Page[T]:
        """A page of the project's list."""
        listing, parent, rest = self._nearest(project, filter or self._everything)
        return (await self._pages(listing, project, [parent], request, rest, sort))[parent]

    async def of_campaigns(
        self,
        project: UUID,
        campaigns: Sequence[UUID],
        request: PageRequest,
        filter: F | None = None,  # noqa: A002
        sort: AttemptSort = AttemptSort.NEWEST,
    ) -> dict[UUID, Page[T]]:
        """A page for each campaign; a main campaign's list is that of all its sub-campaigns."""
        return await self._pages(self._of_campaigns, project, campaigns, request, filter, sort)

    async def of_vouchers(
        self,
        project: UUID,
        vouchers: Sequence[UUID],
        request: PageRequest,
        filter: F | None = None,  # noqa: A002
        sort: AttemptSort = AttemptSort.NEWEST,
    ) -> dict[UUID, Page[T]]:
        """A page for each voucher."""
        return await self._pages(self._of_vouchers, project, vouchers, request, filter, sort)

    async def of_customers(
        self,
        project: UUID,
        customers: Sequence[UUID],
        request: PageRequest,
        filter: F | None = None,  # noqa: A002
        sort: AttemptSort = AttemptSort.NEWEST,
    ) -> dict[UUID, Page[T]]:
        """A page for each customer."""
        return await self._pages(self._of_customers, project, customers, request, filter, sort)

    async def count(self, project: UUID, filter: F | None = None) -> int:  # noqa: A002
        """How long the project's list is."""
        listing, parent, rest = self._nearest(project, filter or self._everything)
        return (await counts(listing, project, [parent], self._where(rest)))[parent]

    async def count_of_campaigns(
        self,
        project: UUID,
        campaigns: Sequence[UUID],
        filter: F | None = None,  # noqa: A002
    ) -> Mapping[UUID, int]:
        """How long each campaign's list is."""
        return await counts(self._of_campaigns, project, campaigns, self._where(filter))

    async def count_of_vouchers(
        self,
        project: UUID,
        vouchers: Sequence[UUID],
        filter: F | None = None,  # noqa: A002
    ) -> Mapping[UUID, int]:
        """How long each voucher's list is."""
        return await counts(self._of_vouchers, project, vouchers, self._where(filter))

    async def count_of_customers(
        self,
        project: UUID,
        customers: Sequence[UUID],
        filter: F | None = None,  # noqa: A002
    ) -> Mapping[UUID, int]:
        """How long each customer's list is."""
        return await counts(self._of_customers, project, customers, self._where(filter))

    async def _pages(
        self,
        listing: Listing[T],
        project: UUID,
        parents: Sequence[UUID],
        request: PageRequest,
        filter: F | None,  # noqa: A002
        sort: AttemptSort,
    ) -> dict[UUID, Page[T]]:
        order = Order(f"{self._table}_{sort.name.lower()}", listing.id, "uuid", descending=sort.value)
        return await pages(listing, project, parents, order, request, self._where(filter))

    def _where(self, filter: F | None) -> list[Where]:  # noqa: A002
        asked = (self._everything if filter is None else filter).asked()
        if not all(door.can_be_kept(value) for _, value in asked if isinstance(value, str)):
            return [Where("$?::boolean", False)]  # no attempt holds such a text, and PostgreSQL refuses it
        return [
            Where(sql.replace("{has_code}", self._has_code), value)
            for sql, value in asked
            if value is not None
        ]

    def _nearest(self, project: UUID, filter: F) -> tuple[Listing[T], UUID, F]:  # noqa: A002
        """The shortest list that holds all the filter lets through, what it hangs on, and the rest of the filter."""
        if filter.voucher is not None:
            return self._of_vouchers, filter.voucher, replace(filter, voucher=None)
        if filter.customer is not None:
            return self._of_customers, filter.customer, replace(filter, customer=None)
        if filter.campaign is not None:
            return self._of_campaigns, filter.campaign, replace(filter, campaign=None)
        if filter.partner is not None:
            return self._of_partners, filter.partner, replace(filter, partner=None)
        return self._all, project, filter
