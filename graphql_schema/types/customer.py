"""A customer of the project."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.customers.values import Customer as CustomerValue
from app.events.kinds import EventKind
from app.projects.admit import Permission
from app.redemptions.favourites import MOST_FAVOURITES, CategoryRank
from app.segments.values import MOST_SEGMENTS
from graphql_schema.authority import Info, require, require_customer
from graphql_schema.errors import Refusal
from graphql_schema.links import linked_list, readers_and_the_customer
from graphql_schema.paging import DEFAULT_PAGE, MAX_PAGE, Connection
from graphql_schema.scalars import Cursor, Metadata
from graphql_schema.sorting import Sort, TimeOrder
from graphql_schema.types.activity import ActivityConnection
from graphql_schema.types.customer_figures import CustomerCategory, CustomerSummary, LifetimeValue
from graphql_schema.types.event import read_event_cursor
from graphql_schema.types.node import Node, shown
from graphql_schema.types.wallet import Basket, Wallet

if TYPE_CHECKING:
    from graphql_schema.types.custom_event import CustomEvent
    from graphql_schema.types.publication import Publication
    from graphql_schema.types.redemption import Redemption
    from graphql_schema.types.rejected_redemption import RejectedRedemption
    from graphql_schema.types.segment import Segment

DEFAULT_FAVOURITES = 5


@strawberry.type(description="A person, household or guest who holds and redeems vouchers.")
class Customer(Node):
    source_id: str = strawberry.field(
        description="The caller's own id of the customer, unique in the project."
    )
    name: str | None = strawberry.field(description="The name, if it was told.")
    email: str | None = strawberry.field(description="The e-mail address, if it was told.")
    birthday: date | None = strawberry.field(description="The day the customer was born, if it was told.")
    created_at: datetime = strawberry.field(description="When the customer was first seen.")
    updated_at: datetime = strawberry.field(description="When the customer was last changed.")
    uuid: strawberry.Private[UUID]
    told: strawberry.Private[Mapping[str, object]]

    @strawberry.field(
        description="Anything else that was told about the customer; not for the customer itself. Needs READ."
    )
    def metadata(self, info: Info) -> Metadata:
        require(info, Permission.READ)
        return Metadata(dict(self.told))

    @strawberry.field(description="All that the customer holds.")
    def wallet(self, info: Info) -> Wallet:
        require_customer(info, self.uuid)
        return Wallet(owner=self.uuid, basket=Basket())

    @strawberry.field(
        description=f"The segments that the customer is in now, by name; a project has {MOST_SEGMENTS} at most. Not for"
        " the customer itself. Needs READ."
    )
    async def segments(
        self, info: Info
    ) -> list[Annotated["Segment", strawberry.lazy("graphql_schema.types.segment")]]:
        require(info, Permission.READ)
        return await info.context.loaders.segments.of_customer.load(self.uuid)

    @strawberry.field(
        description="How much there is: orders, redemptions, refusals, publications. Needs READ."
    )
    async def summary(self, info: Info) -> CustomerSummary:
        require(info, Permission.READ)
        return await info.context.loaders.customer_figures.summary(self.uuid)

    @strawberry.field(
        description="What the customer's orders come to, net of returns, for each currency in alphabetical order. Needs"
        " READ."
    )
    async def lifetime_value(self, info: Info) -> list[LifetimeValue]:
        require(info, Permission.READ)
        return await info.context.loaders.customer_figures.lifetime_value(self.uuid)

    @strawberry.field(
        description="The categories that the customer bought and kept most of, the favourite first. Needs READ."
    )
    async def favourite_categories(
        self,
        info: Info,
        first: Annotated[
            int, strawberry.argument(description=f"How many, up to {MOST_FAVOURITES}.")
        ] = DEFAULT_FAVOURITES,
        by: Annotated[
            CategoryRank, strawberry.argument(description="What makes a favourite.")
        ] = CategoryRank.AMOUNT,
    ) -> list[CustomerCategory]:
        require(info, Permission.READ)
        if not 1 <= first <= MOST_FAVOURITES:
            raise Refusal("BAD_USER_INPUT", f"Ask for 1 to {MOST_FAVOURITES} categories.")
        return await info.context.loaders.customer_figures.favourites(self.uuid, first, by)

    @strawberry.field(
        description="What concerns the customer, in the order of the event log: redemptions, holds, rollbacks,"
        " refusals, codes given, changes of what the customer holds and of the profile, custom events, lists. What the"
        " log has let go of is not there. Needs READ."
    )
    async def activity(
        self,
        info: Info,
        first: Annotated[
            int | None,
            strawberry.argument(
                description=f"How many, up to {MAX_PAGE}; {DEFAULT_PAGE} by default. Of very large events fewer come at"
                " once; `hasNextPage` tells."
            ),
        ] = None,
        after: Annotated[
            Cursor | None,
            strawberry.argument(description="Only what stands behind this place in the list's order."),
        ] = None,
        kinds: Annotated[list[EventKind] | None, strawberry.argument(description="Only these kinds.")] = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> ActivityConnection:
        require(info, Permission.READ)
        limit = DEFAULT_PAGE if first is None else first
        if not 1 <= limit <= MAX_PAGE:
            raise Refusal("BAD_USER_INPUT", f"A page has 1 to {MAX_PAGE} events; {limit} were asked for.")
        only = None if kinds is None else frozenset(kinds)
        return await info.context.loaders.customer_figures.activity(
            self.uuid, limit, read_event_cursor(after), only, sort
        )

    orders: Connection[Annotated["Redemption", strawberry.lazy("graphql_schema.types.redemption")]] = (
        linked_list(
            "The customer's orders: carts that were redeemed, those left out that were rolled back as a whole.",
            lambda graph: graph.customer_figures.orders,
            readers_and_the_customer,
        )
    )
    redemptions: Connection[Annotated["Redemption", strawberry.lazy("graphql_schema.types.redemption")]] = (
        linked_list(
            "The customer's redemptions, rolled back ones included.",
            lambda graph: graph.redemptions_of_customer,
            readers_and_the_customer,
        )
    )
    rejected_redemptions: Connection[
        Annotated["RejectedRedemption", strawberry.lazy("graphql_schema.types.rejected_redemption")]
    ] = linked_list("The customer's attempts that were refused.", lambda graph: graph.rejected_of_customer)
    custom_events: Connection[
        Annotated["CustomEvent", strawberry.lazy("graphql_schema.types.custom_event")]
    ] = linked_list(
        "What the company has told of the customer by trackCustomEvents, by when it was told. Not for the customer"
        " itself.",
        lambda graph: graph.custom_events_of_customer,
    )
    publications: Connection[
        Annotated["Publication", strawberry.lazy("graphql_schema.types.publication")]
    ] = linked_list(
        "The codes that were given to the customer.",
        lambda graph: graph.publications_of_customer,
        readers_and_the_customer,
    )


def show_customer(customer: CustomerValue) -> Customer:
    """The customer as callers see it."""
    return Customer(
        id=shown(ids.CUSTOMER, customer.id),
        source_id=customer.source_id,
        name=customer.name,
        email=customer.email,
        birthday=customer.birthday,
        created_at=customer.created_at,
        updated_at=customer.updated_at,
        uuid=customer.id,
        told=customer.metadata,
    )
