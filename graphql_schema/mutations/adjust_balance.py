"""adjustBalance: add to what a code holds, or remove from it, never below zero."""

from datetime import datetime
from typing import Annotated

import strawberry

from app.idempotency import LONGEST_KEY
from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.redemptions.adjust import adjust
from app.wallets.adjust import LONGEST_REASON, LONGEST_SOURCE_ID, Adjustment
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.texts import check_text, need_text
from graphql_schema.types.balance import BalanceAmountInput, read_amount
from graphql_schema.types.voucher import Voucher, show_voucher
from graphql_schema.types.voucher_ref import VoucherRef, find_voucher


@strawberry.input(description="What shall be added to a balance, or removed from it.")
class AdjustBalanceInput:
    voucher: VoucherRef = strawberry.field(description="The code.")
    amount: BalanceAmountInput = strawberry.field(
        description="How much is added, or below zero how much is removed: what expires soonest first. The first"
        " amount decides whether the code holds money, and of which currency, or points."
    )
    idempotency_key: str = strawberry.field(
        description="A text of the caller's own for this adjustment; the same key gets the first answer again."
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="When what is added expires; by default it never does."
    )
    reason: str | None = strawberry.field(
        default=None, description=f"Why, up to {LONGEST_REASON} characters; it stays in the ledger."
    )
    source_id: str | None = strawberry.field(
        default=None,
        description=f"The caller's own id of the adjustment, up to {LONGEST_SOURCE_ID} characters; it stays there too.",
    )


@strawberry.type(description="The code whose balance was adjusted.")
class AdjustBalancePayload:
    voucher: Voucher | None = strawberry.field(description="The code; null when nothing was adjusted.")
    replayed: bool = strawberry.field(
        description="Whether this is the answer to an earlier call with the same idempotency key."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nothing was adjusted.")


@strawberry.type
class AdjustBalanceMutation:
    @strawberry.mutation(
        description="Add to the balance of a code, or remove from it; never below zero, once for each idempotency key."
        " Needs MANAGE."
    )
    async def adjust_balance(
        self,
        info: Info,
        input: Annotated[AdjustBalanceInput, strawberry.argument(description="Which code, and how much.")],
    ) -> AdjustBalancePayload:
        caller, now = require(info, Permission.MANAGE), info.context.now()
        wanted = _read(input)
        if isinstance(wanted, Problems):
            return _refused(wanted)
        voucher = await find_voucher(input.voucher, caller, ("voucher",))
        if isinstance(voucher, Problems):
            return _refused(voucher)
        outcome = await adjust(
            caller.project, voucher.id, wanted, now, key=caller.key, idempotency_key=input.idempotency_key
        )
        if isinstance(outcome, Problems):
            return _refused(outcome)
        # An earlier field of the operation may have asked for the balance as it was.
        info.context.loaders.balances.clear(voucher.id)
        return AdjustBalancePayload(voucher=show_voucher(voucher), replayed=outcome.replayed, user_errors=[])


def _read(given: AdjustBalanceInput) -> Adjustment | Problems:
    faults: list[Problem] = []
    amount = read_amount(given.amount, ("amount",))
    need_text(given.idempotency_key, ("idempotency_key",), faults, LONGEST_KEY)
    check_text(given.reason, ("reason",), faults, LONGEST_REASON)
    check_text(given.source_id, ("source_id",), faults, LONGEST_SOURCE_ID)
    if isinstance(amount, Problem):
        faults.append(amount)
    if faults or isinstance(amount, Problem):
        return Problems(tuple(faults))
    return Adjustment(amount[0], amount[1], given.expires_at, given.reason, given.source_id)


def _refused(problems: Problems) -> AdjustBalancePayload:
    return AdjustBalancePayload(voucher=None, replayed=False, user_errors=user_errors(problems))
