"""mintVouchers: make unique codes of a campaign, drawn at random from a pattern."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.vouchers.codes import CHARSET, PATTERN
from app.vouchers.mint import mint
from app.vouchers.values import MintOrder
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.types.balance import FirstBalanceInput, read_first_balance
from graphql_schema.types.campaign import Campaign
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id


@strawberry.input(description="Unique codes to be made.")
class MintVouchersInput:
    campaign: CampaignRef = strawberry.field(description="The sub-campaign.")
    count: int = strawberry.field(description="How many codes, up to 100,000.")
    pattern: str = strawberry.field(
        default=PATTERN,
        description='How the codes look: each # is drawn, the rest stays, as in "SUMMER-####-####".',
    )
    charset: str = strawberry.field(
        default=CHARSET,
        description="What # is drawn from; by default capital letters and digits without look-alikes.",
    )
    starts_at: datetime | None = strawberry.field(default=None, description="From when the codes are valid.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="The instant from which the codes are no longer valid."
    )
    max_redemptions: int | None = strawberry.field(
        default=None,
        description="How often each code may be redeemed, instead of the offer's limit per voucher.",
    )
    metadata: Metadata | None = strawberry.field(default=None, description="Anything else about these codes.")
    balance: FirstBalanceInput | None = strawberry.field(
        default=None,
        description="What each code holds by itself, to pay with: a gift voucher, a loyalty card.",
    )


@strawberry.type(description="What was minted.")
class MintVouchersPayload:
    campaign: Campaign | None = strawberry.field(description="The campaign; null when nothing was minted.")
    count: int = strawberry.field(description="How many codes were made.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class MintVouchersMutation:
    @strawberry.mutation(
        description="Make unique codes of a campaign, drawn with cryptographic randomness from a pattern."
        " 100,000 take seconds. Every call makes new ones. Needs MANAGE."
    )
    async def mint_vouchers(
        self,
        info: Info,
        input: Annotated[MintVouchersInput, strawberry.argument(description="How many, and how they look.")],
    ) -> MintVouchersPayload:
        caller = require(info, Permission.MANAGE)
        campaign = await campaign_id(caller.project, input.campaign, ("campaign",))
        if isinstance(campaign, Problems):
            return _refused(campaign)
        balance = read_first_balance(input.balance)
        if isinstance(balance, Problem):
            return _refused(Problems((balance,)))
        order = MintOrder(
            count=input.count,
            pattern=input.pattern,
            charset=input.charset,
            starts_at=input.starts_at,
            expires_at=input.expires_at,
            max_redemptions=input.max_redemptions,
            metadata=input.metadata or {},
            balance=balance,
        )
        outcome = await mint(caller.project, campaign, order, info.context.now())
        if isinstance(outcome, Problems):
            return _refused(outcome)
        shown = await info.context.loaders.campaign(campaign)
        return MintVouchersPayload(campaign=shown, count=outcome.count, user_errors=[])


def _refused(problems: Problems) -> MintVouchersPayload:
    return MintVouchersPayload(campaign=None, count=0, user_errors=user_errors(problems))
