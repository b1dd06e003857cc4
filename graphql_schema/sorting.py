"""The orders in which lists are given. Ids are UUIDv7, so sorting by id is sorting by time."""

from enum import Enum
from typing import Annotated, Any

import strawberry

from app.database.keyset import Listing, Order


@strawberry.enum(description="The order of a list by time.")
class TimeOrder(Enum):
    NEWEST_FIRST = strawberry.enum_value("newest", description="The latest first.")
    OLDEST_FIRST = strawberry.enum_value("oldest", description="The earliest first.")


Sort = Annotated[TimeOrder, strawberry.argument(description="The order of the list.")]


def by_time(listing: Listing[Any], order: TimeOrder) -> Order:
    """The order of any listing by the time its rows were made. The name binds cursors to this list and order."""
    name = f"{listing.from_.split()[0]}_{order.value}"
    return Order(name, listing.id, "uuid", descending=order is TimeOrder.NEWEST_FIRST)
