"""A little schema of its own for the tests of the front of house."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import strawberry

from graphql_schema.context import Context
from graphql_schema.errors import Refusal
from graphql_schema.front import FrontSchema
from graphql_schema.limits import Limits


class Price(Decimal):
    """A scalar with a sentence of its own."""


class Rough(int):
    """A scalar that lets Python's own errors out."""


def _parse_price(value: object) -> Price:
    if not isinstance(value, str):
        raise Refusal("BAD_USER_INPUT", 'A price is written as a string such as "1.50".')
    return Price(value)


@dataclass
class Loaders:
    """Counts how often it was made."""

    made = 0

    def __post_init__(self) -> None:
        type(self).made += 1
        self.number = type(self).made


Info = strawberry.Info[Context[str, Loaders], None]


@strawberry.type
class Book:
    id: strawberry.ID
    title: str

    @strawberry.field
    def sequels(self, first: int | None = None, last: int | None = None) -> "BookConnection":
        return _page(first or 2)


@strawberry.type
class BookEdge:
    node: Book


@strawberry.type
class BookConnection:
    edges: list[BookEdge]
    nodes: list[Book]


def _page(size: int) -> BookConnection:
    books = [Book(id=strawberry.ID(str(n)), title=f"Book {n}") for n in range(size)]
    return BookConnection(edges=[BookEdge(node=book) for book in books], nodes=books)


@strawberry.input
class Wanted:
    price: Price
    rough: Rough | None = None


@strawberry.type
class Query:
    @strawberry.field
    def one(self) -> int:
        return 1

    @strawberry.field
    def echo(self, wanted: Wanted | None = None, price: Price | None = None, times: int = 1) -> str:
        return str(wanted.price if wanted else price) * times

    @strawberry.field
    def rough(self, value: Rough) -> str:
        return str(value)

    @strawberry.field
    def boom(self) -> int | None:
        raise ValueError("the password is swordfish")

    @strawberry.field
    def booms(self) -> list[Book]:
        raise ValueError("the password is swordfish")

    @strawberry.field
    def refused(self) -> int | None:
        raise Refusal("FORBIDDEN", "Only members may see this.", permission="READ")

    @strawberry.field
    def who(self, info: Info) -> str:
        return info.context.caller

    @strawberry.field
    def request_id(self, info: Info) -> str:
        return info.context.request_id

    @strawberry.field
    def loaders(self, info: Info) -> int:
        assert info.context.loaders is info.context.loaders
        return info.context.loaders.number

    @strawberry.field
    def books(self, first: int | None = None, last: int | None = None) -> BookConnection:
        return _page(first or last or 20)

    @strawberry.field
    def node(self, id: strawberry.ID) -> Book | None:  # noqa: A002
        return None

    @strawberry.field
    def by_ids(self, ids: list[strawberry.ID]) -> list[Book | None]:
        return [None for _ in ids]

    @strawberry.field
    def unserialisable(self) -> strawberry.scalars.JSON:
        return {"set": {1, 2}}  # type: ignore[return-value]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def rename(self, title: str) -> Book:
        Tally.renamed += 1
        return Book(id=strawberry.ID("1"), title=title)


class Tally:
    """What happened, for tests that ask."""

    renamed = 0
    watching = 0
    ended = asyncio.Event()


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, up_to: int) -> AsyncIterator[int]:
        for number in range(1, up_to + 1):
            yield number

    @strawberry.subscription
    async def endless(self) -> AsyncIterator[int]:
        Tally.watching += 1
        try:
            yield 0
            await asyncio.Event().wait()
        finally:
            Tally.watching -= 1
            Tally.ended.set()

    @strawberry.subscription
    async def flood(self) -> AsyncIterator[str]:
        Tally.watching += 1
        try:
            while True:
                yield "x" * 50_000
        finally:
            Tally.watching -= 1
            Tally.ended.set()

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[int]:
        yield 1
        raise ValueError("the password is swordfish")

    @strawberry.subscription
    async def refuses(self) -> AsyncIterator[int]:
        raise Refusal("BAD_USER_INPUT", "This cursor is not one of ours.")
        yield 1


LIMITS = Limits(depth=6, aliases=5, tokens=300, root_fields=4, page=100, default_page=20, cost=1_000)
CONFIG = strawberry.schema.config.StrawberryConfig(
    scalar_map={
        Price: strawberry.scalar(name="Price", serialize=str, parse_value=_parse_price),
        Rough: strawberry.scalar(name="Rough", serialize=str, parse_value=Rough),
    }
)

SCHEMA = FrontSchema(Query, Mutation, Subscription, config=CONFIG, limits=LIMITS)


def schema_with(limits: Limits) -> FrontSchema:
    """A schema of the same queries with other limits, and a document cache of its own."""
    return FrontSchema(Query, config=CONFIG, limits=limits)
