"""walletChanges: what happens to all that a customer holds, live."""

from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Annotated

import strawberry

from app.events.feed import Event
from app.projects.admit import Caller, Permission
from graphql_schema.authority import Info, require, require_customer
from graphql_schema.errors import Refusal
from graphql_schema.filters import NOTHING, only_customer
from graphql_schema.scalars import Cursor
from graphql_schema.subscriptions.feed_filter import known
from graphql_schema.subscriptions.following import After, From, Start, follow
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.wallet_change import KINDS, WalletChange, customer_of, show_wallet_change


@strawberry.type(description="One item of the feed: a change, or a heartbeat that carries the cursor on.")
class WalletFeedItem:
    cursor: Cursor = strawberry.field(
        description="The place in the event log. Keep the last one: passed as `after` it resumes without a gap."
    )
    event: WalletChange | None = strawberry.field(description="What happened; null for a heartbeat.")


@strawberry.type
class WalletChangesSubscription:
    @strawberry.subscription(
        description="What happens to all that a customer holds, in order, nothing lost and nothing twice: codes given,"
        " reserved, redeemed and given back, balances adjusted and expired, own codes changed, stopped and let go on."
        " What happens to a generic code as such, or to a campaign, is not told. With a customer token the wallet is"
        " that customer's. With `after` or `from`, what happened since comes first."
    )
    async def wallet_changes(
        self,
        info: Info,
        customer: Annotated[
            CustomerRef | None, strawberry.argument(description="Whose; leave it out with a customer token.")
        ] = None,
        after: After = None,
        from_: From = None,
    ) -> AsyncIterable[WalletFeedItem]:
        caller = require(info, Permission.READ, Permission.READ_OWN_WALLET)
        start = Start(after, from_)
        owner = await _owner(info, customer, caller)
        return follow(info, KINDS, start, _OwnedBy(owner), _show)


@dataclass(frozen=True, slots=True)
class _OwnedBy:
    """Whether an event is of this customer; equal for equal customers."""

    customer: str

    def __call__(self, event: Event) -> bool:
        return customer_of(event) == self.customer


async def _owner(info: Info, given: CustomerRef | None, caller: Caller) -> str:
    """The customer that is meant, as payloads have it; raises BAD_USER_INPUT, and FORBIDDEN for another's wallet."""
    found = caller.customer if given is None else await only_customer(given, caller)
    if found is None:
        raise Refusal("BAD_USER_INPUT", "Say whose wallet, or come with a customer token.")
    if found == NOTHING:
        # Whoever sees one wallet only is told of no other customer, not even that there is none.
        require(info, Permission.READ)
    else:
        require_customer(info, found)
    owner = known(found, "customer with this source id")
    assert owner is not None  # noqa: S101 - only no condition has no id
    return owner


def _show(cursor: Cursor, event: Event | None) -> WalletFeedItem:
    return WalletFeedItem(cursor=cursor, event=None if event is None else show_wallet_change(event))
