"""Cost: the nodes an operation may make us fetch, told before anything runs."""

from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse

from graphql_schema.cost import Scale, cost
from graphql_schema.limits import Limits
from graphql_schema.schema import schema
from tests.graphql_schema.little_schema import LIMITS, SCHEMA

EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "operations").glob("*.graphql"))


async def asked(query: str, variables: dict[str, Any] | None = None) -> int:
    """The cost that the answer tells."""
    result = await SCHEMA.execute(query, variables)
    assert result.extensions is not None
    assert result.extensions["cost"]["limit"] == LIMITS.cost
    requested: int = result.extensions["cost"]["requested"]
    return requested


def weighed(query: str) -> int:
    """The cost of an operation on the real schema."""
    document = parse(query)
    [operation] = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return cost(Scale(schema._schema, document, Limits()).weigh(operation), {})


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


@pytest.mark.parametrize(
    ("query", "nodes"),
    [
        ("{ redemptions(first: 100) { nodes { cart { lines { sku } } } } }", 100 * (1 + 1 + 10)),
        (
            "{ redemptions(first: 100) { edges { node { cart { lines { amount { text } } } } } } }",
            100 * (1 + 1 + 10 * 2),
        ),
        (
            "{ campaigns(first: 100) { nodes { redemptions(first: 100) { nodes { cart { lines { sku } } } } } } }",
            100 * (1 + 100 * (1 + 1 + 10)),
        ),
        ("{ ruleCatalogue { kind } }", 10),
        ('{ node(id: "x") { ... on Redemption { vouchers { code campaign { name } } } } }', 1 + 10 * 2),
        ("{ redemptions { pageInfo { hasNextPage } } }", 20),
    ],
)
def test_a_list_without_a_page_size_counts_as_ten_and_multiplies(query: str, nodes: int) -> None:
    assert weighed(query) == nodes


def test_lists_in_which_a_tree_goes_on_count_as_two() -> None:
    rule = "kind"
    for kind in ("AllOf", "AnyOf", "NoneOf", "AllOf"):
        rule = f"... on {kind} {{ rules {{ {rule} }} }}"
    assert weighed(f"{{ campaigns(first: 100) {{ nodes {{ offer {{ rule {{ {rule} }} }} }} }} }}") == 100 * (
        3 + 2 + 4 + 8 + 16
    )
    reasons = "reasons { code alternatives { reasons { code alternatives { reasons { code } } } } }"
    assert weighed(f"{{ rejectedRedemptions(first: 10) {{ nodes {{ {reasons} }} }} }}") == 10 * (
        1 + 10 * (1 + 2 + 4 + 8 + 16)
    )


@pytest.mark.parametrize(
    ("query", "nodes"),
    [
        ('{ bestCombination(cart: {currency: "EUR", lines: []}) { isExact } }', 2_001),
        ('{ wallet(cart: {currency: "EUR", lines: []}) { bestCombination { isExact } } }', 1 + 2_001),
        (
            '{ offers(cart: {currency: "EUR", lines: []}, first: 50) { state worth { amount } } }',
            50 * (21 + 1),
        ),
        ("{ segments(first: 100) { nodes { name } } }", 100),
        ("{ segments(first: 100) { nodes { name memberCount } } }", 100 * 201),
    ],
)
def test_what_takes_long_counts_more_than_a_node(query: str, nodes: int) -> None:
    assert weighed(query) == nodes


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_example_of_graphiql_is_far_from_too_costly(file: Path) -> None:
    assert weighed(file.read_text()) <= Limits().cost // 4
