"""A context is made for a connection, its loaders for an operation."""

from contextlib import aclosing

from tests.graphql_schema.little_schema import SCHEMA
from tests.graphql_schema.little_shop import make_context


async def test_two_operations_of_one_context_have_loaders_of_their_own() -> None:
    context = make_context("ann", "r1")
    first = await SCHEMA.execute("{ loaders again: loaders }", context_value=context)
    second = await SCHEMA.execute("{ loaders }", context_value=context)
    assert first.data is not None
    assert second.data is not None
    assert first.data["loaders"] == first.data["again"]
    assert second.data["loaders"] == first.data["loaders"] + 1


async def test_streamed_operations_have_loaders_of_their_own_too() -> None:
    context = make_context("ann", "r1")
    seen = []
    for _ in range(2):
        async with aclosing(await SCHEMA.stream("{ loaders }", context_value=context)) as results:
            seen.extend([result.data["loaders"] async for result in results if result.data])
    assert seen[1] == seen[0] + 1


def test_a_copy_for_an_operation_keeps_caller_clock_and_request() -> None:
    context = make_context("ann", "r1")
    before = context.loaders
    copy = context.for_operation()
    assert (copy.caller, copy.request_id, copy.now) == ("ann", "r1", context.now)
    assert copy.loaders is not before
    assert context.loaders is before
