"""Segments and customers: who is in which, in statements that do not multiply; a part of the graph."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import NamedTuple
from uuid import UUID

from aiodataloader import DataLoader

from app import ids
from app.customers import read as customers
from app.customers.values import Customer as CustomerValue
from app.database.keyset import Page, PageRequest
from app.engine.reason import Reason as EngineReason
from app.projects.admit import Caller
from app.redemptions.membership import Place, why_not_in
from app.segments import read
from app.segments.read_members import Clock, MemberSort, count_members, members_of
from graphql_schema.loaders import PageLoader, by_key, counting
from graphql_schema.sorting import TimeOrder
from graphql_schema.types.customer import Customer, show_customer
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.node import needed_id
from graphql_schema.types.reason import show_reason
from graphql_schema.types.segment import Segment, SegmentMembership, show_segment

_SORTS = {TimeOrder.NEWEST_FIRST: MemberSort.NEWEST, TimeOrder.OLDEST_FIRST: MemberSort.OLDEST}


class _Pair(NamedTuple):
    """A customer and a segment that the customer may be in."""

    customer: UUID
    segment: UUID


class Segments:
    """The segments of one operation."""

    def __init__(self, caller: Caller, now: Callable[[], datetime]) -> None:
        self._project = caller.project
        self._place = Place(caller.project, caller.time_zone, caller.currency)
        self._now = now

    @cached_property
    def by_id(self) -> DataLoader[UUID, Segment | None]:
        """Segments by their ids."""
        return by_key(partial(read.by_ids, self._project), show_segment)

    @cached_property
    def members(self) -> PageLoader[CustomerValue, Customer]:
        """Pages of the customers in segments."""

        async def count(segments: Sequence[UUID]) -> Mapping[UUID, int]:
            # A live segment is counted by looking at all customers: once for each operation.
            return dict(zip(segments, await self.sizes.load_many(list(segments)), strict=True))

        return PageLoader(self._member_pages, count, show_customer)

    @cached_property
    def sizes(self) -> DataLoader[UUID, int]:
        """How many customers are in each segment."""
        return counting(lambda segments: count_members(self._project, segments, self._clock()))

    @cached_property
    def of_customer(self) -> DataLoader[UUID, list[Segment]]:
        """All segments that each customer is in, by name."""

        async def load(wanted: list[UUID]) -> list[list[Segment]]:
            every = await read.all_segments(self._project)
            pairs = [(customer, segment.judged) for customer in wanted for segment in every]
            why_not = await why_not_in(self._place, pairs, self._now())
            return [
                [show_segment(segment) for segment in every if not why_not[customer, segment.id]]
                for customer in wanted
            ]

        return DataLoader(load)

    async def membership(self, segment: UUID, given: CustomerRef) -> SegmentMembership | None:
        """Whether the customer is in the segment, None if either is not there; raises BAD_USER_INPUT."""
        customer = await self._customer(given)
        if customer is None:
            return None
        reasons = await self._why_not.load(_Pair(customer, segment))
        if reasons is None:
            return None
        return SegmentMembership(is_member=not reasons, reasons=[show_reason(reason) for reason in reasons])

    @cached_property
    def _why_not(self) -> DataLoader[_Pair, Sequence[EngineReason] | None]:
        async def load(pairs: list[_Pair]) -> list[Sequence[EngineReason] | None]:
            known = await read.by_ids(self._project, list({pair.segment for pair in pairs}))
            wanted = [(pair.customer, known[pair.segment].judged) for pair in pairs if pair.segment in known]
            found = await why_not_in(self._place, wanted, self._now())
            return [found.get(pair) for pair in pairs]

        return DataLoader(load)

    async def _customer(self, given: CustomerRef) -> UUID | None:
        if given.source_id:
            return await self._by_source_id.load(given.source_id.value)
        wanted = needed_id(ids.CUSTOMER, given.id.value if given.id else None)
        return None if wanted is None else await self._by_own_id.load(wanted)

    @cached_property
    def _by_source_id(self) -> DataLoader[str, UUID | None]:
        return by_key(partial(customers.by_source_ids, self._project), _id_of)

    @cached_property
    def _by_own_id(self) -> DataLoader[UUID, UUID | None]:
        return by_key(partial(customers.by_ids, self._project), _id_of)

    async def _member_pages(
        self, segments: Sequence[UUID], request: PageRequest, order: TimeOrder
    ) -> dict[UUID, Page[CustomerValue]]:
        found = await members_of(self._project, segments, request, self._clock(), _SORTS[order])
        wanted = {member for page in found.values() for member in page.items}
        known = await customers.by_ids(self._project, list(wanted))
        return {
            segment: _with_items(page, tuple(known[member] for member in page.items))
            for segment, page in found.items()
        }

    def _clock(self) -> Clock:
        return Clock(self._now(), self._place.zone)


def _id_of(customer: CustomerValue) -> UUID:
    return customer.id


def _with_items(page: Page[UUID], items: tuple[CustomerValue, ...]) -> Page[CustomerValue]:
    return Page(items, page.cursors, page.has_next, page.has_previous)
