"""A schema with every kind of field, objects that misbehave, and two executors for it: the stock one and ours."""

import asyncio
import decimal
import enum
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError, Undefined
from strawberry.permission import BasePermission

from graphql_schema.executor import FrontExecutor


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


CONFIG = strawberry.schema.config.StrawberryConfig(
    scalar_map={Odd: strawberry.scalar(name="Odd", serialize=_serialize_odd, parse_value=Odd)}
)

_ROOTS: dict[str, Any] = {
    "query": Query,
    "mutation": Mutation,
    "subscription": Subscription,
    "types": [Cat, Dog],
}

STOCK = Quiet(**_ROOTS, config=CONFIG)

OURS = Quiet(**_ROOTS, config=CONFIG, execution_context_class=FrontExecutor)
