"""rollBackRedemption: undo a redemption as a whole, and give back the uses it took."""

from typing import Annotated

import strawberry

from app import ids
from app.idempotency import LONGEST_KEY
from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.redemptions.roll_back import LONGEST_REASON, roll_back
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.texts import check_text, need_text
from graphql_schema.types.node import read_id
from graphql_schema.types.redemption import Redemption, show_redemption


@strawberry.input(description="A redemption to be undone.")
class RollBackRedemptionInput:
    redemption: strawberry.ID = strawberry.field(description="The redemption's id.")
    idempotency_key: str = strawberry.field(
        description="A text of the caller's own for this rollback; the same key gets the first answer again."
    )
    reason: str | None = strawberry.field(
        default=None, description=f"Why it is undone, up to {LONGEST_REASON} characters."
    )


@strawberry.type(description="The redemption that was undone.")
class RollBackRedemptionPayload:
    redemption: Redemption | None = strawberry.field(
        description="The redemption; null when it was not undone."
    )
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same idempotency key."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it could not be undone.")


@strawberry.type
class RollBackRedemptionMutation:
    @strawberry.mutation(
        description="Undo a redemption as a whole: its uses are given back, also after the campaign has ended."
        " A merchant key undoes those of its own redemption point."
    )
    async def roll_back_redemption(
        self,
        info: Info,
        input: Annotated[RollBackRedemptionInput, strawberry.argument(description="Which one, and why.")],
    ) -> RollBackRedemptionPayload:
        caller = require(info, Permission.MANAGE, Permission.READ_OWN_REDEMPTIONS)
        faults: list[Problem] = []
        redemption = read_id(ids.REDEMPTION, input.redemption, ("redemption",))
        if isinstance(redemption, Problem):
            return _refused(Problems((redemption,)))
        need_text(input.idempotency_key, ("idempotency_key",), faults, LONGEST_KEY)
        check_text(input.reason, ("reason",), faults, LONGEST_REASON)
        if faults:
            return _refused(Problems(tuple(faults)))
        outcome = await roll_back(
            caller.project,
            redemption,
            now=info.context.now(),
            reason=input.reason,
            idempotency_key=input.idempotency_key,
            redemption_point=caller.redemption_point,
        )
        if isinstance(outcome, Problems):
            return _refused(outcome)
        return RollBackRedemptionPayload(
            redemption=show_redemption(outcome.redemption), replayed=outcome.replayed, user_errors=[]
        )


def _refused(problems: Problems) -> RollBackRedemptionPayload:
    return RollBackRedemptionPayload(redemption=None, replayed=False, user_errors=user_errors(problems))
