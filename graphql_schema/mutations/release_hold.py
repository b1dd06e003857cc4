"""releaseHold: give a hold up, so that everything it reserved is free at once."""

from typing import Annotated

import strawberry

from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.redemptions.release import release
from app.redemptions.roll_back import LONGEST_REASON
from graphql_schema.authority import Info, require
from graphql_schema.mutations.redemption_input import read_deed
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.texts import check_text
from graphql_schema.types.redemption import Redemption, show_redemption


@strawberry.input(description="A hold to be given up.")
class ReleaseHoldInput:
    redemption: strawberry.ID = strawberry.field(description="The hold's id.")
    idempotency_key: str = strawberry.field(
        description="A text of the caller's own for this release; the same key gets the first answer again."
    )
    reason: str | None = strawberry.field(
        default=None, description=f"Why it is given up, up to {LONGEST_REASON} characters."
    )


@strawberry.type(description="The hold that was given up.")
class ReleaseHoldPayload:
    redemption: Redemption | None = strawberry.field(
        description="The hold, with the state RELEASED; null when it was not released."
    )
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same idempotency key."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it could not be released.")


@strawberry.type
class ReleaseHoldMutation:
    @strawberry.mutation(
        description="Give a hold up: everything it reserved is free at once. A merchant key releases holds of its own"
        " redemption point, a customer token those of its customer. Needs REDEEM."
    )
    async def release_hold(
        self,
        info: Info,
        input: Annotated[ReleaseHoldInput, strawberry.argument(description="Which one, and why.")],
    ) -> ReleaseHoldPayload:
        caller = require(info, Permission.REDEEM)
        faults: list[Problem] = []
        redemption = read_deed(input.redemption, input.idempotency_key, faults)
        check_text(input.reason, ("reason",), faults, LONGEST_REASON)
        if faults or redemption is None:
            return _refused(Problems(tuple(faults)))
        outcome = await release(
            caller.project,
            redemption,
            now=info.context.now(),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
            redemption_point=caller.redemption_point,
            customer=caller.customer,
        )
        if isinstance(outcome, Problems):
            return _refused(outcome)
        return ReleaseHoldPayload(
            redemption=show_redemption(outcome.redemption), replayed=outcome.replayed, user_errors=[]
        )


def _refused(problems: Problems) -> ReleaseHoldPayload:
    return ReleaseHoldPayload(redemption=None, replayed=False, user_errors=user_errors(problems))
