"""The HTTP endpoint: GraphQL over HTTP as its specification says, CORS, and the GraphiQL page for browsers.

POST takes application/json; GET takes `query`, `variables`, `operationName` and refuses mutations. The answer is
application/graphql-response+json (4xx if nothing was executed) or, if the client prefers it, application/json
(200 whatever the document is like). Codes of this file: BAD_REQUEST, PAYLOAD_TOO_LARGE, NOT_ACCEPTABLE,
UNSUPPORTED_MEDIA_TYPE, METHOD_NOT_ALLOWED.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

import orjson
from graphql import GraphQLError
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from graphql_schema.context import Context
from graphql_schema.credentials import Admit, Credentials
from graphql_schema.errors import Refusal, internal_error
from graphql_schema.front import FrontSchema
from graphql_schema.negotiation import HTML, JSON, RESPONSE, is_json, preferred

CallerT = TypeVar("CallerT")
MakeContext = Callable[[CallerT, str], Context[CallerT, Any]]  # Any: the loaders are the schema's own affair
AllowOrigin = Callable[[str], Awaitable[bool]]

PAGE = Path(__file__).parent / "static" / "index.html"

_STATUS = {
    "UNAUTHENTICATED": 401,
    "KEY_REVOKED": 401,
    "KEY_EXPIRED": 401,
    "CUSTOMER_TOKEN_INVALID": 401,
    "CUSTOMER_TOKEN_EXPIRED": 401,
    "FORBIDDEN": 403,
    "ORIGIN_NOT_ALLOWED": 403,
    "METHOD_NOT_ALLOWED": 405,
    "MUTATION_NEEDS_POST": 405,
    "NOT_ACCEPTABLE": 406,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "INTERNAL_ERROR": 500,
    "SERVICE_UNAVAILABLE": 503,
}
_BY_GET = frozenset({OperationType.QUERY})
_BY_POST = frozenset({OperationType.QUERY, OperationType.MUTATION})
_TYPES = (RESPONSE, JSON)
_TYPES_AND_PAGE = (RESPONSE, JSON, HTML)
_METHODS = "GET, POST, OPTIONS"
_DROPPED_BYTES = 2**22
_NOT_BUILT = "The GraphiQL page is not built yet: run `make ui`, then reload. The API itself is ready.\n"


class GraphQLRequest(NamedTuple):
    """A well-formed GraphQL-over-HTTP request."""

    query: str
    variables: dict[str, Any] | None  # Any: JSON
    operation_name: str | None


class Unanswered(Exception):  # noqa: N818  # the client's doing
    """The client went away while it was still sending."""


class GraphQLEndpoint:
    """The ASGI application behind /graphql.

    `admit` says who asks, `make_context(caller, request_id)` makes the operation's context, `allow_origin` whether
    pages of an origin may read answers (keys are checked against origins by `admit`, not here).
    """

    def __init__(
        self,
        schema: FrontSchema,
        admit: Admit[CallerT],
        make_context: MakeContext[CallerT],
        *,
        allow_origin: AllowOrigin,
        max_body_bytes: int = 262_144,
        page: Path = PAGE,
    ) -> None:
        self._schema = schema
        self._admit: Admit[Any] = admit  # Any: the type variable ends with __init__
        self._make_context: MakeContext[Any] = make_context
        self._allow_origin = allow_origin
        self._max_body_bytes = max_body_bytes
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        try:
            response = await self._respond(scope, headers, receive)
        except Unanswered:
            return
        origin = headers.get("origin")
        if origin is not None:
            response.headers.append("Vary", "Origin")
            if await self._allow_origin(origin):
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
                raise Refusal("METHOD_NOT_ALLOWED", f"This address answers {_METHODS}.")
            if media_type is None:
                raise Refusal("NOT_ACCEPTABLE", f"Answers are {RESPONSE} or {JSON}; accept one of them.")
            if method == "POST" and not is_json(headers.get("content-type")):
                raise Refusal("UNSUPPORTED_MEDIA_TYPE", "Send the operation as application/json in UTF-8.")
            caller = await self._admit(Credentials.of_request(headers))
            if method == "GET":
                request = _from_query_string(scope["query_string"])
            else:
                request = _from_body(await self._body(headers, receive))
            result = await self._schema.execute(
                request.query,
                request.variables,
                self._make_context(caller, request_id_of(scope)),
                operation_name=request.operation_name,
                allowed_operation_types=_BY_GET if method == "GET" else _BY_POST,
            )
            return _answer(result, media_type)
        except Refusal as refusal:
            return _error_response(refusal.to_error(), media_type or RESPONSE)
        except Unanswered:
            raise
        except Exception as error:
            return _error_response(internal_error(error, "http"), media_type or RESPONSE)

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        """The request body, measured while it arrives, whatever Content-Length says.

        What is too large is read on for a while and dropped: most clients only then look for the answer.
        """
        most = self._max_body_bytes
        declared = headers.get("content-length", "")
        size = int(declared) if declared.isdecimal() and int(declared) > most + _DROPPED_BYTES else 0
        chunks: list[bytes] = []
        more = True
        while more and size <= most + _DROPPED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Unanswered
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            more = message.get("more_body", False)
            if size > most:
                chunks.clear()
            else:
                chunks.append(chunk)
        if size > most:
            raise Refusal("PAYLOAD_TOO_LARGE", f"A request body may have {most} bytes.", limit=most)
        return b"".join(chunks)

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


def request_id_of(scope: Scope) -> str:
    """The id that a middleware gave the request (`state.request_id`), or a new one."""
    known = scope.get("state", {}).get("request_id")
    return known if isinstance(known, str) else secrets.token_hex(8)


def payload_of(result: ExecutionResult) -> dict[str, object]:
    """The result as GraphQL writes it: no `data` if nothing was executed, no `errors` if there are none."""
    payload: dict[str, object] = {} if isinstance(result, PreExecutionError) else {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        payload["extensions"] = result.extensions
    return payload


def _from_body(body: bytes) -> GraphQLRequest:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refusal("BAD_REQUEST", "The request body is not JSON in UTF-8.") from None
    if isinstance(given, list):
        raise Refusal("BAD_REQUEST", "Send one operation per request: batches are not answered.")
    if not isinstance(given, dict):
        raise Refusal("BAD_REQUEST", "The request body must be a JSON object with a query.")
    return _request(given)


def _from_query_string(query_string: bytes) -> GraphQLRequest:
    try:
        fields = parse_qs(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=32
        )
        given: dict[str, object] = {name: values[-1] for name, values in fields.items()}
        for name in ("variables", "extensions"):
            if text := fields.get(name, [""])[-1]:
                given[name] = orjson.loads(text)
            else:
                given.pop(name, None)
    except orjson.JSONDecodeError:
        raise Refusal(
            "BAD_REQUEST", "The parameters variables and extensions must be JSON objects."
        ) from None
    except ValueError:
        raise Refusal("BAD_REQUEST", "The query string cannot be read.") from None
    return _request(given)


def _request(given: Mapping[str, Any]) -> GraphQLRequest:
    query, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    if not isinstance(query, str):
        raise Refusal("BAD_REQUEST", "A GraphQL request needs a query, and it must be a string.")
    if name is not None and not isinstance(name, str):
        raise Refusal("BAD_REQUEST", "operationName must be a string.")
    if variables is not None and not isinstance(variables, dict):
        raise Refusal("BAD_REQUEST", "variables must be an object.")
    if given.get("extensions") is not None and not isinstance(given["extensions"], dict):
        raise Refusal("BAD_REQUEST", "extensions must be an object.")
    return GraphQLRequest(query, variables, name or None)


def _answer(result: ExecutionResult, media_type: str) -> Response:
    status = 200
    if isinstance(result, PreExecutionError) and result.errors:
        status = _status_of(result.errors[0])
        if media_type == JSON and status == 400:
            status = 200  # well-formed HTTP: a client of the older type learns of its mistakes from the body
    return _json_response(payload_of(result), status, media_type)


def _error_response(error: GraphQLError, media_type: str) -> Response:
    response = _json_response({"errors": [error.formatted]}, _status_of(error), media_type)
    if response.status_code == 413:
        response.headers["Connection"] = "close"  # the rest of the body is not read
    return response


def _status_of(error: GraphQLError) -> int:
    return _STATUS.get(str((error.extensions or {}).get("code")), 400)


def _json_response(payload: object, status: int, media_type: str) -> Response:
    headers = {"Content-Type": f"{media_type}; charset=utf-8", "Vary": "Accept"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    elif status == 405:
        headers["Allow"] = _METHODS
    elif status == 503:
        headers["Retry-After"] = "1"
    return Response(orjson.dumps(payload), status, headers)


def _preflight(headers: Mapping[str, str]) -> Response:
    """The answer to a browser that asks whether its page may send a request; the origin is added for all answers."""
    answer = Response(status_code=204, headers={"Allow": _METHODS})
    if "access-control-request-method" in headers:
        answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
        answer.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, X-Customer-Token, X-Request-Id"
        )
        answer.headers["Access-Control-Max-Age"] = "7200"
    return answer
