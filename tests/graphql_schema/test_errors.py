"""Errors: a code and a sentence of ours for everything, and no Python text."""

from typing import Any

import asyncpg
import pytest
from graphql import GraphQLError
from structlog.testing import capture_logs

from graphql_schema.errors import Refusal, field_errors, internal_error
from tests.graphql_schema.little_schema import SCHEMA


async def errors_of(query: str, variables: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    result = await SCHEMA.execute(query, variables)
    return [dict(error.formatted) for error in result.errors or []]


async def test_an_unexpected_error_is_masked_and_its_traceback_logged_under_the_reference() -> None:
    with capture_logs() as logs:
        (error,) = await errors_of("query Fails { boom }")
    reference = error["extensions"]["reference"]
    assert error == {
        "message": f"Something went wrong on our side. Quote reference {reference}.",
        "locations": [{"line": 1, "column": 15}],
        "path": ["boom"],
        "extensions": {"code": "INTERNAL_ERROR", "reference": reference},
    }
    (entry,) = logs
    assert (entry["log_level"], entry["reference"], entry["operation"]) == ("error", reference, "Fails")
    assert str(entry["exc_info"]) == "the password is swordfish"
    assert entry["exc_info"].__traceback__ is not None


async def test_the_same_exception_in_many_fields_is_logged_once_and_has_one_reference() -> None:
    with capture_logs() as logs:
        errors = await errors_of("{ a: boom b: boom boom }")
    assert [error["path"] for error in errors] == [["a"], ["b"], ["boom"]]
    assert len({error["extensions"]["reference"] for error in errors}) == 1
    assert len(logs) == 1


@pytest.mark.parametrize(
    "cause",
    [
        asyncpg.LockNotAvailableError("canceling statement due to lock timeout"),
        asyncpg.DeadlockDetectedError("deadlock detected"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_a_busy_database_is_no_fault_and_asking_again_is_advised(cause: Exception) -> None:
    with capture_logs() as logs:
        [of_field] = field_errors([GraphQLError("x", original_error=cause, path=["one"])], "Asks")
        of_request = internal_error(cause, "admission")
    message = "The database is busy. Ask again in a second, a mutation with the same idempotency key."
    assert of_field.formatted == {
        "message": message,
        "path": ["one"],
        "extensions": {"code": "SERVICE_UNAVAILABLE"},
    }
    assert of_request.formatted == {"message": message, "extensions": {"code": "SERVICE_UNAVAILABLE"}}
    assert [(entry["event"], entry["log_level"], entry["error"]) for entry in logs] == [
        ("database busy", "warning", type(cause).__name__)
    ] * 2


async def test_a_refusal_is_told_as_it_is_and_not_logged() -> None:
    with capture_logs() as logs:
        (error,) = await errors_of("{ refused }")
    assert error == {
        "message": "Only members may see this.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["refused"],
        "extensions": {"code": "FORBIDDEN", "permission": "READ"},
    }
    assert logs == []


@pytest.mark.parametrize(
    ("query", "variables", "code", "message"),
    [
        ("{ one", None, "GRAPHQL_PARSE_FAILED", "Syntax Error: Expected Name, found <EOF>."),
        ("", None, "GRAPHQL_PARSE_FAILED", "Syntax Error: Unexpected <EOF>."),
        (
            "{ none }",
            None,
            "GRAPHQL_VALIDATION_FAILED",
            "Cannot query field 'none' on type 'Query'. Did you mean 'node' or 'one'?",
        ),
        (
            "{ echo(price: 2) }",
            None,
            "BAD_USER_INPUT",
            "Expected value of type 'Price': A price is written as a string such as \"1.50\".",
        ),
        (
            '{ echo(price: "two") }',
            None,
            "GRAPHQL_VALIDATION_FAILED",
            "Expected value of type 'Price', but what was given cannot be read as one.",
        ),
        (
            'query { rough(value: "ten") }',
            None,
            "GRAPHQL_VALIDATION_FAILED",
            "Expected value of type 'Rough', but what was given cannot be read as one.",
        ),
        (
            "query ($value: Rough!) { rough(value: $value) }",
            {"value": [None, True]},
            "BAD_USER_INPUT",
            "Variable '$value' has invalid value: Expected value of type 'Rough', but what was given"
            " cannot be read as one.",
        ),
        (
            "query ($wanted: Wanted) { echo(wanted: $wanted) }",
            {"wanted": {"price": 1.5}},
            "BAD_USER_INPUT",
            "Variable '$wanted' has invalid value at .price: Expected value of type 'Price':"
            ' A price is written as a string such as "1.50".',
        ),
        (
            "query ($wanted: Wanted) { echo(wanted: $wanted) }",
            {"wanted": {"price": "1", "prize": None}},
            "BAD_USER_INPUT",
            "Variable '$wanted' has invalid value: Expected value of type 'Wanted' not to include unknown field"
            " 'prize'. Did you mean 'price'?",
        ),
        (
            "query ($wanted: Wanted) { echo(wanted: $wanted) }",
            {"wanted": {"rough": None}},
            "BAD_USER_INPUT",
            "Variable '$wanted' has invalid value: Expected value of type 'Wanted' to include required field 'price'.",
        ),
        (
            "query ($wanted: Wanted) { echo(wanted: $wanted) }",
            {"wanted": ["x"]},
            "BAD_USER_INPUT",
            "Variable '$wanted' has invalid value: Expected value of type 'Wanted' to be an object.",
        ),
        (
            "query ($times: Int!) { echo(times: $times) }",
            {"times": None},
            "BAD_USER_INPUT",
            "Variable '$times' has invalid value: Expected value of non-null type 'Int!' not to be null.",
        ),
        (
            "query ($times: Int!) { echo(times: $times) }",
            {"times": True},
            "BAD_USER_INPUT",
            "Variable '$times' has invalid value: Int cannot represent non-integer value.",
        ),
        (
            "query ($times: Int = 2) { echo(times: $times) }",
            {"times": None},
            "BAD_USER_INPUT",
            "Argument 'times' has invalid value: Expected variable '$times' provided to non-null type 'Int!'"
            " not to be null.",
        ),
        (
            "query A { one } query B { one }",
            None,
            "OPERATION_NOT_FOUND",
            "The document has several operations: name one in operationName.",
        ),
        ("fragment F on Query { one }", None, "GRAPHQL_VALIDATION_FAILED", "Fragment 'F' is never used."),
        (
            "subscription { count(upTo: 1) }",
            None,
            "SUBSCRIPTION_NEEDS_WEBSOCKET",
            "A subscription goes on: connect to this address by WebSocket with the subprotocol graphql-transport-ws,"
            " or accept text/event-stream.",
        ),
    ],
)
async def test_a_mistake_of_the_client_gets_its_code_and_a_sentence_and_is_not_logged(
    query: str, variables: dict[str, Any] | None, code: str, message: str
) -> None:
    with capture_logs() as logs:
        (error,) = await errors_of(query, variables)
    assert (error["extensions"]["code"], error["message"]) == (code, message)
    assert logs == []


async def test_a_list_of_faulty_variables_gives_one_error_each() -> None:
    errors = await errors_of(
        "query ($a: Int!, $b: Price!) { echo(times: $a, price: $b) }", {"a": "x", "b": {"None": None}}
    )
    assert [error["extensions"]["code"] for error in errors] == ["BAD_USER_INPUT", "BAD_USER_INPUT"]
    assert not any("None" in error["message"] or "'x'" in error["message"] for error in errors)


async def test_an_argument_error_keeps_the_rest_of_the_answer() -> None:
    result = await SCHEMA.execute("query ($p: Int = 1) { one boom: echo(times: $p) refused }", {"p": None})
    assert result.data is None  # echo is not nullable, so its error takes the whole answer
    assert [error.extensions["code"] for error in result.errors or []] == ["BAD_USER_INPUT"]


def test_a_refusal_becomes_an_error_with_its_extensions() -> None:
    error = Refusal("RATE_LIMITED", "Wait a little.", retry_after=3).to_error()
    assert error.formatted == {
        "message": "Wait a little.",
        "extensions": {"code": "RATE_LIMITED", "retry_after": 3},
    }
