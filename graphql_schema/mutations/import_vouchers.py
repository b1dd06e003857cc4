"""importVouchers: bring codes of one's own: one that everybody may use, or unique ones printed elsewhere."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.vouchers.mint import mint
from app.vouchers.values import CodeOutcome as EngineCodeOutcome
from app.vouchers.values import CodeResult, MintOrder
from app.vouchers.values import VoucherKind as EngineVoucherKind
from graphql_schema.authority import Info, require
from graphql_schema.enums import describe_enum
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.types.balance import FirstBalanceInput, read_first_balance
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id

if TYPE_CHECKING:
    from graphql_schema.types.voucher import Voucher

describe_enum(
    EngineCodeOutcome,
    "What became of one code of an import.",
    CREATED="The code is a voucher now.",
    CODE_TAKEN="The project has such a code already, or the import names it twice.",
    INVALID_CODE="It is no code: 1 to 64 printable characters, not separators alone.",
)


@strawberry.input(description="Codes of one's own.")
class ImportVouchersInput:
    campaign: CampaignRef = strawberry.field(description="The sub-campaign.")
    codes: list[str] = strawberry.field(description="The codes, up to 500 a call.")
    kind: EngineVoucherKind = strawberry.field(
        description="GENERIC: many may use it. UNIQUE: a single holder. There are no others to be made."
    )
    starts_at: datetime | None = strawberry.field(default=None, description="From when the codes are valid.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="The instant from which the codes are no longer valid."
    )
    max_redemptions: int | None = strawberry.field(
        default=None,
        description="How often each code may be redeemed, instead of the offer's limit per voucher.",
    )
    metadata: Metadata | None = strawberry.field(default=None, description="Anything else about these codes.")
    balance: FirstBalanceInput | None = strawberry.field(
        default=None,
        description="What each code holds by itself, to pay with: a gift voucher, a loyalty card.",
    )


@strawberry.type(description="What became of one code.")
class ImportedCode:
    code: str = strawberry.field(description="The code as it was given.")
    outcome: EngineCodeOutcome = strawberry.field(description="What became of it.")
    voucher_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The new voucher; null unless it was created.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")] | None:
        return None if self.voucher_id is None else await info.context.loaders.vouchers.load(self.voucher_id)


@strawberry.type(description="What became of the codes.")
class ImportVouchersPayload:
    results: list[ImportedCode] = strawberry.field(
        description="The answer for each code, in the order given."
    )
    count: int = strawberry.field(description="How many vouchers were made.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input as a whole.")


@strawberry.type
class ImportVouchersMutation:
    @strawberry.mutation(
        description="Bring codes of your own. A code that cannot be taken is answered by itself and spoils no other."
        " Needs MANAGE."
    )
    async def import_vouchers(
        self,
        info: Info,
        input: Annotated[ImportVouchersInput, strawberry.argument(description="The codes and their kind.")],
    ) -> ImportVouchersPayload:
        caller = require(info, Permission.MANAGE)
        campaign = await campaign_id(caller.project, input.campaign, ("campaign",))
        if isinstance(campaign, Problems):
            return _refused(campaign)
        if not input.codes:
            return _refused(Problems.one("codes", "NO_CODES", "Give at least one code."))
        balance = read_first_balance(input.balance)
        if isinstance(balance, Problem):
            return _refused(Problems((balance,)))
        order = MintOrder(
            codes=tuple(input.codes),
            kind=input.kind,
            starts_at=input.starts_at,
            expires_at=input.expires_at,
            max_redemptions=input.max_redemptions,
            metadata=input.metadata or {},
            balance=balance,
        )
        outcome = await mint(caller.project, campaign, order, info.context.now())
        if isinstance(outcome, Problems):
            return _refused(outcome)
        results = [_show(result) for result in outcome.results]
        return ImportVouchersPayload(results=results, count=outcome.count, user_errors=[])


def _show(result: CodeResult) -> ImportedCode:
    return ImportedCode(code=result.code, outcome=result.outcome, voucher_id=result.voucher)


def _refused(problems: Problems) -> ImportVouchersPayload:
    return ImportVouchersPayload(results=[], count=0, user_errors=user_errors(problems))
