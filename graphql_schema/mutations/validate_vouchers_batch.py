"""validateVouchersBatch: many questions in one request, in as few statements as one question takes."""

from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from app.redemptions.validate import Validation, validations
from graphql_schema.authority import Info, require
from graphql_schema.mutations.batch import MOST_IN_BATCH, for_machines, size_fault
from graphql_schema.mutations.validate_vouchers import (
    ValidateVouchersInput,
    ValidateVouchersPayload,
    read_question,
    show_answer,
    show_faults,
)
from graphql_schema.refusals import UserError, user_errors


@strawberry.input(description="Validations that have nothing to do with each other.")
class ValidateVouchersBatchInput:
    validations: list[ValidateVouchersInput] = strawberry.field(
        description=f"1 to {MOST_IN_BATCH} validations; none sees what another would use."
    )


@strawberry.type(description="The answer to each validation.")
class ValidateVouchersBatchPayload:
    results: list[ValidateVouchersPayload] = strawberry.field(
        description="The answer to each validation, in the order asked; none when the batch itself is faulty."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the batch as a whole.")


@strawberry.type
class ValidateVouchersBatchMutation:
    @strawberry.mutation(
        description="Validate many carts in one request. Consumes nothing. For servers and redemption points."
    )
    async def validate_vouchers_batch(
        self,
        info: Info,
        input: Annotated[ValidateVouchersBatchInput, strawberry.argument(description="The validations.")],
    ) -> ValidateVouchersBatchPayload:
        caller = for_machines(require(info, Permission.VALIDATE))
        fault = size_fault("validations", len(input.validations))
        if fault is not None:
            return ValidateVouchersBatchPayload(results=[], user_errors=user_errors(Problems((fault,))))
        requests = [read_question(given, caller) for given in input.validations]
        sound = [request for request in requests if not isinstance(request, Problems)]
        now = info.context.now()
        answers = await validations(sound, now)
        for asked, answer in zip(sound, answers, strict=True):
            if isinstance(answer, Validation):
                info.context.process.validations.count(asked, answer, now)
        outcomes = iter(answers)
        results: list[ValidateVouchersPayload] = []
        for place, request in enumerate(requests):
            under = ("validations", str(place))
            if isinstance(request, Problems):
                results.append(show_faults(request, under))
            else:
                results.append(show_answer(request, next(outcomes), under))
        return ValidateVouchersBatchPayload(results=results, user_errors=[])
