"""redeemVouchers: use these codes on this cart, as the stacking policy says, once for each idempotency key."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from app.door import LONGEST_CHANNEL
from app.idempotency import LONGEST_KEY
from app.problem import Problem, Problems
from app.projects.admit import Caller, Permission
from app.redemptions.requests import Answer, RedeemRequest
from app.redemptions.ticket import MOST_CODES, point_problems
from app.redemptions.till import TillUnavailable
from app.redemptions.values import Redemption as RedemptionValue
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.mutations.redemption_input import (
    read_cart_into,
    read_shopper,
)
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.texts import need_text, read_metadata
from graphql_schema.types.cart import CartInput
from graphql_schema.types.code_input import CodeInput, read_codes, read_takes
from graphql_schema.types.customer_input import CustomerInput
from graphql_schema.types.redemption import Redemption, show_redemption
from graphql_schema.types.rejected_redemption import RejectedRedemption, show_rejected_redemption

RedemptionResult = Annotated[
    Redemption | RejectedRedemption,
    strawberry.union("RedemptionResult", description="A redemption, or the record of why there is none."),
]


@strawberry.input(description="Codes to be used on a cart.")
class RedeemVouchersInput:
    codes: list[CodeInput] = strawberry.field(
        description=f"Up to {MOST_CODES} codes, applied in this order, all or none, unless the project's stacking"
        " policy says otherwise."
    )
    cart: CartInput = strawberry.field(description="What is being bought.")
    idempotency_key: str = strawberry.field(
        description="A text of the caller's own for this redemption, such as the order number. The same key with"
        " the same input gets the first answer again for 30 days, so that any call may safely be repeated."
    )
    customer: CustomerInput | None = strawberry.field(
        default=None, description="Who is buying; with a customer token, leave it out."
    )
    channel: str = strawberry.field(
        default="api", description='Where the redemption comes from, such as "web".'
    )
    redemption_point: str | None = strawberry.field(
        default=None, description="The redemption point; a merchant key is bound to its own."
    )
    metadata: Metadata | None = strawberry.field(
        default=None, description="Anything else, such as the order number."
    )
    promotions: bool = strawberry.field(
        default=True,
        description="Whether cart promotions take part by themselves. Then `codes` may be empty.",
    )


@strawberry.type(description="What became of the redemption.")
class RedeemVouchersPayload:
    result: RedemptionResult | None = strawberry.field(
        description="The redemption or its refusal; null only when the input is faulty."
    )
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same idempotency key."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class RedeemVouchersMutation:
    @strawberry.mutation(
        description="Use these codes on this cart: all of them or none, or as many as can be if the project's stacking"
        " policy says so; never twice. Needs REDEEM."
    )
    async def redeem_vouchers(
        self,
        info: Info,
        input: Annotated[RedeemVouchersInput, strawberry.argument(description="Codes, cart and customer.")],
    ) -> RedeemVouchersPayload:
        return await redeem_one(info, input, require(info, Permission.REDEEM))


async def redeem_one(
    info: Info, given: RedeemVouchersInput, caller: Caller, under: Sequence[str] = ()
) -> RedeemVouchersPayload:
    """Redeem what one input asks for; `under` leads to it where it stands among others."""
    request = read_redemption(given, caller)
    outcome = request if isinstance(request, Problems) else await settle(info, request)
    if isinstance(outcome, Problems):
        return RedeemVouchersPayload(result=None, replayed=False, user_errors=user_errors(outcome, under))
    return RedeemVouchersPayload(
        result=show_outcome(outcome, caller), replayed=outcome.replayed, user_errors=[]
    )


def read_redemption(given: RedeemVouchersInput, caller: Caller) -> RedeemRequest | Problems:
    """The request as the till takes it, or everything that is wrong with it."""
    faults: list[Problem] = []
    codes, takes = (
        read_codes(given.codes, faults, promotions=given.promotions),
        read_takes(given.codes, faults),
    )
    cart = read_cart_into(given.cart, faults)
    customer = read_shopper(given.customer, caller, faults)
    metadata = read_metadata(given.metadata, ("metadata",), faults)
    need_text(given.idempotency_key, ("idempotency_key",), faults, LONGEST_KEY)
    need_text(given.channel, ("channel",), faults, LONGEST_CHANNEL)
    faults.extend(point_problems(caller, given.redemption_point))
    if faults or cart is None:
        return Problems(tuple(faults))
    return RedeemRequest(
        caller=caller,
        codes=codes,
        cart=cart,
        customer=customer,
        channel=given.channel,
        redemption_point=given.redemption_point,
        metadata=metadata,
        idempotency_key=given.idempotency_key,
        takes=takes,
        promotions=given.promotions,
    )


async def settle(info: Info, request: RedeemRequest) -> Answer | Problems:
    """What the till answers; raises SERVICE_UNAVAILABLE when it cannot."""
    try:
        return await info.context.process.till.redeem(request)
    except TillUnavailable as gone:
        raise Refusal(
            "SERVICE_UNAVAILABLE",
            "Nothing can be redeemed at the moment. Ask again with the same idempotency key: it is never done twice.",
        ) from gone


def show_outcome(answer: Answer, caller: Caller) -> Redemption | RejectedRedemption:
    """The redemption, or its refusal as the caller may see it."""
    if isinstance(answer.outcome, RedemptionValue):
        return show_redemption(answer.outcome)
    return show_rejected_redemption(answer.outcome, caller)
