"""Which variables decide what a subscription tells."""

import pytest
from graphql import OperationDefinitionNode, build_schema, parse

from graphql_schema.shared_variables import deciding_variables

SCHEMA = build_schema(
    """
    scalar Cursor
    input Filter { after: Cursor, channel: String }
    type Item { at(after: Cursor): Int }
    type Query { list(after: Cursor): Int }
    type Subscription { feed(after: Cursor, from: String, filter: Filter): Item }
    """
)


@pytest.mark.parametrize(
    ("document", "deciding"),
    [
        ("subscription ($c: Cursor, $f: String) { feed(after: $c, from: $f) { at } }", []),
        ("subscription ($c: Cursor, $f: Filter) { feed(after: $c, filter: $f) { at } }", ["f"]),
        ("subscription ($c: Cursor, $f: Filter) { feed(filter: $f, after: $c) { at } }", ["f"]),
        ("subscription ($c: Cursor) { ...f } fragment f on Subscription { feed(after: $c) { at } }", []),
        # The same name on something else decides.
        ("subscription ($c: Cursor) { feed { at(after: $c) } }", ["c"]),
        ("subscription ($c: Cursor) { feed(after: $c) { at(after: $c) } }", ["c"]),
        ("subscription ($c: Cursor) { feed(filter: {after: $c}) { at } }", ["c"]),
        (
            "subscription ($b: Boolean!, $a: Boolean!) { feed { at @skip(if: $b) @include(if: $a) } }",
            ["a", "b"],
        ),
        ("query ($c: Cursor) { list(after: $c) }", ["c"]),
    ],
)
def test_only_a_variable_that_says_where_to_begin_and_nothing_else_does_not_decide(document, deciding):
    node = parse(document)
    operation = node.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert deciding_variables(SCHEMA, node, operation) == deciding
