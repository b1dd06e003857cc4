"""A wallet: all that a customer holds, each voucher with its state and, for a cart, its worth."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.cart import Cart as EngineCart
from app.projects.admit import Caller
from app.redemptions.requests import Standing, VoucherState
from app.wallets.values import Holding
from graphql_schema.authority import Info
from graphql_schema.disclosure import disclosed
from graphql_schema.enums import describe_enum
from graphql_schema.paging import After, Before, Connection, First, Last, page_request
from graphql_schema.types.money import Money, money
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.balance import Balance
    from graphql_schema.types.customer import Customer
    from graphql_schema.types.voucher import Voucher

describe_enum(
    VoucherState,
    "How a voucher stands for a customer: reserved by a hold of theirs, or else the most final state first.",
    HELD="The customer's own checkout reserves it, until `heldUntil`; that can be confirmed whatever else happens.",
    DISABLED="Stopped by hand.",
    EXPIRED="Its own time, or its campaign's, is over.",
    USED_UP="A limit or a budget is used up: its own, the customer's, or a campaign's.",
    EMPTY="Nothing is left of its balance.",
    NOT_YET="Its time has not come, or its campaign is not live yet.",
    PAUSED="Its campaign, or the main one, is paused.",
    NOT_YOURS="Somebody else holds it.",
    USABLE="Nothing but the cart decides now.",
)


@strawberry.type(description="A voucher in a wallet.")
class WalletVoucher:
    published_at: datetime = strawberry.field(description="Since when the customer holds it.")
    exclusive: bool = strawberry.field(description="Whether nobody else may use the code.")
    state: VoucherState = strawberry.field(description="What the voucher is good for now.")
    reasons: list[Reason] = strawberry.field(description="Why it cannot be used as it is; empty when it can.")
    discount: Money | None = strawberry.field(
        description="What the voucher alone would take off the cart; null when no cart was given."
    )
    remaining_redemptions: int | None = strawberry.field(
        description="How often it can still be redeemed, the tightest limit counting; null when nothing limits it."
    )
    held_until: datetime | None = strawberry.field(
        description="Until when a hold of the customer reserves it, the last one if there are several."
    )
    voucher_id: strawberry.Private[UUID]

    @strawberry.field(description="What the code holds by itself, to pay with; null when it has no balance.")
    async def balance(
        self, info: Info
    ) -> Annotated["Balance", strawberry.lazy("graphql_schema.types.balance")] | None:
        return await info.context.loaders.balances.load(self.voucher_id)

    @strawberry.field(description="The voucher itself.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")]:
        return await info.context.loaders.voucher(self.voucher_id)


@strawberry.type(description="All that a customer holds.")
class Wallet:
    owner: strawberry.Private[UUID]
    cart: strawberry.Private[EngineCart | None]

    @strawberry.field(description="Whose wallet it is.")
    async def customer(
        self, info: Info
    ) -> Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")]:
        return await info.context.loaders.customer(self.owner)

    @strawberry.field(
        description="What the customer holds, the latest given first; judged for the cart if there is one."
    )
    async def vouchers(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
    ) -> Connection[WalletVoucher]:
        request = page_request(first, last, after, before)
        return await info.context.loaders.wallets.page(self.owner, self.cart, request)


def show_holding(
    holding: Holding, standing: Standing, cart: EngineCart | None, caller: Caller
) -> WalletVoucher:
    """A holding with what it is good for now, as this caller may see it."""
    return WalletVoucher(
        published_at=holding.published_at,
        exclusive=holding.exclusive,
        state=standing.state,
        reasons=[show_reason(reason) for reason in disclosed(standing.reasons, False, caller)],
        discount=None
        if cart is None or standing.discount is None
        else money(standing.discount, cart.currency),
        remaining_redemptions=standing.remaining,
        held_until=standing.held_until,
        voucher_id=holding.voucher_id,
    )
