"""Limits: shape and cost of an operation, told before anything runs."""

from typing import Any

import pytest
from graphql import build_schema, get_introspection_query, parse

from graphql_schema.limits import Limits, Scale, cost
from tests.graphql_schema.little_schema import LIMITS, SCHEMA, schema_with


async def refusal(query: str, variables: dict[str, Any] | None = None) -> tuple[str, str]:
    result = await SCHEMA.execute(query, variables)
    assert result.data is None
    (error,) = result.errors or []
    return error.extensions["code"], error.message  # type: ignore[index]


async def asked(query: str, variables: dict[str, Any] | None = None) -> int:
    """The cost that the answer tells."""
    result = await SCHEMA.execute(query, variables)
    assert result.extensions is not None
    assert result.extensions["cost"]["limit"] == LIMITS.cost
    requested: int = result.extensions["cost"]["requested"]
    return requested


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


@pytest.mark.parametrize(
    ("query", "variables", "nodes"),
    [
        ("{ one }", None, 0),
        ("{ one __typename }", None, 0),
        ('{ node(id: "1") { title } }', None, 1),
        ("{ books(first: 10) { edges { node { title } } } }", None, 10),
        ("{ books(last: 7) { nodes { title } } }", None, 7),
        ("{ books { nodes { title } } }", None, 20),
        ("{ books(first: null) { nodes { title } } }", None, 20),
        ("{ books(first: 10) { nodes { sequels(first: 3) { nodes { title } } } } }", None, 10 + 10 * 3),
        ("{ books(first: 5000) { nodes { title } } }", None, 100),
        ("{ books(first: -5) { nodes { title } } }", None, 0),
        ("query ($n: Int) { books(first: $n) { nodes { title } } }", {"n": 9}, 9),
        ("query ($n: Int) { books(first: $n) { nodes { title } } }", None, 20),
        ("query ($n: Int = 8) { books(first: $n) { nodes { title } } }", None, 8),
        (
            "query ($n: Int, $m: Int) { books(first: $n) { nodes { ...F } } }"
            " fragment F on Book { title sequels(first: $m) { nodes { id } } }",
            {"n": 4, "m": 5},
            4 + 4 * 5,
        ),
        ('{ byIds(ids: ["a", "b", "c"]) { title } }', None, 3),
        ("query ($ids: [ID!]!) { byIds(ids: $ids) { title } }", {"ids": ["a", "b"]}, 2),
        ("{ a: books(first: 2) { nodes { id } } b: books(first: 3) { nodes { id } } }", None, 5),
        ('mutation { rename(title: "x") { sequels(first: 6) { nodes { id } } } }', None, 7),
    ],
)
async def test_the_cost_is_the_number_of_nodes_asked_for(
    query: str, variables: dict[str, Any] | None, nodes: int
) -> None:
    assert await asked(query, variables) == nodes


async def test_too_costly_an_operation_is_refused_with_its_cost() -> None:
    query = "query ($n: Int) { books(first: 50) { nodes { sequels(first: $n) { nodes { title } } } } }"
    result = await SCHEMA.execute(query, {"n": 20})
    (error,) = result.errors or []
    assert error.formatted == {
        "message": "The operation asks for up to 1050 nodes; at most 1000 are served at once."
        " Ask for smaller pages.",
        "extensions": {"code": "QUERY_TOO_COSTLY"},
    }
    assert result.extensions == {"cost": {"requested": 1050, "limit": 1000}}
    assert await asked(query, {"n": 19}) == 1_000


def test_the_cost_of_exponential_fragments_is_found_at_once_and_fits_into_json() -> None:
    schema = build_schema("type Query { q: Query, page(first: Int): Query }")
    links = 60
    fragments = " ".join(
        f"fragment F{n} on Query {{ a: page(first: $n) {{ ...F{n + 1} }} b: page(first: $n) {{ ...F{n + 1} }} }}"
        for n in range(links)
    )
    document = parse(f"query ($n: Int) {{ ...F0 }} {fragments} fragment F{links} on Query {{ __typename }}")
    weight = Scale(schema, document, Limits()).weigh(document.definitions[0])  # type: ignore[arg-type]
    assert cost(weight, {"n": 100}) == 2**53 - 1


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
