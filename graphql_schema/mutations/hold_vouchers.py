"""holdVouchers: reserve everything that these codes need for this cart, while the shopper pays."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.mutations.redeem_vouchers import (
    RedeemVouchersInput,
    RedemptionResult,
    read_redemption,
    settle,
    show_outcome,
)
from graphql_schema.refusals import UserError, user_errors


@strawberry.input(description="Codes to be held for a cart.")
class HoldVouchersInput(RedeemVouchersInput):
    idempotency_key: str = strawberry.field(
        description="A text of the caller's own for this hold; confirming and releasing have keys of their own."
        " The same key with the same input gets the first answer again for 30 days, so that any call may safely be"
        " repeated."
    )
    hold_for: timedelta = strawberry.field(
        default=timedelta(minutes=15),
        description="How long, from a second to 7 days; with a customer token to an hour.",
    )


@strawberry.type(description="What became of the hold.")
class HoldVouchersPayload:
    result: RedemptionResult | None = strawberry.field(
        description="The hold, a redemption with the state HELD, or its refusal; null only when the input is faulty."
    )
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same idempotency key."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class HoldVouchersMutation:
    @strawberry.mutation(
        description="Reserve these codes for this cart as redeemVouchers would use them: their uses, budgets, gift"
        " balances and points. Confirm the hold when the shopper has paid, release it when not; else it ends by itself."
        " Needs REDEEM."
    )
    async def hold_vouchers(
        self,
        info: Info,
        input: Annotated[
            HoldVouchersInput, strawberry.argument(description="Codes, cart, customer and how long.")
        ],
    ) -> HoldVouchersPayload:
        caller = require(info, Permission.REDEEM)
        request = read_redemption(input, caller)
        if isinstance(request, Problems):
            return _refused(request)
        outcome = await settle(info, replace(request, hold_for=input.hold_for))
        if isinstance(outcome, Problems):
            return _refused(outcome)
        return HoldVouchersPayload(
            result=show_outcome(outcome, caller), replayed=outcome.replayed, user_errors=[]
        )


def _refused(problems: Problems) -> HoldVouchersPayload:
    return HoldVouchersPayload(result=None, replayed=False, user_errors=user_errors(problems))
