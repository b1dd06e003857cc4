"""A redemption: codes that were used on a cart."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.engine.cart import Cart as EngineCart
from app.engine.facts import POINTS
from app.redemptions.rejected import RejectedVoucher as RejectedVoucherValue
from app.redemptions.values import RedeemedVoucher as RedeemedVoucherValue
from app.redemptions.values import Redemption as RedemptionValue
from app.redemptions.values import RedemptionState
from graphql_schema.authority import Info, require_customer
from graphql_schema.enums import describe_enum
from graphql_schema.scalars import Metadata
from graphql_schema.types.cart import Cart, show_cart
from graphql_schema.types.gift import Gift, show_gifts
from graphql_schema.types.marks import Marked
from graphql_schema.types.money import Money, money
from graphql_schema.types.node import Node, shown
from graphql_schema.types.rejected_code import RejectedCode, show_rejected_codes
from graphql_schema.types.rollback import Rollback, show_rollback

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.customer import Customer
    from graphql_schema.types.voucher import Voucher


describe_enum(
    RedemptionState,
    "Where a redemption stands.",
    HELD="Everything it needs is reserved until it expires, is confirmed or released.",
    REDEEMED="It was consumed; parts of it may have been rolled back.",
    RELEASED="It was a hold, and was given up.",
    EXPIRED="It was a hold, and its time ran out.",
    ROLLED_BACK="It was undone as a whole.",
)


@strawberry.type(description="One code of a redemption.")
class RedeemedVoucher(Marked):
    code: str = strawberry.field(
        description="The code as it was minted; of a cart promotion, which has none, the campaign's name then."
    )
    discount: Money = strawberry.field(
        description="What this code took off, of lines and shipping, and what the goods would cost that it added."
    )
    shipping_discount: Money = strawberry.field(
        description="What of the discount was taken off the shipping."
    )
    points: int | None = strawberry.field(
        description="The points that were paid with it; null for codes that do not hold points."
    )
    returned_discount: Money = strawberry.field(description="What rollbacks have taken back of the discount.")
    given_back: bool = strawberry.field(
        description="Whether its use has been given back, and counts no more."
    )
    offer_version: int = strawberry.field(description="The version of the campaign's offer that was granted.")
    voucher_id: strawberry.Private[UUID]
    campaign_id: strawberry.Private[UUID]
    main_campaign_id: strawberry.Private[UUID | None]
    off_lines: strawberry.Private[tuple[int, ...]]
    currency: strawberry.Private[str]

    @strawberry.field(
        description="What this code took off each line, in the order of the `lines` of the redemption's `cart`."
    )
    def line_discounts(self) -> list[Money]:
        return [money(off, self.currency) for off in self.off_lines]

    @strawberry.field(description="The voucher of the code.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")]:
        return await info.context.loaders.voucher(self.voucher_id)

    @strawberry.field(description="The campaign that gave out the code.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")]:
        return await info.context.loaders.campaign(self.campaign_id)


@strawberry.type(description="A use of one or more codes on one cart: held, consumed, or undone.")
class Redemption(Node):
    subtotal: Money = strawberry.field(
        description="The lines before any discount, without shipping; added ones too, which cost nothing in the end."
    )
    shipping: Money = strawberry.field(description="The cost of shipping.")
    discount: Money = strawberry.field(description="What all codes together took off.")
    shipping_discount: Money = strawberry.field(
        description="What of the discount was taken off the shipping; the rest is that of the lines."
    )
    total: Money = strawberry.field(
        description="What was left to pay: subtotal and shipping less the discount."
    )
    vouchers: list[RedeemedVoucher] = strawberry.field(
        description="The codes, in the order they were applied."
    )
    gifts: list[Gift] = strawberry.field(
        description="What the codes give beside the discount: credit, points, codes that are good somewhere else."
    )
    channel: str = strawberry.field(description='Where the redemption came from, such as "web".')
    redemption_point: str | None = strawberry.field(description="The redemption point, if it was at one.")
    metadata: Metadata = strawberry.field(description="Anything else that was said about the redemption.")
    state: RedemptionState = strawberry.field(description="Where it stands.")
    created_at: datetime = strawberry.field(description="When the codes were redeemed or held.")
    expires_at: datetime | None = strawberry.field(
        description="When the hold ends by itself, if it is or was one."
    )
    confirmed_at: datetime | None = strawberry.field(description="When the hold was confirmed, if it was.")
    rollbacks: list[Rollback] = strawberry.field(
        description="The goods that came back, the first ones first."
    )
    rolled_back_at: datetime | None = strawberry.field(
        description="When the redemption was undone as a whole, if it was."
    )
    rollback_reason: str | None = strawberry.field(
        description="Why it was undone as a whole, or why the hold was released, if that was told."
    )
    uuid: strawberry.Private[UUID]
    customer_id: strawberry.Private[UUID | None]
    bought: strawberry.Private[EngineCart]
    line_discounts: strawberry.Private[tuple[int, ...]]
    left_out: strawberry.Private[tuple[RejectedVoucherValue, ...]]

    @strawberry.field(
        description="The codes that were sent along and left out, by the project's stacking policy or because they"
        " could not be used; in the order they were sent."
    )
    def skipped(self, info: Info) -> list[RejectedCode]:
        return show_rejected_codes(self.left_out, info.context.caller)

    @strawberry.field(
        description="The cart, with what was taken off each line, and with the goods that codes added."
    )
    def cart(self) -> Cart:
        # Most who redeem ask for the total only, and a cart may have hundreds of lines.
        return show_cart(self.bought, self.line_discounts)

    @strawberry.field(description="Who redeemed, if that was told.")
    async def customer(
        self, info: Info
    ) -> Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")] | None:
        if self.customer_id is None:
            return None
        require_customer(info, self.customer_id)
        return await info.context.loaders.customers.load(self.customer_id)


def show_redemption(redemption: RedemptionValue) -> Redemption:
    """The redemption as callers see it."""
    currency = redemption.currency
    return Redemption(
        id=shown(ids.REDEMPTION, redemption.id),
        bought=redemption.cart,
        line_discounts=redemption.line_discounts,
        left_out=redemption.skipped,
        subtotal=money(redemption.subtotal, currency),
        shipping=money(redemption.shipping, currency),
        discount=money(redemption.discount, currency),
        shipping_discount=money(redemption.shipping_discount, currency),
        total=money(redemption.subtotal + redemption.shipping - redemption.discount, currency),
        vouchers=[_show_voucher(voucher, currency) for voucher in redemption.vouchers],
        gifts=show_gifts(redemption.gifts, _giver(redemption)),
        channel=redemption.channel,
        redemption_point=redemption.redemption_point,
        metadata=Metadata(dict(redemption.metadata)),
        state=redemption.state,
        created_at=redemption.created_at,
        expires_at=redemption.expires_at,
        confirmed_at=redemption.confirmed_at,
        rollbacks=[show_rollback(rollback, redemption.cart) for rollback in redemption.rollbacks],
        rolled_back_at=redemption.rolled_back_at,
        rollback_reason=redemption.rollback_reason,
        uuid=redemption.id,
        customer_id=redemption.customer_id,
    )


def _giver(redemption: RedemptionValue) -> UUID | None:
    """The redemption, once it was consumed: what was told then is told for ever."""
    is_consumed = redemption.state in (RedemptionState.REDEEMED, RedemptionState.ROLLED_BACK)
    return redemption.id if is_consumed else None


def _show_voucher(voucher: RedeemedVoucherValue, currency: str) -> RedeemedVoucher:
    return RedeemedVoucher(
        code=voucher.code,
        discount=money(voucher.discount, currency),
        shipping_discount=money(voucher.shipping_discount, currency),
        points=voucher.spent if voucher.spent_unit == POINTS else None,
        returned_discount=money(voucher.returned_discount, currency),
        given_back=voucher.given_back,
        offer_version=voucher.offer_version,
        voucher_id=voucher.voucher_id,
        campaign_id=voucher.campaign_id,
        main_campaign_id=voucher.main_campaign_id,
        off_lines=voucher.line_discounts,
        currency=currency,
        partner_id=voucher.partner_id,
        told_category=voucher.category,
        reward=voucher.reward,
    )
