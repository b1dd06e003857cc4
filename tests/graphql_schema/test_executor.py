"""Our executor answers exactly as the stock one, errors included, and keeps nothing from event to event."""

import asyncio
import decimal
import enum
import gc
import json
import tracemalloc
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLError, Undefined
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.permission import BasePermission

from graphql_schema.executor import FrontExecutor
from graphql_schema.front import FrontSchema


class Odd(int):
    """A scalar's value."""


def _serialize_odd(value: Any) -> str:
    if value == 13:
        raise ValueError("unlucky")
    return f"odd {value}"


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Forbidden(BasePermission):
    message = "no"

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        return False


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Cat(Named):
    lives: int


@strawberry.type
class Dog(Named):
    barks: bool | None


@strawberry.type
class Leaves:
    """Every kind of plain attribute; instances are `Thing`s, whose attributes hold anything."""

    text: str
    maybe_text: str | None
    number: int
    maybe_number: int | None
    ratio: float
    flag: bool
    id: strawberry.ID
    exact: decimal.Decimal
    odd: Annotated[Odd, strawberry.argument()]
    maybe_odd: Annotated[Odd, strawberry.argument()] | None
    colour: Colour
    maybe_colour: Colour | None
    tags: list[str]
    renamed: str = strawberry.field(name="otherName")
    child: "Leaves | None"
    children: list["Leaves"]
    maybe_children: list["Leaves | None"] | None
    pet: Annotated[Cat | Dog, strawberry.union("Pet")] | None
    named: Named | None

    @strawberry.field
    def resolved(self, times: int = 2) -> str:
        return "x" * times

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return "later"

    @strawberry.field
    async def later_broken(self) -> str | None:
        await asyncio.sleep(0)
        raise ValueError("later broken")

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("broken")

    @strawberry.field
    def told(self) -> str | None:
        raise GraphQLError("told", extensions={"code": "TOLD"})

    @strawberry.field(permission_classes=[Forbidden])
    def forbidden(self) -> str | None:
        return "never"


class Raising:
    """An attribute that cannot be read."""


def _later(value: object) -> Callable[[], Any]:
    async def give() -> object:
        await asyncio.sleep(0)
        if isinstance(value, Exception):
            raise value
        return value

    return give


@dataclass
class Thing:
    """A source object; a callable in `attributes` is called at each reading, so coroutines are fresh."""

    attributes: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        if name not in _DEFAULTS:
            raise AttributeError(name)
        value = {**_DEFAULTS, **self.__dict__["attributes"]}[name]
        if isinstance(value, Raising):
            raise RuntimeError("cannot be read")
        return value() if callable(value) and not isinstance(value, type) else value


_DEFAULTS: dict[str, Any] = {
    "text": "text",
    "maybe_text": None,
    "number": 7,
    "maybe_number": None,
    "ratio": 1.5,
    "flag": True,
    "id": "id1",
    "exact": decimal.Decimal("1.50"),
    "odd": 3,
    "maybe_odd": 5,
    "colour": Colour.RED,
    "maybe_colour": None,
    "tags": ["a", "b"],
    "renamed": "renamed",
    "child": None,
    "children": [],
    "maybe_children": None,
    "pet": None,
    "named": None,
}

ROOTS: dict[str, Thing] = {
    "plain": Thing(),
    "nested": Thing(
        {
            "child": Thing({"child": Thing(), "children": [Thing({"number": n}) for n in range(3)]}),
            "children": [Thing({"text": f"t{n}", "colour": Colour.BLUE}) for n in range(4)],
            "maybe_children": [None, Thing(), None],
            "pet": Cat(name="Tom", lives=9),
            "named": Dog(name="Rex", barks=None),
        }
    ),
    "awaited": Thing(
        {
            "text": _later("soon"),
            "maybe_text": _later(None),
            "number": _later(1),
            "colour": _later(Colour.BLUE),
            "child": _later(Thing({"text": _later("deep")})),
            "maybe_odd": _later(ValueError("late")),
            "children": [Thing({"flag": _later(False)}), Thing()],
        }
    ),
    "null where it must not be": Thing(
        {"child": Thing({"number": None}), "children": [Thing(), Thing({"text": None})]}
    ),
    "undefined": Thing({"maybe_text": Undefined, "maybe_number": Undefined}),
    "undefined where it must not be": Thing({"child": Thing({"text": Undefined})}),
    "wrong types": Thing(
        {
            "text": 12,
            "maybe_text": True,
            "number": "3",
            "maybe_number": 2**40,
            "flag": 1,
            "id": 44,
            "ratio": 2,
            "maybe_colour": "purple",
            "maybe_odd": 13,
        }
    ),
    "unreadable": Thing({"maybe_text": Raising(), "child": Thing({"number": Raising()})}),
    "exceptions as values": Thing(
        {"maybe_text": ValueError("a value"), "child": Thing({"text": ValueError("deep")})}
    ),
    "awaited nonsense": Thing({"child": Thing({"text": _later(None), "number": _later(ValueError("n"))})}),
    "not a list": Thing({"tags": 5, "maybe_children": 7}),
    "broken in a list": Thing(
        {"maybe_children": [Thing({"text": None}), Thing({"text": _later(None)}), Thing()]}
    ),
    "foreign union member": Thing({"pet": Thing(), "named": Thing()}),
}


@strawberry.type
class Query:
    @strawberry.field
    def root(self, of: str) -> Leaves | None:
        return ROOTS[of]  # type: ignore[return-value]  # any object with the attributes will do

    @strawberry.field
    async def root_later(self, of: str) -> Leaves:
        await asyncio.sleep(0)
        return ROOTS[of]  # type: ignore[return-value]

    @strawberry.field
    def pets(self) -> list[Annotated[Cat | Dog, strawberry.union("Pet")]]:
        return [Cat(name="Tom", lives=9), Dog(name="Rex", barks=True)]

    @strawberry.field
    def nameds(self) -> list[Named | None]:
        return [Cat(name="Tom", lives=9), None, Dog(name="Rex", barks=True)]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def first(self) -> Leaves:
        return ROOTS["nested"]  # type: ignore[return-value]

    @strawberry.mutation
    async def second(self) -> Leaves | None:
        return ROOTS["awaited"]  # type: ignore[return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def roots(self, of: list[str]) -> AsyncIterator[Leaves | None]:
        for name in of:
            yield ROOTS[name]  # type: ignore[misc]

    @strawberry.subscription
    async def many(self, count: int) -> AsyncIterator[Leaves]:
        for _ in range(count):
            yield ROOTS["nested"]  # type: ignore[misc]


class Quiet(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """The stock schema logs what these tests break on purpose."""


_CONFIG = strawberry.schema.config.StrawberryConfig(
    scalar_map={Odd: strawberry.scalar(name="Odd", serialize=_serialize_odd, parse_value=Odd)}
)
_ROOTS: dict[str, Any] = {
    "query": Query,
    "mutation": Mutation,
    "subscription": Subscription,
    "types": [Cat, Dog],
}
STOCK = Quiet(**_ROOTS, config=_CONFIG)
OURS = Quiet(**_ROOTS, config=_CONFIG, execution_context_class=FrontExecutor)

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
        gc.collect()
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


@settings(max_examples=80, deadline=None)
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
    schema = FrontSchema(Query, subscription=Subscription, types=[Cat, Dog], config=_CONFIG)
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
