"""confirmRedemption: a hold becomes a redemption, with the cart it was made for or with another one."""

from typing import Annotated

import strawberry

from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.redemptions.confirm import confirm
from graphql_schema.authority import Info, require
from graphql_schema.mutations.redeem_vouchers import RedemptionResult, show_outcome
from graphql_schema.mutations.redemption_input import read_cart_into, read_deed
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.texts import read_metadata
from graphql_schema.types.cart import CartInput


@strawberry.input(description="A hold to be confirmed.")
class ConfirmRedemptionInput:
    redemption: strawberry.ID = strawberry.field(description="The hold's id.")
    idempotency_key: str = strawberry.field(
        description="A text of the caller's own for this confirmation; the same key gets the first answer again."
    )
    cart: CartInput | None = strawberry.field(
        default=None, description="What is bought after all, if it is not what the hold was made for."
    )
    metadata: Metadata | None = strawberry.field(
        default=None, description="Anything else, such as the order number, in place of what the hold says."
    )


@strawberry.type(description="What became of the hold.")
class ConfirmRedemptionPayload:
    result: RedemptionResult | None = strawberry.field(
        description="The redemption; or its refusal for the other cart, and then the hold is released; null when"
        " nothing was done."
    )
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same idempotency key."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it could not be confirmed.")


@strawberry.type
class ConfirmRedemptionMutation:
    @strawberry.mutation(
        description="Redeem what a hold reserved. With the cart it was made for this is always granted until it"
        " expires. Another cart in the same currency is judged anew, with what the hold reserved as free. A merchant"
        " key confirms holds of its own redemption point, a customer token those of its customer. Needs"
        " REDEEM."
    )
    async def confirm_redemption(
        self,
        info: Info,
        input: Annotated[
            ConfirmRedemptionInput, strawberry.argument(description="Which hold, and the cart.")
        ],
    ) -> ConfirmRedemptionPayload:
        caller = require(info, Permission.REDEEM)
        faults: list[Problem] = []
        redemption = read_deed(input.redemption, input.idempotency_key, faults)
        cart = None if input.cart is None else read_cart_into(input.cart, faults)
        metadata = None if input.metadata is None else read_metadata(input.metadata, ("metadata",), faults)
        if faults or redemption is None:
            return _refused(Problems(tuple(faults)))
        outcome = await confirm(
            caller,
            redemption,
            now=info.context.now(),
            cart=cart,
            metadata=metadata,
            idempotency_key=input.idempotency_key,
        )
        if isinstance(outcome, Problems):
            return _refused(outcome)
        return ConfirmRedemptionPayload(
            result=show_outcome(outcome, caller), replayed=outcome.replayed, user_errors=[]
        )


def _refused(problems: Problems) -> ConfirmRedemptionPayload:
    return ConfirmRedemptionPayload(result=None, replayed=False, user_errors=user_errors(problems))
