"""rollBackRedemption: goods of a redemption come back, some or all, and with them what they took."""

from typing import Annotated

import strawberry

from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.redemptions.roll_back import LONGEST_REASON, roll_back
from app.redemptions.rollback import RollbackPolicy
from graphql_schema.authority import Info, require
from graphql_schema.mutations.redemption_input import read_deed
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.texts import check_text
from graphql_schema.types.redemption import Redemption, show_redemption
from graphql_schema.types.rollback import ReturnedLineInput, Rollback, read_units, show_rollback


@strawberry.input(description="A redemption to be undone, as a whole or in part.")
class RollBackRedemptionInput:
    redemption: strawberry.ID = strawberry.field(description="The redemption's id.")
    idempotency_key: str = strawberry.field(
        description="A text of the caller's own for this rollback; the same key gets the first answer again."
    )
    lines: list[ReturnedLineInput] | None = strawberry.field(
        default=None, description="The units that come back, each line once; without it all that are left."
    )
    policy: RollbackPolicy = strawberry.field(
        default=RollbackPolicy.KEEP_SHARE,
        description="What becomes of the discount when only some of the goods come back.",
    )
    reason: str | None = strawberry.field(
        default=None, description=f"Why it is undone, up to {LONGEST_REASON} characters."
    )


@strawberry.type(description="What came back, and the redemption after it.")
class RollBackRedemptionPayload:
    redemption: Redemption | None = strawberry.field(
        description="The redemption as it stands now; null when nothing was undone."
    )
    rollback: Rollback | None = strawberry.field(
        description="What came back with this call, and the refund for it; null when nothing was undone."
    )
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same idempotency key."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it could not be undone.")


@strawberry.type
class RollBackRedemptionMutation:
    @strawberry.mutation(
        description="Undo a redemption, as a whole or some of its goods, also after the campaign has ended: balances"
        " and budgets get back what that part took, and with the last goods the uses are given back. Needs MANAGE;"
        " a merchant key undoes those of its own redemption point."
    )
    async def roll_back_redemption(
        self,
        info: Info,
        input: Annotated[RollBackRedemptionInput, strawberry.argument(description="Which one, and why.")],
    ) -> RollBackRedemptionPayload:
        caller = require(info, Permission.MANAGE, Permission.READ_OWN_REDEMPTIONS)
        faults: list[Problem] = []
        redemption = read_deed(input.redemption, input.idempotency_key, faults)
        check_text(input.reason, ("reason",), faults, LONGEST_REASON)
        if faults or redemption is None:
            return _refused(Problems(tuple(faults)))
        outcome = await roll_back(
            caller.project,
            redemption,
            now=info.context.now(),
            lines=read_units(input.lines),
            policy=input.policy,
            reason=input.reason,
            idempotency_key=input.idempotency_key,
            redemption_point=caller.redemption_point,
            api_key=caller.key,
        )
        if isinstance(outcome, Problems):
            return _refused(outcome)
        cart, rollback = outcome.redemption.cart, outcome.rollback
        return RollBackRedemptionPayload(
            redemption=show_redemption(outcome.redemption),
            rollback=None if rollback is None else show_rollback(rollback, cart),
            replayed=outcome.replayed,
            user_errors=[],
        )


def _refused(problems: Problems) -> RollBackRedemptionPayload:
    return RollBackRedemptionPayload(
        redemption=None, rollback=None, replayed=False, user_errors=user_errors(problems)
    )
