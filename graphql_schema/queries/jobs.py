"""job and jobs: work that goes on after its request."""

from typing import Annotated

import strawberry

from app import ids
from app.jobs.read import JobFilter as Conditions
from app.jobs.read import JobSort, count_jobs, jobs_page
from app.jobs.values import JobState
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
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
from graphql_schema.types.job import Job, show_job
from graphql_schema.types.node import needed_id


@strawberry.input(description="Which jobs to list; all given conditions must hold.")
class JobFilter:
    state: JobState | None = strawberry.field(default=None, description="Only jobs that stand so.")


@strawberry.type
class JobQueries:
    @strawberry.field(description="A job by its id; null if there is none. Needs READ.")
    async def job(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Which one.")]
    ) -> Job | None:
        require(info, Permission.READ)
        wanted = needed_id(ids.JOB, id)
        return None if wanted is None else await info.context.loaders.jobs.load(wanted)

    @strawberry.field(description="The project's jobs. Needs READ.")
    async def jobs(
        self,
        info: Info,
        first: First = None,
        last: Last = None,
        after: After = None,
        before: Before = None,
        filter: Annotated[JobFilter | None, strawberry.argument(description="Which ones.")] = None,
        sort: Sort = TimeOrder.NEWEST_FIRST,
    ) -> Connection[Job]:
        caller = require(info, Permission.READ)
        request = page_request(first, last, after, before)
        only = Conditions(state=None if filter is None else filter.state)
        order = JobSort[sort.value]
        page = await asked_page(jobs_page(caller.project, request, only, order))
        return connection(page, show_job, lambda: count_jobs(caller.project, only))
