"""What one operation loads in batches: each kind of thing once per tick, in one statement."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeVar
from uuid import UUID

from aiodataloader import DataLoader
from app.campaigns.read import Campaign
from app.campaigns.read import by_ids as campaigns_by_ids
from app.customers.read import Customer
from app.customers.read import by_ids as customers_by_ids

from app.database.keyset import Order, Page, PageRequest, Where

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class PageKey(NamedTuple):
    """One page of one list of one parent. Pages that differ only in the parent are fetched together."""

    parent: UUID
    order: Order
    request: PageRequest
    where: tuple[Where, ...] = ()


class Loaders:
    """Loaders of one operation, bound to the caller's project; never kept longer, so nothing in them grows stale."""

    def __init__(self, project: UUID) -> None:
        self._project = project
        self._pages: dict[int, DataLoader[PageKey, Page[object]]] = {}
        self._counts: dict[int, DataLoader[tuple[UUID, tuple[Where, ...]], int]] = {}

    @cached_property
    def customers(self) -> DataLoader[UUID, Customer | None]:
        """Customers by id."""
        return self.by_id(customers_by_ids)

    @cached_property
    def campaigns(self) -> DataLoader[UUID, Campaign | None]:
        """Campaigns by id."""
        return self.by_id(campaigns_by_ids)

    def by_id(
        self, load: Callable[[UUID, Sequence[UUID]], Awaitable[Mapping[UUID, Found]]]
    ) -> DataLoader[UUID, Found | None]:
        """A loader over a room's `by_ids(project, ids)`; what is not found is None."""

        async def batch(ids: list[UUID]) -> list[Found | None]:
            found = await load(self._project, ids)
            return [found.get(id_) for id_ in ids]

        return DataLoader(batch)
