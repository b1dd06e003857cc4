"""Parts made at once equal what the stock executor makes of them, whatever the attributes hold."""

import gc
import json
import warnings
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from graphql import Undefined
from graphql.execution import Executor
from strawberry.types.execution import PreExecutionError

from graphql_schema import plain
from tests.graphql_schema.fruits import FRUITS, OURS, STOCK, Price, Size, Word, apple, soon

# Any, in this file: answers are JSON.

SELECTIONS = {
    "all": """{ __typename ... on Apple { kind: __typename name price { currency amount } weight size tags count fresh
        prices { amount __typename } grid again: price { amount } } ... on Pear { name cost: price { amount } } }""",
    "one member": "{ ... on Apple { name } }",
    "names": "{ ... on Pear { title: name } ... on Apple { title: name name weight } __typename }",
    "fragments": "{ ...A ...P } fragment A on Apple { price { ...M } price { currency } } fragment P on Pear { name }"
    " fragment M on Price { amount }",
    "skipped": "{ ... on Apple { name @skip(if: $yes) weight @include(if: $yes) price { amount @skip(if: $perhaps) }"
    " } }",
}


DECLARED = {"yes": "Boolean!", "perhaps": "Boolean = false"}


async def _both(query: str, variables: dict[str, Any] | None = None) -> Any:
    with warnings.catch_warnings():
        # A null in a non-null place leaves its siblings' coroutines behind, in both executors.
        warnings.simplefilter("ignore", RuntimeWarning)
        stock = await STOCK.execute(query, variables)
        ours = await OURS.execute(query, variables)
        gc.collect(1)
    assert not isinstance(stock, PreExecutionError), stock.errors
    assert _seen(ours) == _seen(stock)
    return json.loads(_seen(ours))


def _seen(result: Any) -> str:
    return json.dumps([result.data, [error.formatted for error in result.errors or []]], indent=1)


def _query(field: str, selection: str) -> str:
    used = ", ".join(f"${name}: {type_}" for name, type_ in DECLARED.items() if f"${name}" in selection)
    body, fragment, rest = selection.partition("} fragment")
    opened, closed = ("first { name } fruits", " melon { name slices }") if "basket" in field else ("", "")
    inner = f"{field} {{ {opened} {body}{'}' if fragment else ''} {closed} }}" if opened else None
    chosen = inner or f"{field} {body}{'}' if fragment else ''}"
    return f"query Q{f'({used})' if used else ''} {{ {chosen} }} {'fragment' + rest if fragment else ''}"


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("fruits", FRUITS)
@pytest.mark.parametrize("field", ["fruits", "needed", "basket"])
async def test_a_part_is_answered_as_by_the_stock_executor(field: str, fruits: str, selection: str) -> None:
    query = _query(f'{field}(of: "{fruits}")', SELECTIONS[selection])
    await _both(query, {name: True for name in DECLARED if f"${name}" in query})


@pytest.mark.parametrize(
    "query",
    [
        "{ foods { __typename ... on Apple { name price { amount } } ... on Melon { name slices } } }",
        "{ foods { ... on Apple { name } } }",
        "{ ducks { amount currency } }",
        "{ apples { name price { amount } } }",
        "{ apples { name } }",
        "{ wrong { name } }",
    ],
)
async def test_unions_and_interfaces_are_answered_as_by_the_stock_executor(query: str) -> None:
    await _both(query)


async def test_selections_that_cannot_be_collected_fail_where_they_do_in_the_stock_executor() -> None:
    query = """query Q($perhaps: Boolean = true) {
        basket(of: "none") { fruits { __typename } first { price { amount @include(if: $perhaps) } } } }"""
    seen = await _both(query, {"perhaps": None})
    assert len(seen[1]) == 1


class Counted:
    """A price that counts how often it is read."""

    def __init__(self) -> None:
        self.read = 0

    @property
    def amount(self) -> Decimal:
        self.read += 1
        return Decimal(1)


async def test_what_is_right_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    price = Counted()
    monkeypatch.setitem(FRUITS, "counted", lambda: [apple(price=price)])
    result = await OURS.execute('{ fruits(of: "counted") { ... on Apple { price { amount } } } }')
    assert result.data == {"fruits": [{"price": {"amount": "1"}}]}
    assert price.read == 1


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The types of what graphql-core was asked to complete."""
    seen: list[str] = []
    stock = Executor.complete_value

    def complete_value(self: Any, return_type: Any, *others: Any) -> Any:
        seen.append(str(return_type))
        return stock(self, return_type, *others)

    monkeypatch.setattr(Executor, "complete_value", complete_value)
    return seen


async def test_graphql_core_is_not_asked_where_all_is_right(asked: list[str]) -> None:
    query = _query('fruits(of: "apples and pears")', SELECTIONS["all"])
    assert (await OURS.execute(query)).errors is None
    assert asked == []


async def test_graphql_core_is_asked_for_what_has_resolvers(asked: list[str]) -> None:
    assert (await OURS.execute("{ foods { ... on Apple { name } ... on Melon { slices } } }")).errors is None
    assert asked == ["[Food!]!", "[Food!]", "Food!", "Food", "Food!", "Food"]


def test_a_class_is_tame_only_if_it_tells_that_nothing_is_to_be_awaited() -> None:
    class Awaitable:
        def __await__(self) -> Iterator[None]:
            yield

    class Anything:
        def __getattr__(self, name: str) -> object:
            return name

    assert all(plain._is_tame(each) for each in (str, Decimal, Price, Size, Word, list))
    wild = (ValueError, Awaitable, Anything, type(Undefined), type(soon(None) for _ in ()))
    assert not any(plain._is_tame(each) for each in wild)
