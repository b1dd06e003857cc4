"""What requests for one operation have in common is prepared once, and no request leaves anything behind in it."""

import gc
from typing import Any

import pytest
import strawberry
from graphql import parse

from graphql_schema.front import FrontSchema
from graphql_schema.preparation import selects_by_variables
from graphql_schema.steps import Selections


@strawberry.type
class Tree:
    name: str

    @strawberry.field
    def branches(self, count: int = 1) -> list["Tree"]:
        return [Tree(name=f"{self.name}{number}") for number in range(count)]


@strawberry.type
class Query:
    @strawberry.field
    def tree(self, name: str = "t") -> Tree:
        return Tree(name=name)

    @strawberry.field
    def fails(self) -> int | None:
        raise ValueError("broken")


SCHEMA = FrontSchema(Query)


async def _data(query: str, variables: dict[str, Any] | None = None, name: str | None = None) -> Any:
    result = await SCHEMA.execute(query, variables, operation_name=name)
    assert not result.errors, result.errors
    return result.data


def _selections(query: str) -> Selections:
    prepared = SCHEMA.documents.read(query).operation(None).prepared
    shared = prepared._selections
    assert shared is not None
    return shared


@pytest.mark.parametrize(
    ("query", "depends"),
    [
        ("{ tree { name } }", False),
        ("query ($n: Int!) { tree { branches(count: $n) { name } } }", False),
        ("{ tree @skip(if: true) { name } }", False),
        ("query ($no: Boolean!) { tree @skip(if: $no) { name } }", True),
        ("query ($no: Boolean!) { tree { ...F } } fragment F on Tree { name @include(if: $no) }", True),
        ("query ($no: Boolean!) { tree { ... @include(if: $no) { name } } }", True),
    ],
)
def test_whether_variables_decide_about_fields_is_seen(query: str, depends: bool) -> None:
    assert selects_by_variables(parse(query)) is depends


async def test_each_request_gets_the_fields_that_its_own_variables_select() -> None:
    query = "query ($no: Boolean!) { tree { name branches @skip(if: $no) { name } } }"
    for _ in range(2):
        assert await _data(query, {"no": True}) == {"tree": {"name": "t"}}
        assert await _data(query, {"no": False}) == {"tree": {"name": "t", "branches": [{"name": "t0"}]}}


async def test_each_request_gets_its_own_values_from_shared_selections() -> None:
    query = "query ($name: String!, $n: Int) { tree(name: $name) { branches(count: $n) { name } } }"
    assert await _data(query, {"name": "a", "n": 2}) == {
        "tree": {"branches": [{"name": "a0"}, {"name": "a1"}]}
    }
    assert await _data(query, {"name": "b"}) == {"tree": {"branches": [{"name": "b0"}]}}
    assert _selections(query).root is not None


async def test_operations_of_one_document_do_not_share_selections() -> None:
    query = (
        'query A { tree { ...F } } query B { tree(name: "b") { ...F branches { ...F } } }'
        " fragment F on Tree { name }"
    )
    for _ in range(2):
        assert await _data(query, name="A") == {"tree": {"name": "t"}}
        assert await _data(query, name="B") == {"tree": {"name": "b", "branches": [{"name": "b0"}]}}


async def test_many_requests_keep_no_more_than_one() -> None:
    query = "query ($n: Int) { tree { name branches(count: $n) { name branches { name } } } fails }"
    await SCHEMA.execute(query, {"n": 3})
    shared = _selections(query)
    sizes = len(shared.below), len(shared.plans)
    gc.collect()
    before = len(gc.get_objects())
    for number in range(50):
        # Every other request has a faulty variable, which graphql-core is asked about.
        await SCHEMA.execute(query, {"n": number % 5 if number % 2 else "many"})
    gc.collect()
    assert len(gc.get_objects()) - before < 100
    assert (len(shared.below), len(shared.plans)) == sizes
