"""startExport: redemptions, rejections, publications, vouchers or customers as a file, written by a job."""

from datetime import datetime
from typing import Annotated

import strawberry

from app import ids
from app.exports.start import ExportOrder, start_export
from app.exports.values import ExportFilter as Conditions
from app.exports.values import Format, What
from app.problem import Problem, Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.filters import NOTHING, only_campaign, only_customer
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.scalars import Cursor
from graphql_schema.types.campaign_ref import CampaignRef
from graphql_schema.types.customer_input import CustomerRef
from graphql_schema.types.event import expired_cursors_refused, read_event_cursor
from graphql_schema.types.job import Job, show_job
from graphql_schema.types.node import needed_id


@strawberry.input(description="Which rows to export; all given conditions must hold.")
class ExportFilter:
    campaign: CampaignRef | None = strawberry.field(
        default=None,
        description="Only codes of this campaign; of redemptions and rejections those of its sub-campaigns, too."
        " Not for customers.",
    )
    customer: CustomerRef | None = strawberry.field(
        default=None,
        description="Only this customer's; of vouchers those that the customer holds. Not for customers.",
    )
    channel: str | None = strawberry.field(
        default=None, description="Only this channel. For redemptions, rejections and publications."
    )
    redemption_point: str | None = strawberry.field(
        default=None, description="Only this redemption point. For redemptions and rejections."
    )
    partner: strawberry.ID | None = strawberry.field(
        default=None,
        description="Only codes of campaigns that ran for this partner then. For redemptions and rejections.",
    )
    from_: datetime | None = strawberry.field(
        default=None,
        name="from",
        description="Only what was granted, refused, published or made at this instant or later.",
    )
    before: datetime | None = strawberry.field(
        default=None, description="Only what happened before this instant."
    )


@strawberry.input(description="What shall be exported.")
class StartExportInput:
    what: What = strawberry.field(description="Which rows.")
    format: Format = strawberry.field(default=Format.CSV, description="How they are written.")
    filter: ExportFilter | None = strawberry.field(default=None, description="Which of them.")
    after: Cursor | None = strawberry.field(
        default=None,
        description="The cursor of an earlier export or of a feed: what stands behind it comes. For redemptions,"
        " rejections and publications; without it all that the event log still has.",
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="A text of the caller's own; the same key with the same input gets the same job again.",
    )


@strawberry.type(description="The job that writes the file.")
class StartExportPayload:
    job: Job | None = strawberry.field(description="The job; null when nothing was started.")
    replayed: bool = strawberry.field(
        description="Whether an earlier call with the same idempotency key had started it."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nothing was started.")


@strawberry.type
class StartExportMutation:
    @strawberry.mutation(
        description="Export rows as a file. A job writes it, which `jobProgress` follows; when it is done its"
        " `downloadUrl` is fetched by GET. Redemptions, rejections and publications come in the order of the event"
        " log, up to what was settled when they were asked for. Needs READ."
    )
    async def start_export(
        self,
        info: Info,
        input: Annotated[StartExportInput, strawberry.argument(description="What, and how.")],
    ) -> StartExportPayload:
        caller, now = require(info, Permission.READ), info.context.now()
        given = input.filter or ExportFilter()
        campaign = await only_campaign(given.campaign, caller)
        customer = await only_customer(given.customer, caller)
        unknown = tuple(
            Problem(("filter", name), "NOT_FOUND", f"There is no such {name}.")
            for name, found in (("campaign", campaign), ("customer", customer))
            if found == NOTHING
        )
        if unknown:
            return _refused(Problems(unknown))
        order = ExportOrder(
            input.what,
            input.format,
            Conditions(
                campaign=campaign,
                customer=customer,
                channel=given.channel,
                redemption_point=given.redemption_point,
                partner=needed_id(ids.PARTNER, given.partner),
                since=given.from_,
                before=given.before,
            ),
            read_event_cursor(input.after),
        )
        with expired_cursors_refused():
            answer = await start_export(
                caller.project, order, now, key=caller.key, idempotency_key=input.idempotency_key
            )
        if isinstance(answer, Problems):
            return _refused(answer)
        return StartExportPayload(job=show_job(answer.job), replayed=answer.replayed, user_errors=[])


def _refused(problems: Problems) -> StartExportPayload:
    return StartExportPayload(job=None, replayed=False, user_errors=user_errors(problems))
