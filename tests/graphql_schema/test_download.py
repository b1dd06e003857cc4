"""Downloads: whole, in parts, resumed; and who may not have them."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from app import ids
from app.database import execute
from app.exports.values import Format, What
from app.ids import new_id
from app.jobs.cancel import cancel
from app.projects.admit import NotAdmitted, admit
from app.projects.values import KeyKind
from graphql_schema import download
from graphql_schema.download import ExportDownload, Stretch, read_range
from graphql_schema.errors import Refusal
from tests.conftest import NOW
from tests.exports.shop import carried_out, file_of, many_redemptions, started
from tests.projects.shop import SIGNER, a_key


async def admitted(credentials):
    answer = await admit(
        credentials.authorization, credentials.customer_token, credentials.origin, NOW, SIGNER
    )
    if isinstance(answer, NotAdmitted):
        raise Refusal(answer.code, answer.message)
    return answer


@asynccontextmanager
async def fetching(project, kind=KeyKind.SERVER, **more):
    """A client with a key of the project."""
    app = Starlette(routes=[Route("/exports/{job}", ExportDownload(admitted, lambda: datetime.now(UTC)))])
    key = await a_key(project, kind, **more)
    headers = {"Authorization": f"Bearer {key.secret}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop", headers=headers) as client:
        yield client


@pytest.fixture
async def job(project):
    """A finished export of some 20 kB in parts of 1,000 bytes."""
    await many_redemptions(project, 50)
    return await carried_out(await started(project), part_bytes=1_000)


def at(job) -> str:
    return f"/exports/{ids.show(ids.JOB, job.id)}"


def code_of(answer) -> str:
    return answer.json()["errors"][0]["extensions"]["code"]


async def test_a_file_is_fetched_whole_with_all_that_a_browser_wants_to_know(project, job):
    whole = await file_of(job)
    async with fetching(project) as client:
        answer, head = await client.get(at(job)), await client.head(at(job))
    assert (answer.status_code, answer.content) == (200, whole)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == 'attachment; filename="redemptions-20260601-120000.csv"'
    assert answer.headers["content-length"] == str(len(whole))
    assert answer.headers["etag"] == f'"{job.id.hex}"'
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(answer.headers)


async def test_an_interrupted_download_goes_on_where_it_stopped(project, job):
    whole = await file_of(job)
    async with fetching(project) as client:
        first = await client.get(at(job), headers={"Range": "bytes=0-7776"})
        rest = await client.get(at(job), headers={"Range": "bytes=7777-", "If-Range": first.headers["etag"]})
        last = await client.get(at(job), headers={"Range": "bytes=-10"})
        other = await client.get(at(job), headers={"Range": "bytes=7777-", "If-Range": '"another"'})
        beyond = await client.get(at(job), headers={"Range": f"bytes={len(whole)}-"})
        head = await client.head(at(job), headers={"Range": "bytes=0-9"})
        known = await client.get(at(job), headers={"If-None-Match": first.headers["etag"]})
    assert [each.status_code for each in (first, rest, last, other, beyond, known)] == [
        206,
        206,
        206,
        200,
        416,
        304,
    ]
    assert first.content + rest.content == whole
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole)))
    assert rest.headers["content-range"] == f"bytes 7777-{len(whole) - 1}/{len(whole)}"
    assert (last.content, other.content) == (whole[-10:], whole)
    assert (code_of(beyond), beyond.headers["content-range"]) == (
        "RANGE_NOT_SATISFIABLE",
        f"bytes */{len(whole)}",
    )


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (None, Stretch(0, 99, part=False)),
        ("bytes=0-0", Stretch(0, 0, part=True)),
        ("bytes=90-200", Stretch(90, 99, part=True)),
        ("bytes=-200", Stretch(0, 99, part=True)),
        ("bytes=0-1,3-4", Stretch(0, 99, part=False)),
        ("bytes=5-3", Stretch(0, 99, part=False)),
        ("bytes=-", Stretch(0, 99, part=False)),
        ("lines=1-2", Stretch(0, 99, part=False)),
    ],
)
def test_a_range_is_read_as_http_says(asked, wanted):
    assert read_range(asked, 100) == wanted


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(asked):
    with pytest.raises(Refusal) as refused:
        read_range(asked, 100)
    assert refused.value.code == "RANGE_NOT_SATISFIABLE"


async def test_an_empty_file_is_a_file(project):
    job = await carried_out(await started(project, What.REDEMPTIONS, Format.JSONL))
    async with fetching(project) as client:
        answer = await client.get(at(job))
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")
    assert answer.headers["content-type"] == "application/jsonl"


async def test_what_is_not_written_yet_is_asked_for_later(project):
    waiting = await started(project)
    async with fetching(project) as client:
        answer = await client.get(at(waiting))
        assert (answer.status_code, code_of(answer)) == (409, "EXPORT_NOT_READY")
        assert answer.headers["retry-after"] == "2"
        await cancel(project, waiting.id, NOW)
        assert (await client.get(at(waiting))).status_code == 404


async def test_what_is_somebody_else_s_or_too_old_or_nothing_is_not_there(project, another_project, job):
    async with fetching(another_project) as client:
        assert (await client.get(at(job))).status_code == 404
    async with fetching(project) as client:
        for path in (f"/exports/{ids.show(ids.JOB, new_id())}", "/exports/what", f"/exports/{new_id()}"):
            answer = await client.get(path)
            assert (answer.status_code, code_of(answer)) == (404, "NOT_FOUND")
        gone = datetime.now(UTC) - timedelta(seconds=1)
        await execute("UPDATE jobs SET expires_at = $2 WHERE id = $1", job.id, gone)
        assert (await client.get(at(job))).status_code == 404


async def test_only_keys_that_read_everything_get_it(project, job):
    for kind, more in ((KeyKind.STOREFRONT, {}), (KeyKind.MERCHANT, {"redemption_point": "till 7"})):
        async with fetching(project, kind, **more) as client:
            answer = await client.get(at(job))
            assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")
    async with fetching(project) as client:
        answer = await client.get(at(job), headers={"Authorization": "Bearer nonsense"})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        refused = await client.delete(at(job))
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_a_key_that_is_revoked_gets_nothing_more(project, job, monkeypatch):
    monkeypatch.setattr(download, "CHECK_SECONDS", 0)
    key = await a_key(project)
    scope = {
        "type": "http",
        "method": "GET",
        "path_params": {"job": ids.show(ids.JOB, job.id)},
        "headers": [(b"authorization", f"Bearer {key.secret}".encode())],
    }
    sent: list[bytes] = []

    async def send(message):
        if message["type"] == "http.response.body":
            sent.append(message["body"])
            if len(sent) == 3:
                await execute("UPDATE api_keys SET revoked_at = $2 WHERE id = $1", key.key.id, NOW)

    async def receive():
        await asyncio.Event().wait()

    await ExportDownload(admitted, lambda: NOW)(scope, receive, send)
    assert b"".join(sent) == (await file_of(job))[: 3 * 1_000]


async def test_pages_of_other_origins_may_fetch_it_with_a_key(project, job):
    async with fetching(project) as client:
        asked = {"Origin": "https://board.example", "Access-Control-Request-Method": "GET"}
        before = await client.options(at(job), headers=asked)
        answer = await client.get(at(job), headers={"Origin": "https://board.example"})
    assert before.status_code == 204
    assert "Range" in before.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-origin"] == "https://board.example"
    assert "Content-Range" in answer.headers["access-control-expose-headers"]


async def test_a_key_has_so_many_downloads_at_once_and_no_more(project, job, monkeypatch):
    monkeypatch.setattr(download, "MOST_AT_ONCE", 2)
    key = await a_key(project)
    going, go_on = asyncio.Queue(), asyncio.Event()
    downloads = ExportDownload(admitted, lambda: NOW)
    scope = {
        "type": "http",
        "method": "GET",
        "path_params": {"job": ids.show(ids.JOB, job.id)},
        "headers": [(b"authorization", f"Bearer {key.secret}".encode())],
    }

    async def fetched():
        """The status, once the client reads on."""
        statuses = []

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                going.put_nowait(statuses[0])
                if statuses == [200]:
                    await go_on.wait()

        await downloads(scope, asyncio.Event().wait, send)
        return statuses[0]

    slow = [asyncio.create_task(fetched()) for _ in range(2)]
    assert [await going.get() for _ in slow] == [200, 200]
    assert await fetched() == 429
    go_on.set()
    assert await asyncio.gather(*slow) == [200, 200]
    assert await fetched() == 200
