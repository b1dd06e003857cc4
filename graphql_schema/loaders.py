"""What one operation loads in batches: each kind of thing once per tick, in one statement.

Loaders stand above the types: they fetch values from the rooms and show them as GraphQL objects. A type's
link only names the loader it follows, so types need not know each other and no import goes round in a circle.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from aiodataloader import DataLoader

from app.database.keyset import Listing, Order, Page, PageRequest, Where, counts, pages
from graphql_schema.paging import Connection, asked_page, connection
from graphql_schema.sorting import TimeOrder, by_time

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Node = TypeVar("Node")


def by_key(
    load: Callable[[Sequence[Key]], Awaitable[Mapping[Key, Value]]], show: Callable[[Value], Node]
) -> DataLoader[Key, Node | None]:
    """A loader over a room's bulk read; what is not found is None."""

    async def batch(keys: list[Key]) -> list[Node | None]:
        found = await load(keys)
        return [show(found[key]) if key in found else None for key in keys]

    return DataLoader(batch)


def counting(load: Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, int]]]) -> DataLoader[UUID, int]:
    """A loader over a room's bulk count; what has none counts 0."""

    async def batch(keys: list[UUID]) -> list[int]:
        found = await load(keys)
        return [found.get(key, 0) for key in keys]

    return DataLoader(batch)


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

    def __init__(self, project: UUID, listing: Listing[Value], show: Callable[[Value], Node]) -> None:
        self._project = project
        self._listing = listing
        self._show = show
        self._pages: DataLoader[PageKey, Page[Value]] = DataLoader(self._load_pages)
        self._counts: DataLoader[CountKey, int] = DataLoader(self._load_counts)

    async def page(
        self, parent: UUID, order: Order, request: PageRequest, where: Sequence[Where] = ()
    ) -> Connection[Node]:
        """A page of the parent's list; raises a BAD_USER_INPUT refusal for a cursor of another list."""
        conditions = tuple(where)
        page = await self.values(parent, order, request, conditions)
        return connection(page, self._show, lambda: self._counts.load(CountKey(parent, conditions)))

    async def page_by_time(self, parent: UUID, sort: TimeOrder, request: PageRequest) -> Connection[Node]:
        """The same for the two orders that every list has."""
        return await self.page(parent, by_time(self._listing, sort), request)

    async def values(
        self, parent: UUID, order: Order, request: PageRequest, where: tuple[Where, ...] = ()
    ) -> Page[Value]:
        """The same page, its values as the room gives them."""
        return await self._pages.load(PageKey(parent, order, request, where))

    async def count(self, parent: UUID) -> int:
        """How long the parent's whole list is."""
        return await self._counts.load(CountKey(parent, ()))

    async def _load_pages(self, keys: list[PageKey]) -> list[Page[Value]]:
        found: dict[PageKey, Page[Value]] = {}
        for alike in _alike(keys, lambda key: key[1:]):
            _, order, request, where = alike[0]
            parents = [key.parent for key in alike]
            by_parent = await asked_page(pages(self._listing, self._project, parents, order, request, where))
            found.update({key: by_parent[key.parent] for key in alike})
        return [found[key] for key in keys]

    async def _load_counts(self, keys: list[CountKey]) -> list[int]:
        found: dict[CountKey, int] = {}
        for alike in _alike(keys, lambda key: key.where):
            totals = await counts(self._listing, self._project, [key.parent for key in alike], alike[0].where)
            found.update({key: totals[key.parent] for key in alike})
        return [found[key] for key in keys]


def _alike(keys: Sequence[Key], trait: Callable[[Key], Hashable]) -> list[list[Key]]:
    """Keys grouped by a trait: an operation asks for few different pages, so a statement a group is none a row."""
    groups: dict[Hashable, list[Key]] = {}
    for key in keys:
        groups.setdefault(trait(key), []).append(key)
    return list(groups.values())
