"""A posting: one movement in the ledger of balances."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.wallets.postings import Account, Deed
from app.wallets.values import Entry
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.types.balance import BalanceAmount, show_amount

if TYPE_CHECKING:
    from graphql_schema.types.redemption import Redemption

describe_enum(
    Account,
    "Where the amounts of a code are; all accounts together are always zero.",
    name="LedgerAccount",
    ISSUED="Where everything comes from.",
    BALANCE="What can be spent.",
    HELD="What holds reserve.",
    SPENT="What was spent.",
    EXPIRED="What expired.",
    REMOVED="What was removed by hand.",
)
describe_enum(
    Deed,
    "Why an amount moved.",
    name="PostingDeed",
    ISSUE="It was minted with the code or added to it.",
    REMOVE="It was removed by an adjustment.",
    SPEND="A redemption spent it.",
    HOLD="A hold reserved it.",
    CONFIRM="The hold was confirmed: it is spent.",
    RELEASE="The hold was released, or expired.",
    REFUND="The redemption was rolled back, all or part of it.",
    EXPIRE="Its time came.",
)


@strawberry.type(description="One movement in the ledger of balances. It never changes.")
class Posting:
    amount: BalanceAmount = strawberry.field(description="How much moved; always more than nothing.")
    debit: Account = strawberry.field(description="The account that it left.")
    credit: Account = strawberry.field(description="The account that it went to.")
    deed: Deed = strawberry.field(description="Why it moved.")
    expires_at: datetime | None = strawberry.field(
        description="When the part of the balance that moved expires, if ever."
    )
    reason: str | None = strawberry.field(description="The reason that the caller gave.")
    source_id: str | None = strawberry.field(description="The caller's own id of the adjustment.")
    created_at: datetime = strawberry.field(description="When it moved.")
    redemption_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The redemption it moved for; null for adjustments and expiry.")
    async def redemption(
        self, info: Info
    ) -> Annotated["Redemption", strawberry.lazy("graphql_schema.types.redemption")] | None:
        if self.redemption_id is None:
            return None
        return await info.context.loaders.redemptions.load(self.redemption_id)


def show_posting(entry: Entry) -> Posting:
    """The posting as callers see it."""
    return Posting(
        amount=show_amount(entry.amount, entry.unit),
        debit=entry.debit,
        credit=entry.credit,
        deed=entry.deed,
        expires_at=entry.expires_at,
        reason=entry.reason,
        source_id=entry.source_id,
        created_at=entry.created_at,
        redemption_id=entry.redemption_id,
    )
