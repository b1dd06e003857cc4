"""How an offer fits a shopper and a cart: whether it applies, what it is worth, and how far away it is."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.engine.cart import Cart as EngineCart
from app.projects.admit import Caller
from app.redemptions.fit import VoucherState
from app.redemptions.qualify import Fit, Qualified
from graphql_schema.authority import Info
from graphql_schema.disclosure import disclosed
from graphql_schema.types.money import Money, money
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.voucher import Voucher


@strawberry.type(description="An offer, and how it fits a shopper and a cart.")
class OfferFit:
    state: VoucherState = strawberry.field(description="What the offer is good for now.")
    worth: Money = strawberry.field(
        description="What it takes off without other codes: lines, shipping and added goods, or what its balance pays;"
        " nothing when it does not apply."
    )
    reasons: list[Reason] = strawberry.field(
        description="Why it does not apply, with the remedies; empty when it does."
    )
    missing: Money | None = strawberry.field(
        description="For goods of how much it takes at least until it applies; null where no goods are missing, or it"
        " is not told."
    )
    code: str | None = strawberry.field(
        description="The code to redeem it with; null for a cart promotion, which takes part by itself."
    )
    expires_at: datetime | None = strawberry.field(
        description="The instant from which it is over; null when it has no end."
    )
    campaign_id: strawberry.Private[UUID]
    voucher_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The campaign that offers it.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")]:
        return await info.context.loaders.campaign(self.campaign_id)

    @strawberry.field(description="The voucher of the code; null for a cart promotion.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")] | None:
        return None if self.voucher_id is None else await info.context.loaders.vouchers.load(self.voucher_id)


def show_fits(
    qualified: Qualified, cart: EngineCart, caller: Caller, first: int, *, all_states: bool
) -> list[OfferFit]:
    """The first of the offers as this caller may see them."""
    wanted = [fit for fit in qualified.fits if all_states or fit.is_applicable]
    return [_show_fit(fit, cart.currency, caller) for fit in wanted[:first]]


def _show_fit(fit: Fit, currency: str, caller: Caller) -> OfferFit:
    offer, standing = fit.offer, fit.standing
    if offer.campaign is None:
        raise ValueError(f"the code {offer.code!r} has no campaign")
    gap = standing.gap
    return OfferFit(
        state=standing.state,
        worth=money(standing.worth or 0, currency),
        # Whoever is told of an offer at all may know that there is such a code.
        reasons=[show_reason(reason) for reason in disclosed(standing.reasons, False, caller)],
        missing=None if gap is None or gap.amount == 0 else money(gap.amount, currency),
        code=None if offer.is_automatic else offer.code,
        expires_at=standing.expires_at,
        campaign_id=offer.campaign.id,
        voucher_id=None if offer.is_automatic else standing.voucher_id,
    )
