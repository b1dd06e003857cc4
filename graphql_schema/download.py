"""GET /exports/{job}: the file of an export, with the API's own credentials; an interrupted download goes on by Range.

Codes of this file: NOT_FOUND (404), EXPORT_NOT_READY (409), RANGE_NOT_SATISFIABLE (416), TOO_MANY_STREAMS (429);
refusals as at /graphql.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, aclosing, contextmanager, suppress
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from app import ids
from app.exports.read import Export, export_of, stretch
from app.exports.values import Format
from app.jobs.read import by_ids
from app.jobs.values import Job, JobState
from app.projects.admit import Caller, Permission
from graphql_schema.credentials import Credentials
from graphql_schema.errors import Refusal, internal_error
from graphql_schema.http_answer import error_response
from graphql_schema.negotiation import JSON

METHODS = "GET, HEAD, OPTIONS"
CHECK_SECONDS = 1.0  # a key that was revoked ends its downloads so soon
RETRY_SECONDS = 2
# Of one key in one process: each holds a part of its file for a client that may read it at any pace.
MOST_AT_ONCE = 20

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_TYPES = {Format.CSV: "text/csv; charset=utf-8; header=present", Format.JSONL: "application/jsonl"}
_EXPOSED = (
    "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Retry-After, X-Request-Id"
)


class Stretch(NamedTuple):
    """Bytes `first` to `last`, both included; a `part` of the whole, or all of it."""

    first: int
    last: int
    part: bool


class _Download(StreamingResponse):
    """The answer with the bytes, `counted` for as long as it lasts."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        status: int,
        about: Mapping[str, str],
        counted: AbstractContextManager[None],
    ) -> None:
        super().__init__(pieces, status, about)
        self._counted = counted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._counted:
            await super().__call__(scope, receive, send)


class ExportDownload:
    """The ASGI application behind /exports/{job}. Files never change, so any part of one may be fetched again."""

    def __init__(
        self, admit: Callable[[Credentials], Awaitable[Caller]], now: Callable[[], datetime]
    ) -> None:
        self._admit = admit
        self._now = now
        self._open: Counter[UUID] = Counter()  # downloads of each key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
        }
        try:
            response = await self._respond(scope, headers)
        except Refusal as refusal:
            response = error_response(refusal.to_error(), JSON)
            if refusal.code in {"EXPORT_NOT_READY", "TOO_MANY_STREAMS"}:
                response.headers["Retry-After"] = str(RETRY_SECONDS)
            elif refusal.code == "RANGE_NOT_SATISFIABLE":
                response.headers["Content-Range"] = f"bytes */{refusal.extensions['size']}"
            elif refusal.code == "METHOD_NOT_ALLOWED":
                response.headers["Allow"] = METHODS
        except Exception as error:
            response = error_response(internal_error(error, "exports"), JSON)
        if origin := headers.get("origin"):
            response.headers.append("Vary", "Origin")
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        # The key was revoked: nobody answers any more, and the server closes the connection.
        with suppress(Refusal):
            await response(scope, receive, send)

    async def _respond(self, scope: Scope, headers: Mapping[str, str]) -> Response:
        method = scope["method"]
        if method == "OPTIONS":
            return _preflight(headers)
        if method not in {"GET", "HEAD"}:
            raise Refusal("METHOD_NOT_ALLOWED", f"This address answers {METHODS}.")
        credentials = Credentials.of_request(headers)
        caller = await self._admit(credentials)
        if not caller.may(Permission.READ):
            raise Refusal("FORBIDDEN", f"This {caller.kind.lower()} key may not fetch exports.")
        job, export = await self._found(caller, scope["path_params"]["job"])
        etag = f'"{job.id.hex}"'
        about = {"ETag": etag, "Accept-Ranges": "bytes", "Cache-Control": "private, no-cache"}
        if etag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=about)
        asked = headers.get("range") if method == "GET" else None  # as RFC 9110 has it
        if asked is not None and headers.get("if-range", etag) != etag:
            asked = None  # a part of another file than the one that is here
        wanted = read_range(asked, export.size)
        about |= {
            "Content-Type": _TYPES[export.format],
            "Content-Length": str(wanted.last - wanted.first + 1),
            "Content-Disposition": f'attachment; filename="{_name_of(job, export)}"',
            "X-Content-Type-Options": "nosniff",
        }
        if wanted.part:
            about["Content-Range"] = f"bytes {wanted.first}-{wanted.last}/{export.size}"
        status = 206 if wanted.part else 200
        if method == "HEAD":
            return Response(status_code=status, headers=about)
        if self._open[caller.key] >= MOST_AT_ONCE:
            raise Refusal("TOO_MANY_STREAMS", f"{MOST_AT_ONCE} downloads of this key are under way here.")
        return _Download(self._bytes(job, wanted, credentials), status, about, self._counted(caller.key))

    async def _found(self, caller: Caller, shown: str) -> tuple[Job, Export]:
        """The export, which must be whole."""
        try:
            id_ = ids.read_as(ids.JOB, shown)
        except ids.IdError:
            raise Refusal("NOT_FOUND", "There is no such export.") from None
        job = (await by_ids(caller.project, [id_])).get(id_)
        export = None if job is None else export_of(job)
        if job is None or export is None:
            raise Refusal("NOT_FOUND", "There is no such export.")
        if job.is_open:
            raise Refusal(
                "EXPORT_NOT_READY", "The export is still being written: `jobProgress` tells when it is done."
            )
        if job.state is not JobState.DONE or (job.expires_at is not None and job.expires_at <= self._now()):
            raise Refusal(
                "NOT_FOUND", "The file of this export is not there: it failed, was cancelled, or is too old."
            )
        return job, export

    @contextmanager
    def _counted(self, key: UUID) -> Iterator[None]:
        self._open[key] += 1
        try:
            yield
        finally:
            self._open[key] -= 1
            self._open += Counter()  # leaves out what is at 0

    async def _bytes(
        self, job: Job, wanted: Stretch, credentials: Credentials
    ) -> AsyncGenerator[bytes, None]:
        checked = time.monotonic()
        async with aclosing(stretch(job, wanted.first, wanted.last)) as pieces:
            async for piece in pieces:
                if time.monotonic() - checked >= CHECK_SECONDS:
                    await self._admit(credentials)  # whoever is refused by now gets no more
                    checked = time.monotonic()
                yield piece


def read_range(asked: str | None, size: int) -> Stretch:
    """The stretch that a Range header asks for; all of it without one, or for one that is not understood here.

    Raises RANGE_NOT_SATISFIABLE for one that begins behind the end.
    """
    whole = Stretch(0, size - 1, part=False)
    found = None if asked is None else _RANGE.fullmatch(asked.replace(" ", ""))
    if found is None or found[1] == found[2] == "":
        return whole
    if found[1] == "":
        first, last = max(size - int(found[2]), 0), size - 1
        if found[2].strip("0") == "":
            first = size
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
        if found[2] and int(found[2]) < first:
            return whole
    if first >= size:
        raise Refusal("RANGE_NOT_SATISFIABLE", f"The file has {size} bytes.", size=size)
    return Stretch(first, last, part=True)


def _name_of(job: Job, export: Export) -> str:
    what = export.what.value.lower().replace("_", "-")
    return f"{what}-{job.created_at:%Y%m%d-%H%M%S}.{export.format.value.lower()}"


def _preflight(headers: Mapping[str, str]) -> Response:
    answer = Response(status_code=204, headers={"Allow": METHODS})
    if "access-control-request-method" in headers:
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        answer.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Range, If-Range, If-None-Match, X-Request-Id"
        )
        answer.headers["Access-Control-Max-Age"] = "7200"
    return answer
