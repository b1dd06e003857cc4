"""A voucher: a code that a campaign gives out."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.projects.admit import Permission
from app.vouchers.values import Voucher as VoucherValue
from app.vouchers.values import VoucherKind
from graphql_schema.authority import Info, require, require_customer
from graphql_schema.enums import describe_enum
from graphql_schema.links import linked_list
from graphql_schema.paging import Connection
from graphql_schema.scalars import Metadata
from graphql_schema.types.node import Node, shown

if TYPE_CHECKING:
    from graphql_schema.types.balance import Balance
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.customer import Customer
    from graphql_schema.types.posting import Posting
    from graphql_schema.types.publication import Publication
    from graphql_schema.types.redemption import Redemption
    from graphql_schema.types.rejected_redemption import RejectedRedemption

describe_enum(
    VoucherKind,
    "Who may use a code.",
    GENERIC="Many customers may use it.",
    UNIQUE="A single holder may use it.",
    PROMOTION="Nobody types it: it stands for a cart promotion, which takes part by itself.",
)


@strawberry.type(description="A code that a campaign gives out.")
class Voucher(Node):
    code: str = strawberry.field(description="The code as it was minted.")
    kind: VoucherKind = strawberry.field(description="Who may use the code.")
    enabled: bool = strawberry.field(description="Whether the code may be used; false while it is disabled.")
    published_at: datetime | None = strawberry.field(
        description="When a unique code was given to its holder; null while it is free, and for generic codes."
    )
    starts_at: datetime | None = strawberry.field(description="The code's own first instant, if it has one.")
    expires_at: datetime | None = strawberry.field(
        description="The instant from which the code is no longer valid, if it has one of its own."
    )
    max_redemptions: int | None = strawberry.field(
        description="How often this code may be redeemed, if that differs from the offer's limit per voucher."
    )
    created_at: datetime = strawberry.field(description="When the code was minted.")
    uuid: strawberry.Private[UUID]
    campaign_id: strawberry.Private[UUID]
    holder_id: strawberry.Private[UUID | None]
    said: strawberry.Private[Mapping[str, object]]

    @strawberry.field(description="Anything else that was said about the code. Needs READ.")
    def metadata(self, info: Info) -> Metadata:
        # It is the company's own, as a campaign's is; customers come here from their wallets.
        require(info, Permission.READ)
        return Metadata(dict(self.said))

    @strawberry.field(description="The campaign that the code belongs to.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")]:
        return await info.context.loaders.campaign(self.campaign_id)

    @strawberry.field(description="The customer whom a unique code was given to.")
    async def holder(
        self, info: Info
    ) -> Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")] | None:
        if self.holder_id is None:
            return None
        require_customer(info, self.holder_id)
        return await info.context.loaders.customers.load(self.holder_id)

    @strawberry.field(
        description="What the code holds by itself, to pay with; null when it has no balance."
        " A storefront key needs a customer token."
    )
    async def balance(
        self, info: Info
    ) -> Annotated["Balance", strawberry.lazy("graphql_schema.types.balance")] | None:
        # Whoever tries codes anonymously learns only what they would pay for that cart.
        require(info, Permission.READ_OWN_WALLET, Permission.READ, Permission.READ_OWN_REDEMPTIONS)
        return await info.context.loaders.balances.load(self.uuid)

    @strawberry.field(
        description="How often the code has been redeemed, rolled back redemptions not counted."
    )
    async def redemption_count(self, info: Info) -> int:
        require(info, Permission.READ)
        usage = await info.context.loaders.usage_of_voucher.load(self.uuid)
        return 0 if usage is None else usage.used

    @strawberry.field(
        description="How often the code itself can still be redeemed, exactly; null when it has no limit of its own."
    )
    async def remaining_redemptions(self, info: Info) -> int | None:
        require(info, Permission.READ)
        usage = await info.context.loaders.usage_of_voucher.load(self.uuid)
        return None if usage is None else usage.remaining

    redemptions: Connection[Annotated["Redemption", strawberry.lazy("graphql_schema.types.redemption")]] = (
        linked_list(
            "The redemptions of this code, rolled back ones included.",
            lambda graph: graph.redemptions_of_voucher,
        )
    )
    rejected_redemptions: Connection[
        Annotated["RejectedRedemption", strawberry.lazy("graphql_schema.types.rejected_redemption")]
    ] = linked_list("The refused attempts with this code.", lambda graph: graph.rejected_of_voucher)
    publications: Connection[
        Annotated["Publication", strawberry.lazy("graphql_schema.types.publication")]
    ] = linked_list("To whom this code was given.", lambda graph: graph.publications_of_voucher)
    postings: Connection[Annotated["Posting", strawberry.lazy("graphql_schema.types.posting")]] = linked_list(
        "Every movement of this code's balance.", lambda graph: graph.postings_of_voucher
    )


def show_voucher(voucher: VoucherValue) -> Voucher:
    """The voucher as callers see it."""
    return Voucher(
        id=shown(ids.VOUCHER, voucher.id),
        code=voucher.code,
        kind=voucher.kind,
        enabled=voucher.enabled,
        published_at=voucher.published_at,
        starts_at=voucher.starts_at,
        expires_at=voucher.expires_at,
        max_redemptions=voucher.max_redemptions,
        created_at=voucher.created_at,
        uuid=voucher.id,
        campaign_id=voucher.campaign_id,
        holder_id=voucher.holder_id,
        said=voucher.metadata,
    )
