"""A rejected code: one that was refused or left out, with its reasons."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.projects.admit import Caller
from app.redemptions.rejected import RejectedVoucher as RejectedVoucherValue
from graphql_schema.authority import Info
from graphql_schema.disclosure import disclosed, hidden_among
from graphql_schema.types.marks import Marked
from graphql_schema.types.reason import Reason, show_reason

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.voucher import Voucher


@strawberry.type(description="One code that was refused, or left out of a redemption.")
class RejectedCode(Marked):
    code: str = strawberry.field(description="The code as it was typed.")
    reasons: list[Reason] = strawberry.field(
        description="Why this code was refused or left out; empty when only its companions were refused."
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


def show_rejected_codes(codes: Sequence[RejectedVoucherValue], caller: Caller) -> list[RejectedCode]:
    """The codes as this caller may see them."""
    hidden = hidden_among([(code.voucher_id, code.reasons) for code in codes], caller)
    return [_show_code(code, is_hidden, caller) for code, is_hidden in zip(codes, hidden, strict=True)]


def _show_code(voucher: RejectedVoucherValue, is_hidden: bool, caller: Caller) -> RejectedCode:
    return RejectedCode(
        code=voucher.code,
        reasons=[show_reason(reason) for reason in disclosed(voucher.reasons, is_hidden, caller)],
        voucher_id=None if is_hidden else voucher.voucher_id,
        campaign_id=None if is_hidden else voucher.campaign_id,
        partner_id=None if is_hidden else voucher.partner_id,
        told_category=None if is_hidden else voucher.category,
        reward=None if is_hidden else voucher.reward,
    )
