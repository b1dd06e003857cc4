"""Links from one thing to a list of others: the same five arguments and the same page loader everywhere."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import strawberry

from app.projects.admit import Permission
from graphql_schema.authority import Info, require, require_customer
from graphql_schema.paging import After, Before, First, Last, page_request
from graphql_schema.sorting import Sort, TimeOrder

if TYPE_CHECKING:
    from graphql_schema.graph import Graph
    from graphql_schema.loaders import PageLoader

Allow = Callable[[Info, UUID], object]


class Linking(Protocol):
    """Anything that lists may hang on."""

    uuid: UUID


def whoever_reads(info: Info, _parent: UUID) -> object:
    """The list is for callers who may see the whole project."""
    return require(info, Permission.READ)


def readers_and_the_customer(info: Info, parent: UUID) -> object:
    """The list is for callers who may see the whole project, and for the customer it belongs to."""
    return require_customer(info, parent)


# `Any` twice: a page loader of any kind, and a field whose type stands in the class that holds it.
def linked_list(
    description: str, follow: Callable[["Graph"], "PageLoader[Any, Any]"], allow: Allow = whoever_reads
) -> Any:
    """A field that pages through what hangs on its object: `redemptions: Connection[…] = linked_list(…)`."""

    async def resolve(  # type: ignore[no-untyped-def]  # the field's type is its annotation in the class
        self: Linking,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ):
        allow(info, self.uuid)
        request = page_request(first, last, after, before)
        return await follow(info.context.loaders).page(self.uuid, request, sort)

    return strawberry.field(resolver=resolve, description=description)
