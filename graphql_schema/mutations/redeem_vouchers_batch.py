"""redeemVouchersBatch: many redemptions in one request, for tills that were offline and for imported orders."""

from asyncio import gather
from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.mutations.batch import MOST_IN_BATCH, for_machines, size_fault
from graphql_schema.mutations.redeem_vouchers import RedeemVouchersInput, RedeemVouchersPayload, redeem_one
from graphql_schema.refusals import UserError, user_errors


@strawberry.input(description="Redemptions that have nothing to do with each other.")
class RedeemVouchersBatchInput:
    redemptions: list[RedeemVouchersInput] = strawberry.field(
        description=f"1 to {MOST_IN_BATCH} redemptions; limits serve them in this order."
    )


@strawberry.type(description="What became of each redemption.")
class RedeemVouchersBatchPayload:
    results: list[RedeemVouchersPayload] = strawberry.field(
        description="The answer for each redemption, in the order asked; none when the batch itself is faulty."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the batch as a whole.")


@strawberry.type
class RedeemVouchersBatchMutation:
    @strawberry.mutation(
        description="Redeem many times in one request. Each is granted, rejected or faulty by itself, and each has its"
        " own idempotency key, so that the whole batch may safely be sent again. For servers and redemption points."
    )
    async def redeem_vouchers_batch(
        self,
        info: Info,
        input: Annotated[RedeemVouchersBatchInput, strawberry.argument(description="The redemptions.")],
    ) -> RedeemVouchersBatchPayload:
        caller = for_machines(require(info, Permission.REDEEM))
        fault = size_fault("redemptions", len(input.redemptions))
        if fault is not None:
            return RedeemVouchersBatchPayload(results=[], user_errors=user_errors(Problems((fault,))))
        # All of them queue before the till looks up again: they are settled in this order, in few transactions.
        results = await gather(
            *(
                redeem_one(info, given, caller, ("redemptions", str(place)))
                for place, given in enumerate(input.redemptions)
            )
        )
        return RedeemVouchersBatchPayload(results=list(results), user_errors=[])
