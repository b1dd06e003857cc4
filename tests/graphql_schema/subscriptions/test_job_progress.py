"""jobProgress: the job at once, its changes, its end."""

import asyncio

import pytest

from app import ids
from app.ids import new_id
from app.projects.values import KeyKind
from tests.exports.shop import carried_out, many_redemptions, started
from tests.graphql_schema.asking import a_caller, followed
from tests.graphql_schema.shop import shown

FOLLOW = """subscription ($id: ID!) { jobProgress(id: $id) {
  id state progress { done total share } rows downloadUrl
} }"""


async def test_a_job_is_told_at_once_and_to_its_end(project):
    await many_redemptions(project, 300)
    job = await started(project)
    id_ = shown(ids.JOB, job.id)
    states = []
    async with asyncio.timeout(30), followed(await a_caller(project), FOLLOW, id=id_) as results:
        async for result in results:
            assert not result.errors
            states.append(result.data["jobProgress"])
            if len(states) == 1:
                working = asyncio.create_task(carried_out(job, part_bytes=20_000))
        await working
    assert states[0] == {
        "id": id_,
        "state": "QUEUED",
        "rows": 0,
        "downloadUrl": None,
        "progress": {"done": 0, "total": None, "share": None},
    }
    assert states[-1] == {
        "id": id_,
        "state": "DONE",
        "rows": 300,
        "downloadUrl": f"/exports/{id_}",
        "progress": {"done": 300, "total": 300, "share": "1"},
    }
    rows = [state["rows"] for state in states]
    assert rows == sorted(rows)


async def test_whoever_comes_after_the_end_is_told_of_it_and_nothing_more(project):
    job = await carried_out(await started(project))
    async with (
        asyncio.timeout(30),
        followed(await a_caller(project), FOLLOW, id=shown(ids.JOB, job.id)) as results,
    ):
        assert [result.data["jobProgress"]["state"] async for result in results] == ["DONE"]


@pytest.mark.parametrize("prefix", [ids.JOB, ids.POOL])
async def test_what_is_no_job_is_refused(project, prefix):
    async with followed(await a_caller(project), FOLLOW, id=shown(prefix, new_id())) as results:
        [result] = [result async for result in results]
    assert result.errors[0].extensions["code"] == "BAD_USER_INPUT"


async def test_storefronts_and_merchants_may_not_follow_jobs(project):
    id_ = shown(ids.JOB, (await started(project)).id)
    for kind, more in ((KeyKind.STOREFRONT, {}), (KeyKind.MERCHANT, {"redemption_point": "till 7"})):
        async with followed(await a_caller(project, kind, **more), FOLLOW, id=id_) as results:
            [result] = [result async for result in results]
        assert result.errors[0].extensions["code"] == "FORBIDDEN"
