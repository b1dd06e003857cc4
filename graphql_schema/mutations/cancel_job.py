"""cancelJob: a job shall not go on."""

from typing import Annotated

import strawberry

from app import ids
from app.jobs.cancel import cancel
from app.problem import Problem, Problems
from app.projects.admit import Permission
from graphql_schema.authority import Info, require
from graphql_schema.refusals import UserError, user_errors
from graphql_schema.types.job import Job, show_job
from graphql_schema.types.node import read_id


@strawberry.input(description="The job that shall not go on.")
class CancelJobInput:
    id: strawberry.ID = strawberry.field(description="Which one.")


@strawberry.type(description="The job as it stands now.")
class CancelJobPayload:
    job: Job | None = strawberry.field(description="The job; null if there is none.")
    user_errors: list[UserError] = strawberry.field(description="What is wrong with the input.")


@strawberry.type
class CancelJobMutation:
    @strawberry.mutation(
        description="Cancel a job that waits or is under way; what it has written is deleted. A job that is over"
        " stays as it is. Needs READ."
    )
    async def cancel_job(
        self, info: Info, input: Annotated[CancelJobInput, strawberry.argument(description="Which one.")]
    ) -> CancelJobPayload:
        caller, now = require(info, Permission.READ), info.context.now()
        id_ = read_id(ids.JOB, input.id, ("id",))
        if isinstance(id_, Problem):
            return _refused(Problems((id_,)))
        answer = await cancel(caller.project, id_, now)
        if isinstance(answer, Problems):
            return _refused(answer)
        info.context.loaders.jobs.clear(id_)
        return CancelJobPayload(job=show_job(answer), user_errors=[])


def _refused(problems: Problems) -> CancelJobPayload:
    return CancelJobPayload(job=None, user_errors=user_errors(problems))
