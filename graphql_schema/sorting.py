"""The orders that every list has. Ids are UUIDv7, so sorting by id is sorting by time."""

from enum import Enum
from typing import Annotated

import strawberry

from graphql_schema.enums import describe_enum


class TimeOrder(Enum):
    """The values are the names of these orders in every room's own sort."""

    NEWEST_FIRST = "NEWEST"
    OLDEST_FIRST = "OLDEST"


describe_enum(
    TimeOrder,
    "The order of a list by time.",
    NEWEST_FIRST="The latest first.",
    OLDEST_FIRST="The earliest first.",
)

Sort = Annotated[TimeOrder, strawberry.argument(description="The order of the list.")]
