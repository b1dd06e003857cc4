"""A partner: somebody for whom campaigns run, and the commission that was promised."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from app import ids
from app.partners.values import MOST_RATES
from app.partners.values import Partner as PartnerValue
from graphql_schema.authority import Info
from graphql_schema.types.node import Node, shown


@strawberry.type(description="A rate of commission, which holds until the next one begins.")
class CommissionRate:
    rate: Decimal = strawberry.field(description="Percent of the order value, net of returns.")
    since: datetime = strawberry.field(description="The first instant whose redemptions it holds for.")


@strawberry.type(
    description="Somebody for whom campaigns run: an influencer, a cinema, a magazine. What its codes were redeemed for"
    " is told by feeds, lists and reports that are narrowed to it."
)
class Partner(Node):
    name: str = strawberry.field(description="What people call the partner; unique in the project.")
    commission_rate: Decimal = strawberry.field(
        description="The commission it is promised now, in percent of the order value, net of returns."
    )
    version: int = strawberry.field(
        description="Rises with every change; pass it as `expectedVersion` to change only what you have seen."
    )
    created_at: datetime = strawberry.field(description="When the partner was created.")
    updated_at: datetime = strawberry.field(description="When the partner was last changed.")
    uuid: strawberry.Private[UUID]

    @strawberry.field(
        description="The rates it was promised one after the other, the present one first; the latest"
        f" {MOST_RATES}. What was redeemed under a rate is reckoned by it for ever."
    )
    async def commission_rates(self, info: Info) -> list[CommissionRate]:
        rates = await info.context.loaders.partners.rates.load(self.uuid)
        return [CommissionRate(rate=one.rate, since=one.since) for one in rates or ()]


def show_partner(partner: PartnerValue) -> Partner:
    """The partner as callers see it."""
    return Partner(
        id=shown(ids.PARTNER, partner.id),
        name=partner.name,
        commission_rate=partner.commission_rate,
        version=partner.version,
        created_at=partner.created_at,
        updated_at=partner.updated_at,
        uuid=partner.id,
    )
