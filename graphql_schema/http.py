"""The HTTP endpoint: GraphQL over HTTP as its specification says, CORS, and the GraphiQL page for browsers.

POST takes application/json; GET takes `query`, `variables`, `operationName` and refuses mutations. The answer is
application/graphql-response+json (4xx if nothing was executed) or, if the client prefers it, application/json
(200 whatever the document is like); whoever accepts text/event-stream gets that (event_stream.py). Codes of this
file: NOT_ACCEPTABLE, UNSUPPORTED_MEDIA_TYPE, METHOD_NOT_ALLOWED.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from strawberry.types.graphql import OperationType

from graphql_schema.context import MakeContext
from graphql_schema.credentials import Admit, Credentials
from graphql_schema.errors import Refusal, internal_error
from graphql_schema.event_stream import EventStreams
from graphql_schema.front import FrontSchema
from graphql_schema.http_answer import METHODS, answer, error_response
from graphql_schema.http_request import GraphQLRequest, Unanswered, read_request, request_id_of
from graphql_schema.negotiation import EVENT_STREAM, HTML, JSON, RESPONSE, is_json, preferred

CallerT = TypeVar("CallerT")
AllowOrigin = Callable[[str], Awaitable[bool]]

PAGE = Path(__file__).parent / "static" / "index.html"

_BY_GET = frozenset({OperationType.QUERY})
_BY_POST = frozenset({OperationType.QUERY, OperationType.MUTATION})
_TYPES = (RESPONSE, JSON, EVENT_STREAM)
_TYPES_AND_PAGE = (RESPONSE, JSON, HTML, EVENT_STREAM)
_NOT_BUILT = "The GraphiQL page is not built yet: run `make ui`, then reload. The API itself is ready.\n"


class GraphQLEndpoint:
    """The ASGI application behind /graphql.

    `admit` says who asks, `make_context(caller, request_id)` makes the operation's context, `allow_origin` whether
    pages of an origin may read answers (keys are checked against origins by `admit`, not here). Without `streams`
    nothing is answered as an event stream.
    """

    def __init__(
        self,
        schema: FrontSchema,
        admit: Admit[CallerT],
        make_context: MakeContext[CallerT],
        *,
        allow_origin: AllowOrigin,
        streams: EventStreams | None = None,
        max_body_bytes: int = 262_144,
        page: Path = PAGE,
    ) -> None:
        self._schema = schema
        self._admit: Admit[Any] = admit  # Any: the type variable ends with __init__
        self._make_context: MakeContext[Any] = make_context
        self._allow_origin = allow_origin
        self._streams = streams
        self._max_body_bytes = max_body_bytes
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        origin = headers.get("origin")
        is_allowed = origin is not None and await self._allow_origin(origin)
        try:
            response = await self._respond(scope, headers, receive)
        except Unanswered:
            return
        # Nothing is awaited between the two: a stream that is not begun would never end.
        if origin is not None:
            response.headers.append("Vary", "Origin")
            if is_allowed:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Expose-Headers"] = "X-Request-Id"
        await response(scope, receive, send)

    async def _respond(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> Response:
        method = scope["method"]
        if method == "OPTIONS":
            return _preflight(headers)
        media_type = preferred(headers.get("accept"), _TYPES_AND_PAGE if method == "GET" else _TYPES)
        if media_type == HTML:
            return self._show_page()
        try:
            if method not in {"GET", "POST"}:
                raise Refusal("METHOD_NOT_ALLOWED", f"This address answers {METHODS}.")
            if media_type is None:
                raise Refusal("NOT_ACCEPTABLE", f"Answers are {', '.join(_TYPES)}; accept one of them.")
            if method == "POST" and not is_json(headers.get("content-type")):
                raise Refusal("UNSUPPORTED_MEDIA_TYPE", "Send the operation as application/json in UTF-8.")
            allowed = _BY_GET if method == "GET" else _BY_POST

            async def read() -> GraphQLRequest:
                return await read_request(scope, headers, receive, self._max_body_bytes)

            if media_type == EVENT_STREAM and self._streams is not None:
                return await self._streams.answer(headers, read, allowed, request_id_of(scope))
            caller = await self._admit(Credentials.of_request(headers))
            request = await read()
            result = await self._schema.execute(
                request.query,
                request.variables,
                self._make_context(caller, request_id_of(scope)),
                operation_name=request.operation_name,
                allowed_operation_types=allowed,
            )
            return answer(result, media_type)
        except Refusal as refusal:
            return error_response(refusal.to_error(), _of_errors(media_type))
        except Unanswered:
            raise
        except Exception as error:
            return error_response(internal_error(error, "http"), _of_errors(media_type))

    def _show_page(self) -> Response:
        headers = {
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-cache",
            "Vary": "Accept",
        }
        if not self._page.is_file():
            return PlainTextResponse(_NOT_BUILT, 503, headers)
        return FileResponse(self._page, headers=headers, media_type="text/html")


def _headers(scope: Scope) -> Mapping[str, str]:
    """The request's headers, names in lower case as ASGI has them, decoded once; of those sent twice the first."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])}


def _of_errors(media_type: str | None) -> str:
    """An event stream that never began is no event stream."""
    return RESPONSE if media_type in (None, EVENT_STREAM) else media_type


def _preflight(headers: Mapping[str, str]) -> Response:
    """The answer to a browser that asks whether its page may send a request; the origin is added for all answers."""
    answer = Response(status_code=204, headers={"Allow": METHODS})
    if "access-control-request-method" in headers:
        answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
        answer.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, Last-Event-ID, X-Customer-Token, X-Request-Id"
        )
        answer.headers["Access-Control-Max-Age"] = "7200"
    return answer
