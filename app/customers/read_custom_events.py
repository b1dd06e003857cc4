"""Reading custom events: as pages for customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

import asyncpg

from app.database.keyset import Listing, Order, Page, PageRequest, counts, pages


@dataclass(frozen=True, slots=True)
class CustomEvent:
    """Something that a customer did `at` some time, and that was told at `created_at`."""

    id: UUID
    name: str
    metadata: Mapping[str, object]
    source_id: str | None
    at: datetime
    created_at: datetime


class CustomEventSort(Enum):
    """The orders of a list of custom events; time is when they were told."""

    NEWEST = Order("custom_events_newest", "e.id", "uuid", descending=True)
    OLDEST = Order("custom_events_oldest", "e.id", "uuid")


async def custom_events_of(
    project: UUID,
    customers: Sequence[UUID],
    request: PageRequest,
    sort: CustomEventSort = CustomEventSort.NEWEST,
) -> dict[UUID, Page[CustomEvent]]:
    """A page of each customer's events, in one statement. Raises keyset.CursorError for a cursor of another list."""
    return await pages(_OF_CUSTOMER, project, customers, sort.value, request)


async def count_custom_events_of(project: UUID, customers: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many events of each customer there are, in one statement."""
    return await counts(_OF_CUSTOMER, project, customers)


def _event_of(row: asyncpg.Record) -> CustomEvent:
    return CustomEvent(
        id=row["id"],
        name=row["name"],
        metadata=row["metadata"],
        source_id=row["source_id"],
        at=row["at"],
        created_at=row["created_at"],
    )


_OF_CUSTOMER = Listing(
    "e.id, e.name, e.metadata, e.source_id, e.at, e.created_at",
    "custom_events e",
    "e.id",
    "e.project_id",
    "e.customer_id",
    _event_of,
)
