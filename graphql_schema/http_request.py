"""A GraphQL-over-HTTP request, read from a body or a query string. Codes: BAD_REQUEST, PAYLOAD_TOO_LARGE."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope

from graphql_schema.errors import Refusal

_DROPPED_BYTES = 2**22


class GraphQLRequest(NamedTuple):
    """A well-formed GraphQL-over-HTTP request."""

    query: str
    variables: dict[str, Any] | None  # Any: JSON
    operation_name: str | None


class Unanswered(Exception):  # noqa: N818  # the client's doing
    """The client went away while it was still sending."""


async def read_request(
    scope: Scope, headers: Mapping[str, str], receive: Receive, most: int
) -> GraphQLRequest:
    """What a GET or a POST asks for; `most` bounds a body, in bytes."""
    if scope["method"] == "GET":
        return _from_query_string(scope["query_string"])
    return _from_body(await _body(headers, receive, most))


def request_id_of(scope: Scope) -> str:
    """The id that a middleware gave the request (`state.request_id`), or a new one."""
    known = scope.get("state", {}).get("request_id")
    return known if isinstance(known, str) else secrets.token_hex(8)


async def _body(headers: Mapping[str, str], receive: Receive, most: int) -> bytes:
    """The request body, measured while it arrives, whatever Content-Length says.

    What is too large is read on for a while and dropped: most clients only then look for the answer.
    """
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
