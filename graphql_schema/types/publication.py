"""A publication: the record that a code was given to a customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.projects.admit import Permission
from app.vouchers.values import Publication as PublicationValue
from graphql_schema.authority import Info, require
from graphql_schema.scalars import Metadata
from graphql_schema.types.node import Node, shown

if TYPE_CHECKING:
    from graphql_schema.types.campaign import Campaign
    from graphql_schema.types.customer import Customer
    from graphql_schema.types.voucher import Voucher


@strawberry.type(description="The record that a code was given to a customer through a channel.")
class Publication(Node):
    channel: str = strawberry.field(description='How the code reached the customer, such as "newsletter".')
    source_id: str | None = strawberry.field(
        description="The caller's own id of the publishing; the same one is never carried out twice."
    )
    created_at: datetime = strawberry.field(description="When the code was given.")
    uuid: strawberry.Private[UUID]
    voucher_id: strawberry.Private[UUID]
    campaign_id: strawberry.Private[UUID]
    customer_id: strawberry.Private[UUID]
    said: strawberry.Private[Mapping[str, object]]

    @strawberry.field(description="Anything else that was said about the publication. Needs READ.")
    def metadata(self, info: Info) -> Metadata:
        require(info, Permission.READ)
        return Metadata(dict(self.said))

    @strawberry.field(description="The code that was given.")
    async def voucher(
        self, info: Info
    ) -> Annotated["Voucher", strawberry.lazy("graphql_schema.types.voucher")]:
        return await info.context.loaders.voucher(self.voucher_id)

    @strawberry.field(description="The campaign of the code.")
    async def campaign(
        self, info: Info
    ) -> Annotated["Campaign", strawberry.lazy("graphql_schema.types.campaign")]:
        return await info.context.loaders.campaign(self.campaign_id)

    @strawberry.field(description="The customer who got the code.")
    async def customer(
        self, info: Info
    ) -> Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")]:
        return await info.context.loaders.customer(self.customer_id)


def show_publication(publication: PublicationValue) -> Publication:
    """The publication as callers see it."""
    return Publication(
        id=shown(ids.PUBLICATION, publication.id),
        channel=publication.channel,
        source_id=publication.source_id,
        created_at=publication.created_at,
        uuid=publication.id,
        voucher_id=publication.voucher_id,
        campaign_id=publication.campaign_id,
        customer_id=publication.customer_id,
        said=publication.metadata,
    )
