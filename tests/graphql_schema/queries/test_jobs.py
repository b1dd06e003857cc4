"""job and jobs: how each stands, in a constant number of statements."""

import asyncio

from app import ids
from app.ids import new_id
from app.jobs.cancel import cancel
from app.jobs.carry_out import Turn
from tests.conftest import NOW
from tests.exports.shop import carried_out, started
from tests.graphql_schema.asking import a_caller, ask, refusal
from tests.graphql_schema.shop import shown
from tests.jobs.works import Counting, a_job

JOB = """query ($id: ID!) { job(id: $id) {
  id kind state progress { done total share } error createdAt startedAt finishedAt expiresAt
  what format rows cursor downloadUrl requestedBy { id }
} }"""
LIST = """query ($filter: JobFilter, $sort: TimeOrder! = NEWEST_FIRST) {
  jobs(filter: $filter, sort: $sort) { totalCount nodes { id state } }
}"""


async def test_a_queued_export_and_a_finished_one_tell_how_they_stand(project):
    caller = await a_caller(project)
    job = await started(project)
    id_ = shown(ids.JOB, job.id)
    told = (await ask(caller, JOB, id=id_))["job"]
    assert told == {
        "id": id_,
        "kind": "export",
        "state": "QUEUED",
        "error": None,
        "createdAt": "2026-06-01T12:00:00Z",
        "progress": {"done": 0, "total": None, "share": None},
        "startedAt": None,
        "finishedAt": None,
        "expiresAt": None,
        "rows": 0,
        "downloadUrl": None,
        "what": "REDEMPTIONS",
        "format": "CSV",
        "cursor": None,
        "requestedBy": None,
    }
    await carried_out(job)
    told = (await ask(caller, JOB, id=id_))["job"]
    assert (told["state"], told["progress"]) == ("DONE", {"done": 0, "total": 0, "share": "1"})
    assert told["downloadUrl"] == f"/exports/{id_}"
    assert told["cursor"] == job.input["end"]
    assert None not in (told["startedAt"], told["finishedAt"], told["expiresAt"])
    assert (await ask(caller, "query ($id: ID!) { node(id: $id) { id } }", id=id_))["node"] == {"id": id_}


async def test_work_of_another_kind_has_no_file(project):
    work = Counting()
    job = await a_job(project, work, to=2)
    await Turn(work, asyncio.Event()).carry_out(project, job.id)
    told = (await ask(await a_caller(project), JOB, id=shown(ids.JOB, job.id)))["job"]
    assert [told[name] for name in ("what", "format", "rows", "cursor", "downloadUrl")] == [None] * 5
    assert told["progress"] == {"done": 2, "total": 2, "share": "1"}


async def test_jobs_are_listed_the_latest_first_and_by_how_they_stand(project):
    caller = await a_caller(project)
    first, second = await started(project), await started(project)
    await cancel(project, first.id, NOW)
    [old, new] = [shown(ids.JOB, job.id) for job in (first, second)]
    told = (await ask(caller, LIST))["jobs"]
    assert told == {
        "totalCount": 2,
        "nodes": [{"id": new, "state": "QUEUED"}, {"id": old, "state": "CANCELLED"}],
    }
    oldest = (await ask(caller, LIST, sort="OLDEST_FIRST"))["jobs"]["nodes"]
    assert [node["id"] for node in oldest] == [old, new]
    cancelled = (await ask(caller, LIST, filter={"state": "CANCELLED"}))["jobs"]
    assert cancelled == {"totalCount": 1, "nodes": [{"id": old, "state": "CANCELLED"}]}


async def test_what_is_no_job_is_nothing_or_refused(project):
    caller = await a_caller(project)
    assert (await ask(caller, JOB, id=shown(ids.JOB, new_id())))["job"] is None
    assert (await refusal(caller, JOB, id=shown(ids.POOL, new_id())))[0] == "BAD_USER_INPUT"


async def test_many_jobs_cost_as_many_statements_as_one(project, statements):
    caller = await a_caller(project)
    document = "{ jobs(first: 50) { nodes { id state cursor requestedBy { id } } } }"
    taken = []
    for _ in range(2):
        for _ in range(4):
            await started(project)
        with statements.counted() as sent:
            await ask(caller, document)
        taken.append(len(sent))
    assert taken == [1, 1]
