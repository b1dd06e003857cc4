"""Limits: the shape of an operation, and what limits do to its cost, told before anything runs."""

from typing import Any

import pytest
from graphql import get_introspection_query

from graphql_schema.limits import Limits
from tests.graphql_schema.little_schema import SCHEMA, schema_with


async def refusal(query: str, variables: dict[str, Any] | None = None) -> tuple[str, str]:
    result = await SCHEMA.execute(query, variables)
    assert result.data is None
    (error,) = result.errors or []
    return error.extensions["code"], error.message  # type: ignore[index]


def _deep(levels: int) -> str:
    """`levels` levels of fields."""
    inner = "edges { node { title } }"
    depth = 4
    query = f"books(first: 1) {{ {inner} }}"
    while depth < levels:
        inner = f"nodes {{ sequels(first: 1) {{ {inner} }} }}"
        query, depth = f"books(first: 1) {{ {inner} }}", depth + 2
    return f"{{ {query} }}"


async def test_an_operation_may_be_as_deep_as_the_limit_and_no_deeper() -> None:
    assert (await SCHEMA.execute(_deep(6))).errors is None
    assert await refusal(_deep(8)) == (
        "QUERY_TOO_DEEP",
        "The operation is 8 levels deep; at most 6 are read.",
    )


async def test_fragments_do_not_hide_depth() -> None:
    query = (
        "{ books { ...A } } fragment A on BookConnection { nodes { ...B } }"
        " fragment B on Book { sequels { nodes { sequels { nodes { sequels { nodes { title } } } } } } }"
    )
    assert (await refusal(query))[0] == "QUERY_TOO_DEEP"


async def test_fragments_in_a_circle_are_a_validation_error_and_not_endless() -> None:
    result = await SCHEMA.execute(
        "{ books { nodes { ...A } } } fragment A on Book { title ...B } fragment B on Book { id ...A }"
    )
    assert {error.extensions["code"] for error in result.errors or []} == {"GRAPHQL_VALIDATION_FAILED"}  # type: ignore[index]


@pytest.mark.parametrize("links", [200, 900])
async def test_a_long_chain_of_fragments_is_refused_without_a_crash(links: int) -> None:
    wide = schema_with(Limits(tokens=100_000))
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(links))
    result = await wide.execute(f"{{ ...F0 }} {chain} fragment F{links} on Query {{ one }}")
    codes = {error.extensions["code"] for error in result.errors or []}  # type: ignore[index]
    assert codes <= {"QUERY_TOO_DEEP", "TOO_MANY_REPETITIONS"}
    assert codes or result.data == {"one": 1}


async def test_aliases_are_counted_in_the_whole_document() -> None:
    few = " ".join(f"a{n}: title" for n in range(5))
    assert (await SCHEMA.execute(f"{{ books(first: 1) {{ nodes {{ {few} }} }} }}")).errors is None
    many = "{ books { nodes { ...F a: id } } } fragment F on Book { " + few + " }"
    assert await refusal(many) == (
        "TOO_MANY_ALIASES",
        "The document has 6 aliases; at most 5 may be used.",
    )


async def test_root_fields_are_counted_through_fragments() -> None:
    query = "{ one who requestId ...F } fragment F on Query { loaders boom }"
    assert (await refusal(query))[0] == "TOO_MANY_ROOT_FIELDS"


async def test_a_document_with_too_many_tokens_is_not_read() -> None:
    code, message = await refusal("{ " + "one " * 400 + "}")
    assert code == "QUERY_TOO_LONG"
    assert message == "Document contains more than 300 tokens. Parsing aborted."


async def test_a_document_of_comments_is_not_read_either() -> None:
    assert (await refusal("# nothing\n" * 400 + "{ one }"))[0] == "QUERY_TOO_LONG"


async def test_a_document_nested_beyond_the_parser_is_too_deep() -> None:
    wide = schema_with(Limits(tokens=100_000))
    result = await wide.execute("{ books " * 5_000 + "}" * 5_000)
    (error,) = result.errors or []
    assert error.extensions["code"] == "QUERY_TOO_DEEP"  # type: ignore[index]


async def test_the_introspection_of_graphiql_passes_and_thirty_of_them_do_not() -> None:
    strict = schema_with(Limits(depth=2, tokens=4_000))
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )
    result = await strict.execute(query)
    assert result.errors is None
    assert result.extensions == {"cost": {"requested": 500, "limit": 20_000}}
    schema = "{ queryType { name } }"
    twice = await SCHEMA.execute(f"{{ a: __schema {schema} b: __schema {schema} }}")
    assert twice.extensions == {"cost": {"requested": 1_000, "limit": 1_000}}
    thrice = await SCHEMA.execute(f"{{ a: __schema {schema} b: __schema {schema} c: __schema {schema} }}")
    assert [error.extensions["code"] for error in thrice.errors or []] == ["QUERY_TOO_COSTLY"]  # type: ignore[index]


async def test_limits_set_later_hold_for_documents_read_before() -> None:
    schema = schema_with(Limits())
    query = "{ books(first: 3) { nodes { title } } }"
    assert (await schema.execute(query)).errors is None
    schema.limit(Limits(cost=2))
    result = await schema.execute(query)
    assert [error.extensions["code"] for error in result.errors or []] == ["QUERY_TOO_COSTLY"]  # type: ignore[index]
    assert len(schema.documents) == 1
