"""pools: the project's pools of somebody else's codes. One of them is found by `node`."""

import strawberry

from app.pools.read import PoolSort, count_pools, pools_page
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
from graphql_schema.types.pool import Pool, show_pool


@strawberry.type
class PoolQueries:
    @strawberry.field(description="The project's pools of codes that are good somewhere else. Needs READ.")
    async def pools(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> Connection[Pool]:
        caller = require(info, Permission.READ)
        request = page_request(first, last, after, before)
        order = PoolSort[sort.value]
        page = await asked_page(pools_page(caller.project, request, order))
        return connection(page, show_pool, lambda: count_pools(caller.project))
