"""validateVouchers: what would these codes give on this cart? Consumes and writes nothing."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from app.door import LONGEST_CHANNEL
from app.problem import Problem, Problems
from app.projects.admit import Caller, Permission
from app.redemptions.requests import ValidateRequest
from app.redemptions.ticket import point_problems
from app.redemptions.validate import Validation, validations
from graphql_schema.authority import Info, require
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
from graphql_schema.types.evaluation import Evaluation, show_evaluation


@strawberry.input(description="Codes and the cart they are meant for.")
class ValidateVouchersInput:
    codes: list[CodeInput] = strawberry.field(
        description="Up to 30 codes, applied in this order unless the project's stacking policy says otherwise."
    )
    cart: CartInput = strawberry.field(description="What is about to be bought.")
    customer: CustomerInput | None = strawberry.field(
        default=None, description="Who is buying; with a customer token, leave it out. Nothing is written."
    )
    channel: str = strawberry.field(
        default="api",
        description='Where the redemption would come from, such as "web"; rules may ask for it.',
    )
    redemption_point: str | None = strawberry.field(
        default=None, description="The redemption point; a merchant key is bound to its own."
    )
    metadata: Metadata | None = strawberry.field(
        default=None, description="What the redemption would say of itself; rules may ask for it."
    )
    promotions: bool = strawberry.field(
        default=True,
        description="Whether cart promotions take part by themselves. Then `codes` may be empty.",
    )


@strawberry.type(description="The answer of the engine, or what is wrong with the question.")
class ValidateVouchersPayload:
    evaluation: Evaluation | None = strawberry.field(description="The answer; null when the input is faulty.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class ValidateVouchersMutation:
    @strawberry.mutation(description="What these codes would give on this cart. Consumes and writes nothing.")
    async def validate_vouchers(
        self,
        info: Info,
        input: Annotated[ValidateVouchersInput, strawberry.argument(description="Codes, cart and customer.")],
    ) -> ValidateVouchersPayload:
        caller = require(info, Permission.VALIDATE)
        request = read_question(input, caller)
        if isinstance(request, Problems):
            return show_faults(request)
        now = info.context.now()
        [answer] = await validations([request], now)
        if isinstance(answer, Validation):
            info.context.process.validations.count(request, answer, now)
        return show_answer(request, answer)


def read_question(given: ValidateVouchersInput, caller: Caller) -> ValidateRequest | Problems:
    """The question as the deed takes it, or everything that is wrong with it."""
    faults: list[Problem] = []
    codes, takes = (
        read_codes(given.codes, faults, promotions=given.promotions),
        read_takes(given.codes, faults),
    )
    cart = read_cart_into(given.cart, faults)
    customer = read_shopper(given.customer, caller, faults)
    metadata = read_metadata(given.metadata, ("metadata",), faults)
    need_text(given.channel, ("channel",), faults, LONGEST_CHANNEL)
    faults.extend(point_problems(caller, given.redemption_point))
    if faults or cart is None:
        return Problems(tuple(faults))
    return ValidateRequest(
        caller,
        codes,
        cart,
        customer,
        takes,
        given.channel,
        given.redemption_point,
        metadata,
        given.promotions,
    )


def show_faults(problems: Problems, under: Sequence[str] = ()) -> ValidateVouchersPayload:
    """What is wrong with one question; `under` leads to it where it stands among others."""
    return ValidateVouchersPayload(evaluation=None, user_errors=user_errors(problems, under))


def show_answer(
    request: ValidateRequest, outcome: Validation | Problems, under: Sequence[str] = ()
) -> ValidateVouchersPayload:
    """What became of one question, as its caller may see it."""
    if isinstance(outcome, Problems):
        return show_faults(outcome, under)
    return ValidateVouchersPayload(
        evaluation=show_evaluation(outcome.evaluation, request.cart, request.caller, outcome.case),
        user_errors=[],
    )
