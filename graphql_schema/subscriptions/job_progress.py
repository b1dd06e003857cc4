"""jobProgress: a job as it stands, and at every change until it is over."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

import strawberry

from app import ids
from app.jobs.read import by_ids
from app.jobs.watch import JobWatch
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.errors import Refusal
from graphql_schema.shared_source import States
from graphql_schema.types.job import Job, show_job
from graphql_schema.types.node import needed_id


@strawberry.type
class JobProgressSubscription:
    @strawberry.subscription(
        description="The job as it stands, at once, and then at every change, at most twice a second, until it is over:"
        " then the subscription completes. Needs READ."
    )
    async def job_progress(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> AsyncIterable[Job]:
        caller = require(info, Permission.READ)
        job = needed_id(ids.JOB, id)
        if job is None or not await by_ids(caller.project, [job]):
            raise Refusal("BAD_USER_INPUT", "There is no such job, so there is nothing to follow.")
        project, watch = caller.project, info.context.process.jobs
        return States(("job", job), lambda: _states(watch, project, job))


async def _states(watch: JobWatch, project: UUID, job: UUID) -> AsyncGenerator[Job, None]:
    async with aclosing(watch.follow(project, job)) as changes:
        async for each in changes:
            yield show_job(each)
