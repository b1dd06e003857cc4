"""Repetition: counted as validation would have to compare it, and refused before that."""

import time

import pytest
from graphql import get_introspection_query, parse

from graphql_schema.limits import Limits
from graphql_schema.repetition import repeats_too_much
from tests.graphql_schema.little_schema import schema_with


def exactly(query: str, cost: int) -> bool:
    document = parse(query)
    return repeats_too_much(document, cost - 1) and not repeats_too_much(document, cost)


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ a b c }", 3),
        ("{ a a a }", 3 + 3),
        ("{ x: a x: a y: a }", 3 + 1),
        ("{ a { b } a { b } }", 4 + 1 + 1),
        ("{ a { b b } a { b b } }", 6 + 1 + 6),
        ("{ a ... { a } ... on Query { a } }", 5 + 3),
        ("{ ...F ...G } fragment F on Query { a } fragment G on Query { a }", 4 + 1 + 1),
        ("fragment F on Query { a a ...G } fragment G on Query { b }", 4 + 1),
        ("{ ...F } fragment F on Query { b { ...F } }", 3),
        ("{ ...Missing }", 1),
        ("query A { a a } query B { a a }", 2 * (2 + 1)),
    ],
)
def test_selections_count_and_pairs_that_meet(query: str, cost: int) -> None:
    assert exactly(query, cost)


def test_what_clients_ask_is_far_from_the_limit() -> None:
    assert not repeats_too_much(parse(get_introspection_query()), 500)


@pytest.mark.parametrize(
    "repeated",
    [
        "{ books { nodes { %s } } }" % ("title " * 1_000),
        "{ books { nodes { %s } } }" % ("sequels(first: 1) { nodes { title } } " * 250),
        "{ books { nodes { title } } } fragment Unused on Book { %s }" % ("title " * 1_000),
        "{ books { nodes { %s } } } fragment F on Book { title }" % ("...F " * 1_000),
    ],
)
async def test_a_document_that_repeats_itself_is_refused_before_it_costs_anything(repeated: str) -> None:
    took = []
    for _ in range(3):  # of which the best counts: a collection of garbage may come in between
        schema = schema_with(Limits())
        began = time.process_time()
        result = await schema.execute(repeated)
        took.append(time.process_time() - began)
        (error,) = result.errors or []
        assert (error.extensions or {})["code"] == "TOO_MANY_REPETITIONS"
    assert min(took) < 0.1
