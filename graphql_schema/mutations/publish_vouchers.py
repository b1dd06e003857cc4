"""publishVouchers: give a named code, or the next free codes of a campaign, to a customer; never one code to two."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.customers.read import by_source_ids
from app.customers.recognise import recognise
from app.customers.values import CustomerInput as CustomerProfile
from app.database import Connection
from app.door import LONGEST_CHANNEL
from app.problem import Problem, Problems
from app.projects.admit import Permission
from app.redemptions.requests import CustomerRef
from app.vouchers.publish import FindCustomer, publish
from app.vouchers.values import PublishOrder
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Metadata
from graphql_schema.texts import need_text, read_metadata
from graphql_schema.types.campaign_ref import CampaignRef, campaign_id
from graphql_schema.types.customer_input import CustomerInput, read_customer
from graphql_schema.types.publication import Publication, show_publication


@strawberry.input(description="The next free codes of a campaign.")
class FreeCodesInput:
    campaign: CampaignRef = strawberry.field(description="The sub-campaign.")
    count: int = strawberry.field(default=1, description="How many codes, up to 100.")


@strawberry.input(
    one_of=True, description="What is given: a named code, or the next free codes of a campaign."
)
class PublishedCodesInput:
    code: strawberry.Maybe[str] = strawberry.field(description="A code by name.")
    next_free: strawberry.Maybe[FreeCodesInput] = strawberry.field(
        description="The next free codes of a campaign."
    )


@strawberry.input(description="Codes to be given to a customer.")
class PublishVouchersInput:
    codes: PublishedCodesInput = strawberry.field(description="What is given.")
    customer: CustomerInput = strawberry.field(description="Who gets it.")
    channel: str = strawberry.field(description='How it reaches the customer, such as "newsletter".')
    source_id: str | None = strawberry.field(
        default=None,
        description="A text of the caller's own for this publishing. The same one is never carried out twice: it gets"
        " the first answer again.",
    )
    metadata: Metadata | None = strawberry.field(
        default=None, description="Anything else about the publication."
    )


@strawberry.type(description="What was given.")
class PublishVouchersPayload:
    publications: list[Publication] = strawberry.field(
        description="A publication for each code; none when nothing was given."
    )
    replayed: bool = strawberry.field(
        description="Whether this had been given before, and nothing was given now."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nothing was given.")


@strawberry.type
class PublishVouchersMutation:
    @strawberry.mutation(
        description="Give a named code, or the next free codes of a campaign, to a customer: all of them or none,"
        " and no unique code ever to two customers. Needs MANAGE."
    )
    async def publish_vouchers(
        self,
        info: Info,
        input: Annotated[
            PublishVouchersInput, strawberry.argument(description="Codes, customer and channel.")
        ],
    ) -> PublishVouchersPayload:
        caller, now = require(info, Permission.MANAGE), info.context.now()
        faults: list[Problem] = []
        order = await _read_order(input, caller.project, faults)
        customer = read_customer(input.customer, ("customer",), faults)
        if faults or customer is None:
            return _refused(Problems(tuple(faults)))
        outcome = await publish(
            caller.project, order, _finder(caller.project, customer, now), caller.key, now
        )
        if isinstance(outcome, Problems):
            return _refused(_as_asked(outcome, named=order.code is not None))
        return PublishVouchersPayload(
            publications=[show_publication(each) for each in outcome.publications],
            replayed=outcome.replayed,
            user_errors=[],
        )


async def _read_order(given: PublishVouchersInput, project: UUID, faults: list[Problem]) -> PublishOrder:
    code = given.codes.code.value if given.codes.code else None
    campaign, count = None, 1
    if given.codes.next_free:
        wanted = given.codes.next_free.value
        count = wanted.count
        found = await campaign_id(project, wanted.campaign, ("codes", "next_free", "campaign"))
        if isinstance(found, Problems):
            faults.extend(found.all)
        else:
            campaign = found
    need_text(given.channel, ("channel",), faults, LONGEST_CHANNEL)
    metadata = read_metadata(given.metadata, ("metadata",), faults)
    return PublishOrder(given.channel, code, campaign, count, given.source_id, metadata)


def _finder(project: UUID, customer: CustomerRef | CustomerProfile, now: datetime) -> UUID | FindCustomer:
    """How the publishing transaction gets its customer: by id, by source id, or by making it there and then."""
    if isinstance(customer, CustomerRef) and customer.id is not None:
        return customer.id

    async def find(connection: Connection) -> UUID | Problems:
        if isinstance(customer, CustomerProfile):
            return (await recognise(connection, project, [customer], now))[customer.source_id]
        known = await by_source_ids(project, [customer.source_id or ""])
        if not known:
            return Problems.one("customer", "NOT_FOUND", "There is no such customer.")
        return next(iter(known.values())).id

    return find


def _as_asked(problems: Problems, *, named: bool) -> Problems:
    """The problems with the paths of this input, where the codes stand a level deeper than in the room's order."""
    deeper = ("codes",) if named else ("codes", "next_free")
    return Problems(
        tuple(
            replace(problem, path=(*deeper, *problem.path))
            if problem.path[0] in ("code", "campaign", "count")
            else problem
            for problem in problems.all
        )
    )


def _refused(problems: Problems) -> PublishVouchersPayload:
    return PublishVouchersPayload(publications=[], replayed=False, user_errors=user_errors(problems))
