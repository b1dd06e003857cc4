"""What one operation loads in batches: each kind of thing once per tick, in one statement.

Loaders stand above the types: they fetch values from the rooms and show them as GraphQL objects. A type's
link only names the loader it follows, so types need not know each other and no import goes round in a circle.
"""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from aiodataloader import DataLoader

from app.database.keyset import Page, PageRequest
from graphql_schema.errors import Refusal
from graphql_schema.paging import Connection, asked_page, connection
from graphql_schema.sorting import TimeOrder

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Node = TypeVar("Node")

LoadPages = Callable[[Sequence[UUID], PageRequest, TimeOrder], Awaitable[Mapping[UUID, Page[Value]]]]
LoadCounts = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, int]]]


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
    request: PageRequest
    order: TimeOrder


def paging(load: LoadPages[Value]) -> DataLoader[PageKey, Page[Value]]:
    """A loader over a room's bulk read of pages; a cursor of another list spoils the pages it was given for only."""

    async def batch(keys: list[PageKey]) -> list[Page[Value] | Refusal]:
        parents: dict[tuple[PageRequest, TimeOrder], list[UUID]] = {}
        for key in keys:
            parents.setdefault((key.request, key.order), []).append(key.parent)
        found: dict[tuple[PageRequest, TimeOrder], Mapping[UUID, Page[Value] | Refusal]] = {}
        # An operation asks for few different pages, so a statement for each kind of page is none for each row.
        for (request, order), own in parents.items():
            try:
                found[request, order] = await asked_page(load(own, request, order))
            except Refusal as refusal:
                found[request, order] = dict.fromkeys(own, refusal)
        return [found[key.request, key.order][key.parent] for key in keys]

    # An exception in the list is raised to whoever asked for what stands there.
    return DataLoader(batch)  # type: ignore[arg-type]  # which the types of aiodataloader do not tell


class PageLoader(Generic[Value, Node]):
    """Pages of one kind of list, for any number of parents; `load` and `count` are a room's bulk reads."""

    def __init__(self, load: LoadPages[Value], count: LoadCounts, show: Callable[[Value], Node]) -> None:
        self._show = show
        self._pages = paging(load)
        self._counts = counting(count)

    async def page(self, parent: UUID, request: PageRequest, order: TimeOrder) -> Connection[Node]:
        """A page of the parent's list; raises a BAD_USER_INPUT refusal for a cursor of another list."""
        page = await self._pages.load(PageKey(parent, request, order))
        return connection(page, self._show, lambda: self._counts.load(parent))

    async def count(self, parent: UUID) -> int:
        """How long the parent's whole list is."""
        return await self._counts.load(parent)
