"""A pool of codes that are good somewhere else."""

from datetime import datetime
from uuid import UUID

import strawberry

from app import ids
from app.pools.values import Pool as PoolValue
from graphql_schema.authority import Info
from graphql_schema.types.node import Node, shown


@strawberry.type(
    description="A pool of codes that are good somewhere else; the reward `externalCode` gives them away. What is in it"
    " is told by numbers only."
)
class Pool(Node):
    name: str = strawberry.field(description="The name, unique in the project.")
    created_at: datetime = strawberry.field(description="When the pool was made.")
    uuid: strawberry.Private[UUID]

    @strawberry.field(description="How many codes can still be given away.")
    async def free_codes(self, info: Info) -> int:
        stock = await info.context.loaders.stock_of_pool.load(self.uuid)
        return 0 if stock is None else stock.free

    @strawberry.field(description="How many codes have been given away, or are set aside for holds.")
    async def given_codes(self, info: Info) -> int:
        stock = await info.context.loaders.stock_of_pool.load(self.uuid)
        return 0 if stock is None else stock.given


def show_pool(pool: PoolValue) -> Pool:
    """The pool as callers see it."""
    return Pool(id=shown(ids.POOL, pool.id), name=pool.name, created_at=pool.created_at, uuid=pool.id)
