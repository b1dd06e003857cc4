"""partner and partners: one partner by its id, and the project's partners as a list."""

from typing import Annotated

import strawberry

from app import ids
from app.partners.read import PartnerSort, count_partners, partners_page
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.paging import (
    After,
    Before,
    Connection,
    First,
    Last,
    asked_page,
    connection,
    page_request,
)
from graphql_schema.sorting import Sort, TimeOrder
from graphql_schema.types.node import needed_id
from graphql_schema.types.partner import Partner, show_partner


@strawberry.type
class PartnerQueries:
    @strawberry.field(description="A partner of the project; null if there is none. Needs READ.")
    async def partner(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> Partner | None:
        require(info, Permission.READ)
        wanted = needed_id(ids.PARTNER, id)
        return None if wanted is None else await info.context.loaders.partners.by_id.load(wanted)

    @strawberry.field(description="The project's partners, for whom campaigns run. Needs READ.")
    async def partners(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> Connection[Partner]:
        caller = require(info, Permission.READ)
        request = page_request(first, last, after, before)
        order = PartnerSort[sort.value]
        page = await asked_page(partners_page(caller.project, request, order))
        return connection(page, show_partner, lambda: count_partners(caller.project))
