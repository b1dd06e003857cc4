"""A segment: a set of customers, and whether somebody is in it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.projects.admit import Permission
from app.segments.values import Segment as SegmentValue
from app.segments.values import SegmentKind
from graphql_schema.authority import Info, require
from graphql_schema.enums import describe_enum
from graphql_schema.links import linked_list
from graphql_schema.paging import Connection
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.kinds import Rule
from graphql_schema.types.node import Node, shown
from graphql_schema.types.reason import Reason
from graphql_schema.types.units import show_rule

if TYPE_CHECKING:
    from graphql_schema.types.customer import Customer

describe_enum(
    SegmentKind,
    "How a segment knows who is in it. It is one or the other for good.",
    LIST="By a list: customers are put on it and taken off it.",
    LIVE="By a rule about the customer, judged anew whenever somebody asks.",
)


@strawberry.type(description="Whether a customer is in a segment.")
class SegmentMembership:
    is_member: bool = strawberry.field(description="Whether the customer is in it now.")
    reasons: list[Reason] = strawberry.field(description="Why not; empty when the customer is in it.")


@strawberry.type(description="A set of customers that offers may ask about.")
class Segment(Node):
    name: str = strawberry.field(description="What people call the segment; unique in the project.")
    description: str = strawberry.field(description="Whatever people should know; empty if nothing was said.")
    kind: SegmentKind = strawberry.field(description="Whether it is a list or live.")
    rule: Rule | None = strawberry.field(
        description="What must hold for a customer of a live segment; null for a list."
    )
    version: int = strawberry.field(
        description="Rises with every change; pass it as `expectedVersion` to change only what you have seen. Who is"
        " on a list is no part of it."
    )
    created_at: datetime = strawberry.field(description="When the segment was created.")
    updated_at: datetime = strawberry.field(description="When the segment was last changed.")
    uuid: strawberry.Private[UUID]

    members: Connection[Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")]] = (
        linked_list(
            "The customers who are in it now, by when they were first seen.",
            lambda graph: graph.segments.members,
        )
    )

    @strawberry.field(
        description="How many customers are in it now. A live segment is counted anew each time: that takes as long as"
        " looking at all customers."
    )
    async def member_count(self, info: Info) -> int:
        require(info, Permission.READ)
        return await info.context.loaders.segments.sizes.load(self.uuid)

    @strawberry.field(
        description="Whether a customer is in it now, and why not; null if there is no such customer."
    )
    async def contains(
        self,
        info: Info,
        customer: Annotated[CustomerRef, strawberry.argument(description="Which customer.")],
    ) -> SegmentMembership | None:
        require(info, Permission.READ)
        return await info.context.loaders.segments.membership(self.uuid, customer)


def show_segment(segment: SegmentValue) -> Segment:
    """The segment as callers see it."""
    return Segment(
        id=shown(ids.SEGMENT, segment.id),
        name=segment.name,
        description=segment.description,
        kind=segment.kind,
        rule=None if segment.rule is None else show_rule(segment.rule),
        version=segment.version,
        created_at=segment.created_at,
        updated_at=segment.updated_at,
        uuid=segment.id,
    )
