"""addSegmentMembers and removeSegmentMembers: customers are put on the list of a segment, and taken off it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.segments.members import add_members, remove_members
from app.segments.values import MOST_MEMBERS_AT_ONCE, MemberOutcome, MemberResult, MembersChanged
from graphql_schema.authority import Info, require
from graphql_schema.enums import describe_enum
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.customer_input import CustomerRef, id_or_source_id
from graphql_schema.types.segment import Segment, show_segment
from graphql_schema.types.segment_ref import SegmentRef, segment_id

if TYPE_CHECKING:
    from graphql_schema.types.customer import Customer

describe_enum(
    MemberOutcome,
    "What became of one customer.",
    ADDED="The customer is on the list now.",
    ALREADY_THERE="The customer was on the list already.",
    REMOVED="The customer is no longer on the list.",
    NOT_THERE="The customer was not on the list.",
    UNKNOWN_CUSTOMER="The project has no such customer.",
)


@strawberry.input(description="Customers to be put on the list of a segment, or taken off it.")
class SegmentMembersInput:
    segment: SegmentRef = strawberry.field(description="Which segment; it must be a list.")
    customers: list[CustomerRef] = strawberry.field(
        description=f"The customers, up to {MOST_MEMBERS_AT_ONCE} a call."
    )


@strawberry.type(description="What became of one customer.")
class SegmentMemberResult:
    outcome: MemberOutcome = strawberry.field(description="What became of the customer.")
    customer_id: strawberry.Private[UUID | None]

    @strawberry.field(description="The customer; null if there is no such customer.")
    async def customer(
        self, info: Info
    ) -> Annotated["Customer", strawberry.lazy("graphql_schema.types.customer")] | None:
        return None if self.customer_id is None else await info.context.loaders.customer(self.customer_id)


@strawberry.type(description="What became of the customers.")
class SegmentMembersPayload:
    segment: Segment | None = strawberry.field(description="The segment; null when nothing was looked at.")
    results: list[SegmentMemberResult] = strawberry.field(
        description="The answer for each customer, in the order given."
    )
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input as a whole.")


@strawberry.type
class SegmentMembersMutations:
    @strawberry.mutation(
        description="Put customers on the list of a segment. Safe to repeat; an unknown customer is answered by itself"
        " and spoils no other. Needs MANAGE."
    )
    async def add_segment_members(
        self,
        info: Info,
        input: Annotated[SegmentMembersInput, strawberry.argument(description="The list and the customers.")],
    ) -> SegmentMembersPayload:
        return await _change(info, input, adding=True)

    @strawberry.mutation(
        description="Take customers off the list of a segment. Safe to repeat; an unknown customer is answered by"
        " itself and spoils no other. Needs MANAGE."
    )
    async def remove_segment_members(
        self,
        info: Info,
        input: Annotated[SegmentMembersInput, strawberry.argument(description="The list and the customers.")],
    ) -> SegmentMembersPayload:
        return await _change(info, input, adding=False)


async def _change(info: Info, given: SegmentMembersInput, *, adding: bool) -> SegmentMembersPayload:
    caller = require(info, Permission.MANAGE)
    segment = await segment_id(caller.project, given.segment, ("segment",))
    if isinstance(segment, Problems):
        return _refused(segment)
    customers = _read(given.customers)
    if isinstance(customers, Problems):
        return _refused(customers)
    change = add_members if adding else remove_members
    changed = await change(caller.project, segment, customers, info.context.now())
    return _refused(changed) if isinstance(changed, Problems) else _show(changed)


def _read(given: Sequence[CustomerRef]) -> Sequence[UUID | str] | Problems:
    faults: list[Problem] = []
    refs = [id_or_source_id(ref, ("customers", str(place)), faults) for place, ref in enumerate(given)]
    return Problems(tuple(faults)) if faults else refs


def _show(changed: MembersChanged) -> SegmentMembersPayload:
    return SegmentMembersPayload(
        segment=show_segment(changed.segment),
        results=[_show_result(result) for result in changed.results],
        user_errors=[],
    )


def _show_result(result: MemberResult) -> SegmentMemberResult:
    return SegmentMemberResult(outcome=result.outcome, customer_id=result.customer)


def _refused(problems: Problems) -> SegmentMembersPayload:
    return SegmentMembersPayload(segment=None, results=[], user_errors=user_errors(problems))
