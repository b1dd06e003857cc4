"""The schema class: one way through an operation for tests, HTTP and sockets."""

from contextlib import aclosing

from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from structlog.testing import capture_logs

from tests.graphql_schema.little_schema import SCHEMA, Tally


async def test_nothing_of_a_refused_operation_is_executed() -> None:
    before = Tally.renamed
    mutation = 'mutation { rename(title: "x") { title } }'
    result = await SCHEMA.execute(mutation, allowed_operation_types={OperationType.QUERY})
    assert isinstance(result, PreExecutionError)
    assert [error.extensions["code"] for error in result.errors or []] == ["MUTATION_NEEDS_POST"]  # type: ignore[index]
    assert Tally.renamed == before


async def test_a_stream_of_a_query_is_its_one_result() -> None:
    async with aclosing(await SCHEMA.stream("{ one }")) as results:
        assert [result.data async for result in results] == [{"one": 1}]


async def test_a_stream_of_a_faulty_document_is_one_request_error() -> None:
    async with aclosing(await SCHEMA.stream("{ one")) as results:
        (result,) = [result async for result in results]
    assert isinstance(result, PreExecutionError)


async def test_subscribe_refuses_what_is_no_subscription() -> None:
    async with aclosing(await SCHEMA.subscribe("{ one }")) as results:
        (result,) = [result async for result in results]
    assert [error.extensions["code"] for error in result.errors or []] == ["OPERATION_NOT_ALLOWED"]  # type: ignore[index]


async def test_a_source_that_breaks_ends_the_stream_with_a_request_error() -> None:
    with capture_logs() as logs:
        async with aclosing(await SCHEMA.stream("subscription { breaks }")) as results:
            first, last = [result async for result in results]
    assert first.data == {"breaks": 1}
    assert isinstance(last, PreExecutionError)
    assert [error.extensions["code"] for error in last.errors or []] == ["INTERNAL_ERROR"]  # type: ignore[index]
    assert len(logs) == 1


async def test_closing_a_stream_closes_its_source() -> None:
    watching = Tally.watching
    async with aclosing(await SCHEMA.stream("subscription { endless }")) as results:
        async for result in results:
            assert result.data == {"endless": 0}
            assert Tally.watching == watching + 1
            break
    assert Tally.watching == watching
