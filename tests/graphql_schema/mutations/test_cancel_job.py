"""cancelJob: once, and never what is over."""

from app import ids
from app.ids import new_id
from tests.exports.shop import carried_out, started
from tests.graphql_schema.asking import a_caller, ask
from tests.graphql_schema.shop import shown
from tests.jobs.works import now_of

CANCEL = """mutation ($id: ID!) { cancelJob(input: { id: $id }) {
  job { id state finishedAt downloadUrl } userErrors { path code }
} }"""


async def cancelled(caller, id_):
    return (await ask(caller, CANCEL, id=id_))["cancelJob"]


async def test_a_job_is_cancelled_and_stays_so(project):
    caller, job = await a_caller(project), await started(project)
    id_ = shown(ids.JOB, job.id)
    first = await cancelled(caller, id_)
    assert first["job"] == {
        "id": id_,
        "state": "CANCELLED",
        "finishedAt": "2026-06-01T12:00:00Z",
        "downloadUrl": None,
    }
    assert await cancelled(caller, id_) == first
    assert (await now_of(job)).state == "CANCELLED"


async def test_what_is_done_stays_so_and_what_is_nowhere_is_told(project):
    caller = await a_caller(project)
    job = await carried_out(await started(project))
    done = await cancelled(caller, shown(ids.JOB, job.id))
    assert (done["job"]["state"], done["userErrors"]) == ("DONE", [])
    for id_, code in (
        (shown(ids.JOB, new_id()), "NOT_FOUND"),
        (shown(ids.POOL, new_id()), "INVALID_ID"),
    ):
        refused = await cancelled(caller, id_)
        assert refused == {"job": None, "userErrors": [{"path": ["input", "id"], "code": code}]}
