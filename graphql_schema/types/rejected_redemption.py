"""A rejected redemption: an attempt that was refused, with all its reasons."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.projects.admit import Caller
from app.redemptions.rejected import RejectedRedemption as RejectedRedemptionValue
from app.redemptions.rejected import RejectedVoucher as RejectedVoucherValue
from graphql_schema.authority import Info, require_customer
from graphql_schema.disclosure import disclosed, hidden_among
from graphql_schema.scalars import Metadata
from graphql_schema.types.cart import Cart, show_cart
from graphql_schema.types.money import Money, money
from graphql_schema.types.node import Node, shown
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.customer import Customer
    from graphql_schema.types.voucher import Voucher


@strawberry.type(description="One code of a refused attempt.")
class RejectedCode:
    code: str = strawberry.field(description="The code as it was typed.")
    reasons: list[Reason] = strawberry.field(
        description="Why this code was refused; empty when only its companions were."
    )
    voucher_id: strawberry.Private[UUID | None]
    campaign_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The voucher of the code, if there is such a code.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")] | None:
        return None if self.voucher_id is None else await info.context.loaders.vouchers.load(self.voucher_id)

    @strawberry.field(description="The campaign of the code, if there is such a code.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")] | None:
        return (
            None if self.campaign_id is None else await info.context.loaders.campaigns.load(self.campaign_id)
        )


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
    hidden = hidden_among([(voucher.voucher_id, voucher.reasons) for voucher in rejected.vouchers], caller)
    codes = [
        _show_code(voucher, is_hidden, caller)
        for voucher, is_hidden in zip(rejected.vouchers, hidden, strict=True)
    ]
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


def _show_code(voucher: RejectedVoucherValue, is_hidden: bool, caller: Caller) -> RejectedCode:
    return RejectedCode(
        code=voucher.code,
        reasons=[show_reason(reason) for reason in disclosed(voucher.reasons, is_hidden, caller)],
        voucher_id=None if is_hidden else voucher.voucher_id,
        campaign_id=None if is_hidden else voucher.campaign_id,
    )
