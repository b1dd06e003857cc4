"""Customers' figures and what happened to them, in statements that do not multiply; a part of the graph."""

from collections.abc import Awaitable, Mapping, Sequence
from functools import cached_property, partial
from typing import NamedTuple
from uuid import UUID

from aiodataloader import DataLoader

from app.database.keyset import Page, PageRequest
from app.events.cursor import Cursor
from app.events.kinds import EventKind
from app.events.read import CursorExpired
from app.projects.admit import Caller
from app.redemptions import read as redemptions
from app.redemptions.favourites import CategoryRank, FavouriteCategory, favourites_of
from app.redemptions.lists import AttemptSort
from app.redemptions.orders import Orders, orders_of
from app.redemptions.read import RedemptionFilter
from app.redemptions.values import Redemption as RedemptionValue
from app.redemptions.values import RedemptionState
from app.reports.read_activity import ActivityPage, activity_of
from graphql_schema.loaders import PageLoader
from graphql_schema.sorting import TimeOrder
from graphql_schema.types.activity import ActivityConnection, show_activity
from graphql_schema.types.customer_figures import (
    CustomerCategory,
    CustomerSummary,
    LifetimeValue,
    show_category,
    show_lifetime_value,
)
from graphql_schema.types.event import expired_cursors_refused
from graphql_schema.types.redemption import Redemption, show_redemption

_STANDING = RedemptionFilter(states=(RedemptionState.REDEEMED,))
_SORTS = {TimeOrder.NEWEST_FIRST: AttemptSort.NEWEST, TimeOrder.OLDEST_FIRST: AttemptSort.OLDEST}


class _Favourites(NamedTuple):
    """The first categories of a customer, by amount or by quantity."""

    customer: UUID
    first: int
    rank: CategoryRank


class _Stretch(NamedTuple):
    """Which stretch of customers' activity; None: from its beginning, of all kinds."""

    limit: int
    after: Cursor | None
    kinds: frozenset[EventKind] | None
    order: TimeOrder


class _Activity(NamedTuple):
    """A stretch of one customer's activity; those that differ in the customer only are fetched by one statement."""

    customer: UUID
    request: _Stretch


class CustomerFigures:
    """The customers of one operation: what they ordered, what that is worth, and what happened to them."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._project = caller.project

    async def summary(self, customer: UUID) -> CustomerSummary:
        """How much there is of the customer."""
        return CustomerSummary(uuid=customer, orders=await self._orders.load(customer))

    async def lifetime_value(self, customer: UUID) -> list[LifetimeValue]:
        """What the customer's orders come to, for each currency."""
        return [show_lifetime_value(one) for one in await self._orders.load(customer)]

    async def favourites(self, customer: UUID, first: int, rank: CategoryRank) -> list[CustomerCategory]:
        """What the customer bought most of, the favourite first."""
        return [show_category(one) for one in await self._favourites.load(_Favourites(customer, first, rank))]

    async def activity(
        self,
        customer: UUID,
        limit: int,
        after: Cursor | None,
        kinds: frozenset[EventKind] | None,
        order: TimeOrder,
    ) -> ActivityConnection:
        """A stretch of what concerns the customer; raises a CURSOR_EXPIRED refusal."""
        with expired_cursors_refused():
            page = await self._activity.load(_Activity(customer, _Stretch(limit, after, kinds, order)))
        return show_activity(page, is_beyond=after is not None, caller=self._caller)

    @cached_property
    def orders(self) -> PageLoader[RedemptionValue, Redemption]:
        """Pages of the orders of customers."""

        def load(
            customers: Sequence[UUID], request: PageRequest, order: TimeOrder
        ) -> Awaitable[Mapping[UUID, Page[RedemptionValue]]]:
            return redemptions.redemptions_of_customers(
                self._project, customers, request, _STANDING, _SORTS[order]
            )

        count = partial(redemptions.count_redemptions_of_customers, self._project, filter=_STANDING)
        return PageLoader(load, count, show_redemption)

    @cached_property
    def _orders(self) -> DataLoader[UUID, tuple[Orders, ...]]:
        async def load(customers: list[UUID]) -> list[tuple[Orders, ...]]:
            found = await orders_of(self._project, customers)
            return [found.get(customer, ()) for customer in customers]

        return DataLoader(load)

    @cached_property
    def _favourites(self) -> DataLoader[_Favourites, tuple[FavouriteCategory, ...]]:
        async def load(keys: list[_Favourites]) -> list[tuple[FavouriteCategory, ...]]:
            found: dict[CategoryRank, Mapping[UUID, tuple[FavouriteCategory, ...]]] = {}
            for rank in {key.rank: None for key in keys}:
                alike = [key for key in keys if key.rank is rank]
                people = list(dict.fromkeys([key.customer for key in alike]))
                most = max([key.first for key in alike])
                found[rank] = await favourites_of(self._project, people, most, self._caller.currency, rank)
            return [found[key.rank].get(key.customer, ())[: key.first] for key in keys]

        return DataLoader(load)

    @cached_property
    def _activity(self) -> DataLoader[_Activity, ActivityPage]:
        async def load(keys: list[_Activity]) -> list[ActivityPage | CursorExpired]:
            found: dict[_Stretch, Mapping[UUID, ActivityPage] | CursorExpired] = {}
            # An operation asks for few different stretches, so a statement for each is none for each customer.
            for request in {key.request: None for key in keys}:
                people = [key.customer for key in keys if key.request == request]
                try:
                    found[request] = await self._stretches(people, request)
                except CursorExpired as expired:
                    found[request] = expired
            return [_of(found[key.request], key.customer) for key in keys]

        # An exception in the list is raised to whoever asked for what stands there.
        return DataLoader(load)  # type: ignore[arg-type]  # which the types of aiodataloader do not tell

    async def _stretches(self, customers: Sequence[UUID], request: _Stretch) -> Mapping[UUID, ActivityPage]:
        return await activity_of(
            self._project,
            customers,
            request.limit,
            after=request.after,
            kinds=request.kinds,
            newest_first=request.order is TimeOrder.NEWEST_FIRST,
        )


def _of(found: Mapping[UUID, ActivityPage] | CursorExpired, customer: UUID) -> ActivityPage | CursorExpired:
    return found if isinstance(found, CursorExpired) else found[customer]
