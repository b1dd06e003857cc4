"""Answers in JSON, each with the HTTP status that its first error has."""

from __future__ import annotations

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from strawberry.types.execution import ExecutionResult, PreExecutionError

from graphql_schema.negotiation import JSON

METHODS = "GET, POST, OPTIONS"

_STATUS = {
    "UNAUTHENTICATED": 401,
    "KEY_REVOKED": 401,
    "KEY_EXPIRED": 401,
    "CUSTOMER_TOKEN_INVALID": 401,
    "CUSTOMER_TOKEN_EXPIRED": 401,
    "FORBIDDEN": 403,
    "ORIGIN_NOT_ALLOWED": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "MUTATION_NEEDS_POST": 405,
    "NOT_ACCEPTABLE": 406,
    "EXPORT_NOT_READY": 409,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "RANGE_NOT_SATISFIABLE": 416,
    "INTERNAL_ERROR": 500,
    "TOO_MANY_STREAMS": 429,
    "SERVICE_UNAVAILABLE": 503,
}


def payload_of(result: ExecutionResult) -> dict[str, object]:
    """The result as GraphQL writes it: no `data` if nothing was executed, no `errors` if there are none."""
    payload: dict[str, object] = {} if isinstance(result, PreExecutionError) else {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if result.extensions:
        payload["extensions"] = result.extensions
    return payload


def answer(result: ExecutionResult, media_type: str) -> Response:
    """The answer to an operation."""
    status = 200
    if isinstance(result, PreExecutionError) and result.errors:
        status = _status_of(result.errors[0])
        if media_type == JSON and status == 400:
            status = 200  # well-formed HTTP: a client of the older type learns of its mistakes from the body
    return _json_response(payload_of(result), status, media_type)


def error_response(error: GraphQLError, media_type: str) -> Response:
    """The answer to a request that got no further."""
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
        headers["Allow"] = METHODS
    elif status == 503:
        headers["Retry-After"] = "1"
    return Response(orjson.dumps(payload), status, headers)
