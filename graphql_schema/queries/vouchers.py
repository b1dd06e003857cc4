"""voucher, vouchers and publications."""

from enum import Enum
from typing import Annotated

import strawberry

from app.problem import Problems
from app.projects.admit import Permission
from app.vouchers.read import VoucherFilter as Conditions
from app.vouchers.read import VoucherSort, count_vouchers, vouchers_page
from app.vouchers.read_publications import PublicationFilter as PublicationConditions
from app.vouchers.read_publications import PublicationSort, count_publications, publications_page
from app.vouchers.values import VoucherKind
from graphql_schema.authority import Info, require
from graphql_schema.enums import describe_enum
from graphql_schema.errors import Refusal
from graphql_schema.filters import only_campaign, only_customer, only_voucher
from graphql_schema.paging import (
    After,
    Before,
    Connection,
    First,
    Last,
    asked_page,
    connection,
    page_request,
)
from graphql_schema.sorting import Sort, TimeOrder
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.publication import Publication, show_publication
from graphql_schema.types.voucher import Voucher, show_voucher
from graphql_schema.types.voucher_ref import VoucherRef, find_voucher


class VoucherOrder(Enum):
    """The values are the room's own sorts."""

    NEWEST_FIRST = VoucherSort.NEWEST
    OLDEST_FIRST = VoucherSort.OLDEST
    CODE_ASCENDING = VoucherSort.CODE
    CODE_DESCENDING = VoucherSort.CODE_DESCENDING


describe_enum(
    VoucherOrder,
    "The order of a list of vouchers.",
    NEWEST_FIRST="The latest minted first.",
    OLDEST_FIRST="The earliest minted first.",
    CODE_ASCENDING="By code, a to z.",
    CODE_DESCENDING="By code, z to a.",
)


@strawberry.input(description="Which vouchers to list; all given conditions must hold.")
class VoucherFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None, description="Only codes of this sub-campaign."
    )
    holder: CustomerRef | None = strawberry.field(default=None, description="Only what this customer holds.")
    kind: VoucherKind | None = strawberry.field(default=None, description="Only codes of this kind.")
    enabled: bool | None = strawberry.field(
        default=None, description="Only those that may be used, or may not."
    )
    published: bool | None = strawberry.field(
        default=None, description="Only unique codes that have been given out, or only free ones."
    )


@strawberry.input(description="Which publications to list; all given conditions must hold.")
class PublicationFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None, description="Only codes of this sub-campaign."
    )
    customer: CustomerRef | None = strawberry.field(default=None, description="Only what this customer got.")
    voucher: VoucherRef | None = strawberry.field(default=None, description="Only this code.")
    channel: str | None = strawberry.field(default=None, description="Only this channel.")


@strawberry.type
class VoucherQueries:
    @strawberry.field(description="A voucher by id or code; null if there is none.")
    async def voucher(
        self, info: Info, ref: Annotated[VoucherRef, strawberry.argument(description="Which one.")]
    ) -> Voucher | None:
        caller = require(info, Permission.READ)
        found = await find_voucher(ref, caller, ())
        if isinstance(found, Problems):
            if found.all[0].code == "NOT_FOUND":
                return None
            raise Refusal("BAD_USER_INPUT", found.all[0].message)
        return show_voucher(found)

    @strawberry.field(description="The project's vouchers.")
    async def vouchers(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[VoucherFilter | None, strawberry.argument(description="Which ones.")] = None,
        sort: Annotated[
            VoucherOrder, strawberry.argument(description="The order of the list.")
        ] = VoucherOrder.NEWEST_FIRST,
    ) -> Connection[Voucher]:
        caller = require(info, Permission.READ)
        request = page_request(first, last, after, before)
        given = filter or VoucherFilter()
        only = Conditions(
            campaign=await only_campaign(given.campaign, caller),
            holder=await only_customer(given.holder, caller),
            kind=given.kind,
            enabled=given.enabled,
            published=given.published,
        )
        page = await asked_page(vouchers_page(caller.project, request, only, sort.value))
        return connection(page, show_voucher, lambda: count_vouchers(caller.project, only))

    @strawberry.field(description="To whom codes were given.")
    async def publications(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[PublicationFilter | None, strawberry.argument(description="Which ones.")] = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> Connection[Publication]:
        caller = require(info, Permission.READ)
        request = page_request(first, last, after, before)
        given = filter or PublicationFilter()
        only = PublicationConditions(
            campaign=await only_campaign(given.campaign, caller),
            customer=await only_customer(given.customer, caller),
            voucher=await only_voucher(given.voucher, caller),
            channel=given.channel,
        )
        order = PublicationSort[sort.value]
        page = await asked_page(publications_page(caller.project, request, only, order))
        return connection(page, show_publication, lambda: count_publications(caller.project, only))
