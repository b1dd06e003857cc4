"""A rejected redemption: an attempt that was refused, with all its reasons."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.projects.admit import Caller
from app.redemptions.rejected import RejectedRedemption as RejectedRedemptionValue
from graphql_schema.authority import Info, require_customer
from graphql_schema.scalars import Metadata
from graphql_schema.types.cart import Cart, show_cart
from graphql_schema.types.money import Money, money
from graphql_schema.types.node import Node, shown
from graphql_schema.types.reason import Reason
from graphql_schema.types.rejected_code import RejectedCode, show_rejected_codes

if TYPE_CHECKING:
    from graphql_schema.types.customer import Customer


@strawberry.type(description="An attempt to redeem that was refused. Nothing was consumed.")
class RejectedRedemption(Node):
    cart: Cart = strawberry.field(description="The cart as it was sent.")
    subtotal: Money = strawberry.field(description="The cart's lines, without shipping.")
    codes: list[RejectedCode] = strawberry.field(description="The codes, in the order they were sent.")
    reasons: list[Reason] = strawberry.field(description="All reasons of all codes.")
    channel: str = strawberry.field(description='Where the attempt came from, such as "web".')
    redemption_point: str | None = strawberry.field(description="The redemption point, if it was at one.")
    metadata: Metadata = strawberry.field(description="Anything else that was said about the attempt.")
    created_at: datetime = strawberry.field(description="When the attempt was made.")
    uuid: strawberry.Private[UUID]
    customer_id: strawberry.Private[UUID | None]

    @strawberry.field(description="Who tried, if that was told.")
    async def customer(
        self, info: Info
    ) -> Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")] | None:
        if self.customer_id is None:
            return None
        require_customer(info, self.customer_id)
        return await info.context.loaders.customers.load(self.customer_id)


def show_rejected_redemption(rejected: RejectedRedemptionValue, caller: Caller) -> RejectedRedemption:
    """The refused attempt as this caller may see it."""
    codes = show_rejected_codes(rejected.vouchers, caller)
    return RejectedRedemption(
        id=shown(ids.REJECTED_REDEMPTION, rejected.id),
        cart=show_cart(rejected.cart),
        subtotal=money(rejected.subtotal, rejected.currency),
        codes=codes,
        reasons=[reason for code in codes for reason in code.reasons],
        channel=rejected.channel,
        redemption_point=rejected.redemption_point,
        metadata=Metadata(dict(rejected.metadata)),
        created_at=rejected.created_at,
        uuid=rejected.id,
        customer_id=rejected.customer_id,
    )
