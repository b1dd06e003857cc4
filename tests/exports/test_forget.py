"""The chore about files: those that nobody can fetch any more go, the others stay."""

from datetime import UTC, datetime, timedelta

from app.database import execute, fetchval
from app.exports.forget import forget_exports
from app.jobs.cancel import cancel
from app.jobs.forget import forget_jobs
from tests.exports.shop import carried_out, file_of, started
from tests.jobs.works import now_of


async def parts(project) -> int:
    return int(await fetchval("SELECT count(*) FROM export_parts WHERE project_id = $1", project))


async def test_a_file_goes_when_its_time_has_passed_and_its_job_after_it(project) -> None:
    job = await carried_out(await started(project))
    now = datetime.now(UTC)
    await forget_exports(now)
    assert (await parts(project), len(await file_of(job)) > 0) == (1, True)
    assert await forget_exports(now + timedelta(days=8)) >= 1
    assert await parts(project) == 0
    assert await now_of(job) == job
    await forget_jobs(now + timedelta(days=8))
    assert await fetchval("SELECT count(*) FROM jobs WHERE project_id = $1", project) == 0


async def test_what_a_cancelled_export_has_written_goes_at_once(project) -> None:
    job = await started(project)
    await cancel(project, job.id, datetime.now(UTC), timedelta(days=7))
    await execute(
        "INSERT INTO export_parts (project_id, job_id, number, first_byte, bytes) VALUES ($1, $2, 0, 0, 'x')",
        project,
        job.id,
    )
    await forget_exports(datetime.now(UTC))
    assert await parts(project) == 0
