"""A change of a wallet: what one event means for the customer who holds the codes."""

from asyncio import gather
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.events.kinds import EventKind
from app.events.log import Event as EventValue
from app.redemptions.values import Redemption as RedemptionValue
from graphql_schema.authority import Info
from graphql_schema.types.balance import BalanceAmount, show_amount
from graphql_schema.types.event import OF_REDEMPTIONS
from graphql_schema.types.redemption import Redemption, show_redemption

if TYPE_CHECKING:
    from graphql_schema.types.voucher import Voucher

# These tell in `holder` whose voucher it was then; those from before they did so are nobody's.
OF_VOUCHERS = {
    EventKind.BALANCE_ADJUSTED,
    EventKind.BALANCE_EXPIRED,
    EventKind.VOUCHER_UPDATED,
    EventKind.VOUCHER_DISABLED,
    EventKind.VOUCHER_ENABLED,
}
KINDS = OF_REDEMPTIONS | OF_VOUCHERS | {EventKind.VOUCHER_PUBLISHED}


@strawberry.type(description="Something happened to what a customer holds, or the customer used codes.")
class WalletChange:
    at: datetime = strawberry.field(description="When it happened.")
    kind: EventKind = strawberry.field(description="What happened.")
    codes: list[str] = strawberry.field(description="The codes that it happened to.")
    redemption: Redemption | None = strawberry.field(
        description="The redemption or the hold, as it stood then; null when codes were given, changed or stopped, and"
        " for balances that changed otherwise."
    )
    balance_change: BalanceAmount | None = strawberry.field(
        description="What an adjustment added to the balance, below zero what it removed or what has expired; null for"
        " other kinds."
    )
    voucher_ids: strawberry.Private[tuple[UUID, ...]]

    @strawberry.field(description="The vouchers of these codes, as they are when this is read.")
    async def vouchers(
        self, info: Info
    ) -> list[Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")]]:
        return list(await gather(*(info.context.loaders.voucher(id_) for id_ in self.voucher_ids)))


def customer_of(event: EventValue) -> str | None:
    """Whose wallet an event of KINDS changes, as hexadecimal digits; None: nobody's."""
    of_code = "holder" if event.kind in OF_VOUCHERS else "customer"
    name = "customer_id" if event.kind in OF_REDEMPTIONS else of_code
    found: str | None = event.payload.get(name)
    return found


def show_wallet_change(event: EventValue) -> WalletChange:
    """An event of KINDS as the holder sees it, from its payload alone."""
    told = event.payload
    if event.kind in OF_REDEMPTIONS:
        redemption = RedemptionValue.from_json(told)
        return WalletChange(
            at=event.at,
            kind=event.kind,
            codes=[voucher.code for voucher in redemption.vouchers],
            redemption=show_redemption(redemption),
            balance_change=None,
            voucher_ids=tuple([voucher.voucher_id for voucher in redemption.vouchers]),
        )
    return WalletChange(
        at=event.at,
        kind=event.kind,
        codes=[told["code"]],
        redemption=None,
        balance_change=_balance_change(event),
        voucher_ids=(UUID(told["voucher"]),),
    )


def _balance_change(event: EventValue) -> BalanceAmount | None:
    told = event.payload
    if event.kind is EventKind.BALANCE_ADJUSTED:
        return show_amount(told["amount"], told["unit"])
    if event.kind is EventKind.BALANCE_EXPIRED:
        return show_amount(-told["amount"], told["unit"])
    return None
