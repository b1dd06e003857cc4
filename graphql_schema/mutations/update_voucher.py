"""updateVoucher, disableVoucher, enableVoucher: change one code, or stop it with one click."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.problem import Problems
from app.projects.admit import Caller, Permission
from app.unset import UNSET
from app.vouchers.stop import disable_voucher, enable_voucher
from app.vouchers.update import update_voucher
from app.vouchers.values import Voucher as VoucherValue
from app.vouchers.values import VoucherChanges
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.types.voucher import Voucher, show_voucher
from graphql_schema.types.voucher_ref import VoucherRef, find_voucher_id


@strawberry.input(description="New values for a voucher; what is left out stays, null empties.")
class UpdateVoucherInput:
    voucher: VoucherRef = strawberry.field(description="Which one.")
    starts_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="From when the code is valid."
    )
    expires_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="The instant from which it is no longer valid."
    )
    max_redemptions: strawberry.Maybe[int | None] = strawberry.field(
        description="How often it may be redeemed."
    )
    metadata: strawberry.Maybe[Metadata | None] = strawberry.field(
        description="Anything else; replaces what was there."
    )


@strawberry.input(description="The code to be stopped, or to be let go on.")
class SwitchVoucherInput:
    voucher: VoucherRef = strawberry.field(description="Which one.")


@strawberry.type(description="The voucher as it stands now.")
class VoucherPayload:
    voucher: Voucher | None = strawberry.field(description="The voucher; null when the input is faulty.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


Deed = Callable[[UUID], Awaitable[VoucherValue | Problems]]


@strawberry.type
class UpdateVoucherMutation:
    @strawberry.mutation(description="Change a voucher's dates, limit or metadata. Needs MANAGE.")
    async def update_voucher(
        self,
        info: Info,
        input: Annotated[
            UpdateVoucherInput, strawberry.argument(description="Which one, and its new values.")
        ],
    ) -> VoucherPayload:
        caller, now = require(info, Permission.MANAGE), info.context.now()
        changes = VoucherChanges(
            starts_at=input.starts_at.value if input.starts_at else UNSET,
            expires_at=input.expires_at.value if input.expires_at else UNSET,
            max_redemptions=input.max_redemptions.value if input.max_redemptions else UNSET,
            metadata=input.metadata.value or {} if input.metadata else UNSET,
        )
        return await _do(
            input.voucher, caller, lambda voucher: update_voucher(caller.project, voucher, changes, now)
        )

    @strawberry.mutation(
        description="Stop a code at once. Doing it twice changes nothing more. Needs MANAGE."
    )
    async def disable_voucher(
        self,
        info: Info,
        input: Annotated[SwitchVoucherInput, strawberry.argument(description="Which one.")],
    ) -> VoucherPayload:
        caller, now = require(info, Permission.MANAGE), info.context.now()
        return await _do(input.voucher, caller, lambda voucher: disable_voucher(caller.project, voucher, now))

    @strawberry.mutation(description="Let a stopped code be used again. Needs MANAGE.")
    async def enable_voucher(
        self,
        info: Info,
        input: Annotated[SwitchVoucherInput, strawberry.argument(description="Which one.")],
    ) -> VoucherPayload:
        caller, now = require(info, Permission.MANAGE), info.context.now()
        return await _do(input.voucher, caller, lambda voucher: enable_voucher(caller.project, voucher, now))


async def _do(given: VoucherRef, caller: Caller, deed: Deed) -> VoucherPayload:
    found = await find_voucher_id(given, caller, ("voucher",))
    outcome = found if isinstance(found, Problems) else await deed(found)
    if isinstance(outcome, Problems):
        return VoucherPayload(voucher=None, user_errors=user_errors(outcome))
    return VoucherPayload(voucher=show_voucher(outcome), user_errors=[])
