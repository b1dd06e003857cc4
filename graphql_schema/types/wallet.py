"""A wallet: all that a customer holds, each voucher with its state and, for a cart, its worth."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, NamedTuple
from uuid import UUID

import strawberry

from app.engine.cart import Cart as EngineCart
from app.engine.occasion import NOWHERE, Occasion
from app.projects.admit import Caller
from app.redemptions.fit import Standing, VoucherState
from app.wallets.values import Holding
from graphql_schema.authority import Info
from graphql_schema.disclosure import disclosed
from graphql_schema.enums import describe_enum
from graphql_schema.errors import Refusal
from graphql_schema.paging import After, Before, Connection, First, Last, page_request
from graphql_schema.types.money import Money, money
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.balance import Balance
    from graphql_schema.types.best_combination import BestCombination
    from graphql_schema.types.customer import Customer
    from graphql_schema.types.voucher import Voucher

LONGEST_SOON = timedelta(days=366)

describe_enum(
    VoucherState,
    "What a voucher is good for: reserved by a hold of its customer, or else the most final state first.",
    HELD="The customer's own checkout reserves it, until `heldUntil`; that can be confirmed whatever else happens.",
    EXPIRED="Its own time, or its campaign's, is over.",
    USED="A limit or a budget is used up: its own, the customer's, or a campaign's.",
    EMPTY="Nothing is left of its balance.",
    BLOCKED="The shopper can do nothing about it: stopped, paused, somebody else's, or a rule that nothing mends.",
    NOT_YET="Its time has not come, or its campaign is not live yet.",
    ALMOST="The shopper can mend every reason against it: the reasons are the gap, their remedies close it.",
    USABLE="Nothing is in the way; without a cart, nothing but the cart decides now.",
)


class Basket(NamedTuple):
    """What a wallet is judged for: a cart, if there is one, and where it is presented."""

    cart: EngineCart | None = None
    occasion: Occasion = NOWHERE


@strawberry.type(description="A voucher in a wallet.")
class WalletVoucher:
    published_at: datetime = strawberry.field(description="Since when the customer holds it.")
    exclusive: bool = strawberry.field(description="Whether nobody else may use the code.")
    state: VoucherState = strawberry.field(description="What the voucher is good for now.")
    reasons: list[Reason] = strawberry.field(description="Why it cannot be used as it is; empty when it can.")
    worth: Money | None = strawberry.field(
        description="What redeeming it alone takes off the cart, lines, shipping and added goods, or what its balance"
        " pays; null when no cart was given."
    )
    remaining_redemptions: int | None = strawberry.field(
        description="How often it can still be redeemed, the tightest limit counting; null when nothing limits it."
    )
    held_until: datetime | None = strawberry.field(
        description="Until when a hold of the customer reserves it, the last one if there are several."
    )
    expires_at: datetime | None = strawberry.field(
        description="The instant from which it is over, by its own time or its campaigns'; null when it has no end."
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
    basket: strawberry.Private[Basket]

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
        return await info.context.loaders.wallets.page(self.owner, self.basket, request)

    @strawberry.field(
        description="What all balances come to: one for each currency, and one for points. Vouchers that are disabled"
        " or over do not count."
    )
    async def balances(
        self, info: Info
    ) -> list[Annotated["Balance", strawberry.lazy("graphql_schema.types.balance")]]:
        return await info.context.loaders.wallets.sums(self.owner)

    @strawberry.field(
        description="What is over soon and still good for something, the soonest first; up to 20 vouchers."
    )
    async def expiring_soon(
        self,
        info: Info,
        within: Annotated[
            timedelta, strawberry.argument(description="How soon: up to 366 days from now.")
        ] = timedelta(days=7),
    ) -> list[WalletVoucher]:
        if not timedelta() < within <= LONGEST_SOON:
            raise Refusal("BAD_USER_INPUT", "Soon is more than nothing and up to 366 days.")
        return await info.context.loaders.wallets.expiring(self.owner, self.basket, within)

    @strawberry.field(
        description="The vouchers that take most off the cart together, of the 100 that were given last; null without a"
        " cart."
    )
    async def best_combination(
        self, info: Info
    ) -> Annotated["BestCombination", strawberry.lazy("graphql_schema.types.best_combination")] | None:
        if self.basket.cart is None:
            return None
        return await info.context.loaders.wallets.best(self.owner, self.basket.cart, self.basket.occasion)


def show_holding(
    holding: Holding, standing: Standing, cart: EngineCart | None, caller: Caller
) -> WalletVoucher:
    """A holding with what it is good for now, as this caller may see it."""
    return WalletVoucher(
        published_at=holding.published_at,
        exclusive=holding.exclusive,
        state=standing.state,
        reasons=[show_reason(reason) for reason in disclosed(standing.reasons, False, caller)],
        worth=None if cart is None or standing.worth is None else money(standing.worth, cart.currency),
        remaining_redemptions=standing.remaining,
        held_until=standing.held_until,
        expires_at=standing.expires_at,
        voucher_id=holding.voucher_id,
    )
