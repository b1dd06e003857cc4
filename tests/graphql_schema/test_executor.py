"""Our executor answers exactly as the stock one, errors included, and keeps nothing from event to event."""

import gc
import json
import tracemalloc
import warnings
from contextlib import aclosing
from typing import Any

import pytest
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st

from graphql_schema.front import FrontSchema
from tests.graphql_schema.odd_shop import CONFIG, OURS, ROOTS, STOCK, Cat, Dog, Query, Subscription

ALL_LEAVES = """text maybeText number maybeNumber ratio flag id exact odd maybeOdd colour maybeColour tags otherName
    resolved(times: 3) __typename"""

SELECTIONS = {
    "leaves": f"{{ {ALL_LEAVES} }}",
    "nested": f"{{ {ALL_LEAVES} child {{ {ALL_LEAVES} child {{ text number }} children {{ number }} }}"
    f" children {{ {ALL_LEAVES} }} }}",
    "maybe children": "{ text maybeChildren { text number child { text } } }",
    "aliases": "{ a: text b: text text number n: number child { c: text } child { number } }",
    "fragments": "{ ...F child { ...F } ... on Leaves { flag } ... { ratio } }"
    " fragment F on Leaves { text odd colour }",
    "resolvers": "{ text resolved(times: $times) later number broken told forbidden laterBroken flag }",
    "abstract": "{ named { __typename name ... on Dog { barks } } pet { __typename ... on Cat { name lives }"
    " ... on Dog { name barks } } text }",
    "skipped": "{ text @skip(if: $yes) number @include(if: $yes) flag @include(if: $no)"
    " child @skip(if: $no) { text @include(if: $no) number } }",
    "only objects": "{ child { child { text } } children { children { text } } }",
}

VARIABLES = {"times": 2, "yes": True, "no": False}

DECLARED = {"times": "Int!", "yes": "Boolean!", "no": "Boolean!"}


def _operation(kind: str, selection: str, of: str) -> str:
    used = ", ".join(f"${name}: {type_}" for name, type_ in DECLARED.items() if f"${name}" in selection)
    body, _, fragments = selection.partition("} fragment")
    body += "}" if fragments else ""
    declared = f"({used})" if used else ""
    return f"{kind} Q{declared} {{ {of} {body} }} {'fragment' + fragments if fragments else ''}"


def _seen(result: Any) -> str:
    """Data in its order, errors in theirs, with message, place and extensions."""
    return json.dumps([result.data, [error.formatted for error in result.errors or []]], indent=1)


async def _both(query: str) -> str:
    with warnings.catch_warnings():
        # A null in a non-null place leaves its siblings' coroutines behind, in both executors.
        warnings.simplefilter("ignore", RuntimeWarning)
        stock = await STOCK.execute(query, VARIABLES)
        ours = await OURS.execute(query, VARIABLES)
        gc.collect(1)  # they are young; a look at everything would take longer than both executors
    assert _seen(ours) == _seen(stock)
    return _seen(ours)


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("root", ROOTS)
async def test_a_query_is_answered_as_by_the_stock_executor(root: str, selection: str) -> None:
    seen = await _both(_operation("query", SELECTIONS[selection], f'root(of: "{root}")'))
    assert json.loads(seen)[0] is not None


@pytest.mark.parametrize("root", ROOTS)
async def test_an_awaited_non_null_root_is_answered_as_by_the_stock_executor(root: str) -> None:
    await _both(_operation("query", SELECTIONS["nested"], f'rootLater(of: "{root}")'))


@pytest.mark.parametrize(
    "query",
    [
        "{ pets { __typename ... on Cat { name lives } ... on Dog { name barks } } }",
        "{ nameds { name ... on Cat { lives } } }",
        "mutation { first { text child { number } } second { text number child { text } } again: first { text } }",
        "{ __schema { queryType { name } } __typename }",
        'query ($yes: Boolean!) { root(of: "plain") { text } ... @include(if: $yes) { pets { __typename } } }',
    ],
)
async def test_roots_are_answered_as_by_the_stock_executor(query: str) -> None:
    assert json.loads(await _both(query))[1] == []


_NAMES = [
    "text",
    "maybeText",
    "number",
    "flag",
    "colour",
    "odd",
    "tags",
    "otherName",
    "later",
    "broken",
    "resolved",
]


def _selections(depth: int) -> st.SearchStrategy[str]:
    leaf = st.sampled_from(_NAMES)
    aliased = st.tuples(st.sampled_from("abc"), st.integers(0, 3)).map(
        lambda t: f"{t[0]}{t[1]}: resolved(times: {t[1]})"
    )
    choices = [leaf, leaf, aliased]
    if depth:
        below = _selections(depth - 1)
        choices.append(
            st.tuples(st.sampled_from(["child", "children", "maybeChildren"]), below).map(" ".join)
        )
        choices.append(below.map(lambda inner: f"... on Leaves {inner}"))
    return st.lists(st.one_of(choices), min_size=1, max_size=6).map(
        lambda parts: "{ " + " ".join(parts) + " }"
    )


@settings(max_examples=80)
@given(selection=_selections(3), root=st.sampled_from(sorted(ROOTS)))
async def test_any_selection_is_answered_as_by_the_stock_executor(selection: str, root: str) -> None:
    query = f'{{ root(of: "{root}") {selection} }}'
    # Aliases that mean different things in one place are refused by validation, in both.
    await _both(query)


async def _events(schema: strawberry.Schema, query: str) -> list[str]:
    async with aclosing(await schema.subscribe(query, VARIABLES)) as results:
        return [_seen(result) async for result in results]


@pytest.mark.parametrize("selection", SELECTIONS)
async def test_every_event_of_a_subscription_is_answered_as_by_the_stock_executor(selection: str) -> None:
    names = json.dumps([*ROOTS, *reversed(ROOTS)])
    query = _operation("subscription", SELECTIONS[selection], f"roots(of: {names})")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert await _events(OURS, query) == await _events(STOCK, query)
        gc.collect()


async def test_a_null_event_that_must_not_be_null_nulls_the_whole_answer() -> None:
    query = 'subscription { roots(of: ["plain"]) { text } many(count: 1) { text } }'
    assert await _events(OURS, query) == await _events(STOCK, query)


async def test_a_subscription_keeps_nothing_from_event_to_event() -> None:
    events, warm_up = 3_000, 500
    schema = FrontSchema(Query, subscription=Subscription, types=[Cat, Dog], config=CONFIG)
    query = (
        f"subscription {{ many(count: {events}) {{ text number colour child {{ text children {{ number }} }}"
        " children { text flag } } }"
    )
    start = objects = 0
    seen = 0
    async with aclosing(await schema.stream(query)) as results:
        async for result in results:
            assert result.errors is None
            del result
            seen += 1
            if seen == warm_up:
                tracemalloc.start()
                gc.collect()
                start, objects = tracemalloc.get_traced_memory()[0], len(gc.get_objects())
            if seen == events:
                gc.collect()
                kept = tracemalloc.get_traced_memory()[0] - start
                more = len(gc.get_objects()) - objects
                tracemalloc.stop()
    assert seen == events
    # graphql-core alone keeps 1,400 bytes and several objects of every event.
    assert kept / (events - warm_up) < 8
    assert more < 100
