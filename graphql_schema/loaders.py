"""What one operation loads in batches: each kind of thing once per tick, in one statement.

Loaders stand above the types: they fetch values from the rooms and show them as GraphQL objects. A type's
link only names the loader it follows, so types need not know each other and no import goes round in a circle.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from aiodataloader import DataLoader

from app.database.keyset import CursorError, Listing, Order, Page, PageRequest, Where, counts, pages
from graphql_schema.errors import Refusal
from graphql_schema.paging import Connection, connection
from graphql_schema.sorting import TimeOrder

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Node = TypeVar("Node")


def by_key(
    load: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value]]],
    show: Callable[[Value], Node],
    *,
    cache: bool = True,
) -> DataLoader[Key, Node | None]:
    """A loader over a room's bulk read; what is not found is None."""

    async def batch(keys: list[Key]) -> list[Node | None]:
        found = await load(keys)
        return [show(found[key]) if key in found else None for key in keys]

    return DataLoader(batch, cache=cache)


class PageKey(NamedTuple):
    """One page of one parent's list; pages that differ in the parent only are fetched by one statement."""

    parent: UUID
    order: Order
    request: PageRequest
    where: tuple[Where, ...]


class CountKey(NamedTuple):
    """The size of one parent's list under a filter."""

    parent: UUID
    where: tuple[Where, ...]


class PageLoader(Generic[Value, Node]):
    """Pages of one kind of list, for any number of parents."""

    def __init__(
        self, project: UUID, listing: Listing[Value], show: Callable[[Value], Node], *, cache: bool = True
    ) -> None:
        self._project = project
        self._listing = listing
        self._show = show
        self._by_time = {
            TimeOrder.NEWEST_FIRST: Order("newest", listing.id, "uuid", descending=True),
            TimeOrder.OLDEST_FIRST: Order("oldest", listing.id, "uuid"),
        }
        self._pages: DataLoader[PageKey, Page[Value]] = DataLoader(self._load_pages, cache=cache)
        self._counts: DataLoader[CountKey, int] = DataLoader(self._load_counts, cache=cache)

    async def page(
        self,
        parent: UUID,
        request: PageRequest,
        where: Sequence[Where] = (),
        *,
        sort: TimeOrder | Order = TimeOrder.NEWEST_FIRST,
    ) -> Connection[Node]:
        """A page of the parent's list; raises a BAD_USER_INPUT refusal for a cursor of another list."""
        conditions = tuple(where)
        order = sort if isinstance(sort, Order) else self._by_time[sort]
        page = await self._pages.load(PageKey(parent, order, request, conditions))
        return connection(page, self._show, lambda: self._counts.load(CountKey(parent, conditions)))

    async def _load_pages(self, keys: list[PageKey]) -> list[Page[Value]]:
        found: dict[PageKey, Page[Value]] = {}
        for alike in _alike(keys, lambda key: (key.order, key.request, key.where)):
            first = alike[0]
            try:
                by_parent = await pages(
                    self._listing,
                    self._project,
                    [key.parent for key in alike],
                    first.order,
                    first.request,
                    first.where,
                )
            except CursorError as fault:
                raise Refusal("BAD_USER_INPUT", str(fault)) from fault
            found.update({key: by_parent[key.parent] for key in alike})
        return [found[key] for key in keys]

    async def _load_counts(self, keys: list[CountKey]) -> list[int]:
        found: dict[CountKey, int] = {}
        for alike in _alike(keys, lambda key: key.where):
            totals = await counts(self._listing, self._project, [key.parent for key in alike], alike[0].where)
            found.update({key: totals[key.parent] for key in alike})
        return [found[key] for key in keys]


def _alike(keys: Sequence[Key], trait: Callable[[Key], Hashable]) -> list[list[Key]]:
    """Keys grouped by a trait; an operation asks for few different pages, so a query a group is no query a row."""
    groups: dict[Hashable, list[Key]] = {}
    for key in keys:
        groups.setdefault(trait(key), []).append(key)
    return list(groups.values())
