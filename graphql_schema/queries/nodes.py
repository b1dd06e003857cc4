"""node and nodes: anything by its id."""

from asyncio import gather
from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from app import ids
from app.projects.admit import Permission
from graphql_schema.authority import Info, require, sees
from graphql_schema.errors import Refusal
from graphql_schema.types.node import Node

MOST_NODES = 100


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Anything by its id; null if there is nothing that the caller may see.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> Node | None:
        return await _find(info, id)

    @strawberry.field(
        description=f"Up to {MOST_NODES} things by their ids, in the order asked; null where nothing is."
    )
    async def nodes(
        self,
        info: Info,
        asked: Annotated[list[strawberry.ID], strawberry.argument(name="ids", description="Which ones.")],
    ) -> list[Node | None]:
        if len(asked) > MOST_NODES:
            raise Refusal(
                "BAD_USER_INPUT", f"At most {MOST_NODES} ids can be asked for; {len(asked)} were given."
            )
        return list(await gather(*(_find(info, each) for each in asked)))


async def _find(info: Info, given: strawberry.ID) -> Node | None:
    caller = require(info, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
    try:
        prefix, wanted = ids.read(given)
    except ids.IdError:
        return None
    graph = info.context.loaders
    if prefix == ids.REDEMPTION:
        redemption = await graph.redemptions.load(wanted)
        return redemption if redemption is not None and sees(caller, redemption.redemption_point) else None
    if prefix == ids.REJECTED_REDEMPTION:
        rejected = await graph.rejected_redemptions.load(wanted)
        return rejected if rejected is not None and sees(caller, rejected.redemption_point) else None
    return await _load(info, prefix, wanted) if caller.may(Permission.READ) else None


async def _load(info: Info, prefix: str, wanted: UUID) -> Node | None:
    graph = info.context.loaders
    by_prefix: dict[str, Callable[[UUID], Awaitable[Node | None]]] = {
        ids.CAMPAIGN: graph.campaigns.load,
        ids.CUSTOMER: graph.customers.load,
        ids.VOUCHER: graph.vouchers.load,
        ids.PUBLICATION: graph.publications.load,
        ids.API_KEY: graph.api_keys.load,
        ids.PROJECT: graph.projects.load,
        ids.SEGMENT: graph.segments.by_id.load,
        ids.POOL: graph.pools.load,
        ids.JOB: graph.jobs.load,
        ids.PARTNER: graph.partners.by_id.load,
    }
    load = by_prefix.get(prefix)
    return None if load is None else await load(wanted)
