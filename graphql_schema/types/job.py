"""A job: work that goes on after its request, such as an export."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from app import ids
from app.exports.read import export_of
from app.exports.values import Format, What
from app.jobs.values import Job as JobValue
from app.jobs.values import JobState
from graphql_schema.authority import Info
from graphql_schema.enums import describe_enum
from graphql_schema.scalars import Cursor
from graphql_schema.types.node import Node, shown

if TYPE_CHECKING:
    from graphql_schema.types.api_key import ApiKey

DOWNLOADS = "/exports"  # the address below which files are fetched

describe_enum(
    JobState,
    "How a job stands.",
    QUEUED="It waits for a runner.",
    RUNNING="It is under way; should its runner die, another one goes on where it stood.",
    DONE="It is done.",
    FAILED="It cannot be done; `error` says why.",
    CANCELLED="It was cancelled.",
)
describe_enum(
    What,
    "What is exported.",
    name="ExportWhat",
    REDEMPTIONS="Redemptions, a row for each, in the order of the event log.",
    REJECTED_REDEMPTIONS="Attempts that were refused, in the order of the event log.",
    PUBLICATIONS="Codes given to customers, in the order of the event log.",
    VOUCHERS="Vouchers as they stand, with their balances.",
    CUSTOMERS="Customers as they stand.",
)
describe_enum(
    Format,
    "How rows are written.",
    name="ExportFormat",
    CSV="Values between commas as RFC 4180 has them, with a line of names; safe to open as a spreadsheet.",
    JSONL="A JSON object on each line.",
)


@strawberry.type(description="How far a job is, in whatever it looks at.")
class JobProgress:
    done: int = strawberry.field(description="How much it has looked at.")
    total: int | None = strawberry.field(description="Of how much, about; null as long as nobody knows.")
    share: Decimal | None = strawberry.field(
        description="The share that is done, from 0 to 1, with four decimals at most; null like `total`."
    )


@strawberry.type(description="Work that goes on after its request, such as an export.")
class Job(Node):
    kind: str = strawberry.field(description='What sort of work it is: "export".')
    state: JobState = strawberry.field(description="How it stands.")
    progress: JobProgress = strawberry.field(description="How far it is.")
    error: str | None = strawberry.field(description="Why it has failed; null otherwise.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a runner first took it up.")
    finished_at: datetime | None = strawberry.field(
        description="When it was done, had failed or was cancelled."
    )
    expires_at: datetime | None = strawberry.field(
        description="When it will be forgotten, and with it what it has written; null until it is over."
    )
    what: What | None = strawberry.field(description="What is exported; null for other kinds of work.")
    format: Format | None = strawberry.field(description="How it is written; null for other kinds of work.")
    rows: int | None = strawberry.field(description="The rows that have been written so far.")
    cursor: Cursor | None = strawberry.field(
        description="The place in the event log that an export has reached: the next export, or a feed, goes on behind"
        " it without a gap and without a row twice. Of vouchers and customers: a place behind which the log tells all"
        " changes of them."
    )
    download_url: str | None = strawberry.field(
        description="Where the file is fetched, by GET with the same Authorization header; null until it is whole."
    )
    by: strawberry.Private[UUID | None]

    @strawberry.field(description="The key that asked for it; null if a command did.")
    async def requested_by(
        self, info: Info
    ) -> Annotated["ApiKey", strawberry.lazy("graphql_schema.types.api_key")] | None:
        return None if self.by is None else await info.context.loaders.api_keys.load(self.by)


def show_job(job: JobValue) -> Job:
    """The job as callers see it."""
    id_ = shown(ids.JOB, job.id)
    export = export_of(job)
    is_whole = export is not None and job.state is JobState.DONE
    return Job(
        id=id_,
        kind=job.kind,
        state=job.state,
        progress=JobProgress(done=job.done, total=job.total, share=_share(job)),
        error=job.error,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        what=None if export is None else export.what,
        format=None if export is None else export.format,
        rows=None if export is None else export.rows,
        cursor=None if export is None or export.cursor is None else Cursor(export.cursor),
        download_url=f"{DOWNLOADS}/{id_}" if is_whole else None,
        by=job.requested_by,
    )


def _share(job: JobValue) -> Decimal | None:
    if job.state is JobState.DONE:
        return Decimal(1)
    if job.total is None:
        return None
    # What is looked at may have grown since it was counted; in front of the end it is not the whole.
    return Decimal(min(job.done * 10_000 // job.total, 9_999)) / 10_000 if job.total else Decimal(0)
