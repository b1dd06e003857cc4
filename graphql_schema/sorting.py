"""The orders in which lists are given. Ids are UUIDv7, so sorting by id is sorting by time."""

from enum import Enum
from typing import Annotated

import strawberry


@strawberry.enum(description="The order of a list by time.")
class TimeOrder(Enum):
    NEWEST_FIRST = strawberry.enum_value("NEWEST_FIRST", description="The latest first.")
    OLDEST_FIRST = strawberry.enum_value("OLDEST_FIRST", description="The earliest first.")


Sort = Annotated[TimeOrder, strawberry.argument(description="The order of the list.")]
