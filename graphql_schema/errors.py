"""Every error a client sees: a code, a sentence of ours, and never the text of an exception.

Codes that come from here: GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED, BAD_USER_INPUT (variables and arguments),
OPERATION_NOT_FOUND, SERVICE_UNAVAILABLE (the database is away or busy), INTERNAL_ERROR; the limits, admission and
the transports raise `Refusal` with their own.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence

import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import StrawberryInputCoercionError

from app.database.away import is_away, is_busy

log = structlog.get_logger(__name__)

_AWAY = "The database cannot be reached. Ask again in a second, a mutation with the same idempotency key."
_BUSY = "The database is busy. Ask again in a second, a mutation with the same idempotency key."

_ENCOUNTERED = re.compile(r", but encountered error '.*'; found: .*", re.DOTALL)
_FOUND = re.compile(r"(?:, f| F)ound: .*", re.DOTALL)
_ECHOED_VALUE = re.compile(r"(cannot represent [^:]*?): .*", re.DOTALL)
_NOT_NONE = "not to be None."
# Strawberry advises whoever wrote the schema, in Python's words; this is for whoever asks.
_MAYBE = re.compile(r"Expected value of type '\w+', found null\. Field.* of type 'Maybe\[.*", re.DOTALL)
_LEFT_OUT = "A field that may be left out was given as null: leave it out instead."


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not a fault
    """Something the caller may not do or have, told exactly as it is here.

    `code` is UPPER_SNAKE for programs, `message` one sentence for people; further keywords join `extensions`.
    Raised by admission and limits, by a resolver, or by a scalar that cannot read its input.
    """

    def __init__(self, code: str, message: str, **extensions: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extensions: dict[str, object] = {"code": code, **extensions}

    def to_error(self) -> GraphQLError:
        """The refusal as a GraphQL error without a place in the document."""
        return GraphQLError(self.message, extensions=self.extensions)


def parse_errors(error: GraphQLError) -> list[GraphQLError]:
    """Why a document could not be read; the parser's own limits become QUERY_TOO_LONG and QUERY_TOO_DEEP."""
    code, message = "GRAPHQL_PARSE_FAILED", error.message
    if "nested too deeply" in message:
        code = "QUERY_TOO_DEEP"
    elif "Parsing aborted" in message:
        code = "QUERY_TOO_LONG"
    if code != "GRAPHQL_PARSE_FAILED" and isinstance(error, GraphQLSyntaxError):
        message = message.removeprefix("Syntax Error: ")
    return [_coded(error, code, message)]


def validation_errors(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Why a document does not fit the schema."""
    return [_input_error(error, "GRAPHQL_VALIDATION_FAILED", literal=True) for error in errors]


def variable_errors(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Why the variables do not fit the operation."""
    return [_input_error(error, "BAD_USER_INPUT", literal=False) for error in errors]


def field_errors(errors: Sequence[GraphQLError], operation: str | None) -> list[GraphQLError]:
    """What went wrong while fields were resolved: refusals as they are, everything unexpected masked and logged.

    All masked errors of one answer share one reference; equal exceptions are logged once.
    """
    reference: str | None = None
    logged: set[tuple[type[BaseException], str]] = set()
    shown: list[GraphQLError] = []
    for error in errors:
        expected = _expected(error)
        if expected is None:
            cause = _bottom(error)
            if unavailable := _unavailable(cause, operation=operation):
                shown.append(_coded(error, "SERVICE_UNAVAILABLE", unavailable))
                continue
            reference = reference or secrets.token_hex(6)
            if (kind := (type(cause), str(cause))) not in logged:
                logged.add(kind)
                log.error(
                    "operation failed",
                    reference=reference,
                    operation=operation,
                    path=error.path,
                    exc_info=cause,
                )
            expected = _coded(error, "INTERNAL_ERROR", _sorry(reference), reference=reference)
        shown.append(expected)
    return shown


def internal_error(cause: BaseException, where: str) -> GraphQLError:
    """Mask an exception that belongs to no field; its traceback is logged under the reference that is shown."""
    if unavailable := _unavailable(cause, where=where):
        return GraphQLError(unavailable, extensions={"code": "SERVICE_UNAVAILABLE"})
    reference = secrets.token_hex(6)
    log.error("operation failed", reference=reference, where=where, exc_info=cause)
    return GraphQLError(_sorry(reference), extensions={"code": "INTERNAL_ERROR", "reference": reference})


def _unavailable(cause: BaseException, **place: str | None) -> str | None:
    """What to say where nobody made a mistake and asking again helps; logged in one line."""
    if is_away(cause):
        log.warning("database away", **place, error=type(cause).__name__)
        return _AWAY
    if is_busy(cause):
        log.warning("database busy", **place, error=type(cause).__name__)
        return _BUSY
    return None


def _sorry(reference: str) -> str:
    return f"Something went wrong on our side. Quote reference {reference}."


def _bottom(error: GraphQLError) -> BaseException:
    """The exception that started it; a GraphQLError if GraphQL itself complained, or a resolver as GraphQL does."""
    bottom: BaseException = error
    while isinstance(bottom, GraphQLError) and bottom.original_error is not None:
        bottom = bottom.original_error
    return bottom


def _expected(error: GraphQLError) -> GraphQLError | None:
    bottom = _bottom(error)
    if isinstance(bottom, Refusal):
        return GraphQLError(bottom.message, error.nodes, path=error.path, extensions=bottom.extensions)
    if not isinstance(bottom, GraphQLError):
        return None
    if isinstance(bottom, StrawberryInputCoercionError) or _is_argument_error(bottom):
        return _input_error(error, "BAD_USER_INPUT", literal=False)
    return error if "code" in (error.extensions or {}) else None


def _is_argument_error(error: GraphQLError) -> bool:
    """GraphQL reports an argument that a variable spoils only when the field is executed."""
    return error.message.startswith("Argument '") and (
        " has invalid value" in error.message or " was not provided" in error.message
    )


def _input_error(error: GraphQLError, code: str, *, literal: bool) -> GraphQLError:
    """Rewrite what graphql-core says about input: no exception text, no Python values.

    A literal is echoed as GraphQL wrote it; a variable's value would be echoed as Python prints it, so it is left out.
    """
    message = _MAYBE.sub(_LEFT_OUT, error.message.replace(_NOT_NONE, "not to be null."))
    bottom = _bottom(error)
    refusal = bottom if isinstance(bottom, Refusal) else None
    if refusal is not None:
        code = refusal.code
        message = _ENCOUNTERED.sub(lambda _: f": {refusal.message}", message)
    elif _ENCOUNTERED.search(message):
        message = _ENCOUNTERED.sub(", but what was given cannot be read as one.", message)
    elif not literal:
        message = _FOUND.sub("", message)
    if not literal or "Value cannot represent" in message:
        message = _ECHOED_VALUE.sub(r"\1", message)
    if message[-1] not in ".?":
        message += "."
    extensions = refusal.extensions if refusal is not None else {}
    return _coded(error, code, message, **{key: value for key, value in extensions.items() if key != "code"})


def _coded(error: GraphQLError, code: str, message: str, **extensions: object) -> GraphQLError:
    return GraphQLError(
        message,
        error.nodes,
        error.source,
        error.positions,
        error.path,
        extensions={"code": code, **extensions},
    )
