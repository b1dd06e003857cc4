"""A schema of fruits, many of them rotten, and two executors for it: the stock one and ours."""

import asyncio
from collections.abc import Callable, Generator
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import strawberry
from graphql import Undefined
from strawberry.schema.config import StrawberryConfig

from graphql_schema.executor import FrontExecutor

# Any, in this file: attributes hold what their types forbid.


class Weight(int):
    """A scalar's value."""


def _show_weight(value: Any) -> str | None:
    if value == 13:
        raise ValueError("unlucky")
    return None if value == 0 else f"{value} g"


class Word(str):
    """A text of a class of its own."""


@strawberry.enum
class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Price:
    amount: Decimal
    currency: str


@strawberry.type
class Apple(Named):
    price: Price
    weight: Annotated[Weight, strawberry.argument()] | None = None
    size: Size | None = None
    tags: list[str] = strawberry.field(default_factory=list)
    prices: list[Price | None] | None = None
    grid: list[list[int]] = strawberry.field(default_factory=list)
    count: int = 3
    fresh: bool = True


@strawberry.type
class Pear:
    name: str
    price: Price | None


@strawberry.type
class Plum(Pear):
    """A member's subclass that is a type of its own and no member."""


class GreenApple(Apple):
    """A subclass that Strawberry knows nothing of."""


@strawberry.type
class Melon:
    name: str

    @strawberry.field
    async def slices(self) -> int:
        await asyncio.sleep(0)
        return 8


Fruit = Annotated[Apple | Pear, strawberry.union("Fruit")]
Food = Annotated[Apple | Melon, strawberry.union("Food")]


class Duck:
    """Not of any type of the schema, with attributes that are read and counted."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Unreadable:
    """A pear by its looks."""

    name = "pear"

    @property
    def price(self) -> Price:
        raise RuntimeError("cannot be read")


def price_of(amount: Any = Decimal("1.50"), currency: Any = "EUR") -> Price:
    return Price(amount=amount, currency=currency)


def apple(**changed: Any) -> Apple:
    apple = Apple(name="apple", price=price_of(), weight=Weight(120), size=Size.SMALL, tags=["red"])
    for name, value in changed.items():
        setattr(apple, name, value)
    return apple


def _cast(to: type, value: Any) -> Any:
    return strawberry.cast(to, value)


class soon:  # noqa: N801 - reads like the call it is
    """A value that has to be awaited. Unlike a coroutine it may be left alone, as a part does that gives up."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Generator[Any, None, Any]:
        yield from asyncio.sleep(0).__await__()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


# Made anew for each request: coroutines and iterators are used up.
FRUITS: dict[str, Callable[[], Any]] = {
    "apples and pears": lambda: [apple(), Pear(name="pear", price=None), Pear(name="p", price=price_of())],
    "none": list,
    "null": lambda: None,
    "a tuple": lambda: (apple(), Pear(name="pear", price=None)),
    "an iterator": lambda: iter([apple(), Pear(name="pear", price=None)]),
    "a set of one": lambda: dict.fromkeys([Pear(name="pear", price=None).name]),
    "no list": lambda: 5,
    "null among them": lambda: [apple(), None],
    "an exception": lambda: ValueError("rotten"),
    "an exception among them": lambda: [apple(), ValueError("rotten")],
    "awaited": lambda: soon([apple()]),
    "one awaited": lambda: [apple(), soon(apple()), soon(ValueError("late"))],
    "foreign": lambda: [apple(), Duck(name="duck", price=None)],
    "a subclass of a member": lambda: [GreenApple(name="green", price=price_of())],
    "another type": lambda: [Plum(name="plum", price=None)],
    "cast": lambda: [_cast(Pear, Duck(name="duck", price=None)), _cast(Pear, apple())],
    "null where it must not be": lambda: [apple(), apple(name=None)],
    "null in a price": lambda: [apple(), apple(price=price_of(amount=None)), apple()],
    "undefined": lambda: [apple(weight=Undefined, size=Undefined, prices=Undefined), apple(name=Undefined)],
    "wrong types": lambda: [apple(name=12, count="4", fresh=1, size="SMALL", price=price_of("x", 3))],
    "worse types": lambda: [
        apple(size="purple"),
        apple(count=2**40),
        apple(grid=[[1, "x"]]),
        apple(tags=7),
    ],
    "a text of its own": lambda: [apple(name=Word("word"))],
    "awaited leaves": lambda: [apple(name=soon("later"), weight=soon(None), tags=[soon("t"), "u"])],
    "awaited nonsense": lambda: [apple(), apple(count=soon(None), price=soon(price_of(soon(None))))],
    "scalars that refuse": lambda: [apple(weight=Weight(13)), apple(weight=Weight(0)), apple()],
    "lists of lists": lambda: [apple(grid=[[1, 2], [], [3]], prices=[None, price_of()]), apple(grid=[None])],
    "ducks in a list": lambda: [
        apple(prices=[Duck(amount=Decimal(1), currency="X"), None], price=price_of())
    ],
    "exceptions deep below": lambda: [apple(prices=[price_of(amount=ValueError("deep")), price_of()])],
    "a missing attribute": lambda: [apple(price=Duck(amount=1))],
    "unreadable": lambda: [_cast(Pear, Unreadable())],
}


@strawberry.type
class Query:
    @strawberry.field
    def fruits(self, of: str) -> list[Fruit | None] | None:
        return FRUITS[of]()  # type: ignore[no-any-return]

    @strawberry.field
    async def needed(self, of: str) -> list[Fruit]:
        return FRUITS[of]()  # type: ignore[no-any-return]

    @strawberry.field
    def basket(self, of: str) -> "Basket":
        return Basket(fruits=FRUITS[of](), first=apple(), melon=Melon(name="melon"))

    @strawberry.field
    def foods(self) -> list[Food]:
        return [apple(), Melon(name="melon")]

    @strawberry.field
    def ducks(self) -> list[Price]:
        return [Duck(amount=Decimal(2), currency="EUR"), Duck(amount=Decimal(3), currency="USD")]  # type: ignore[list-item]

    @strawberry.field
    def apples(self) -> list[Apple]:
        return [apple(), GreenApple(name="green", price=price_of()), _cast(Apple, Duck(name="d", price=None))]

    @strawberry.field
    def wrong(self) -> Apple | None:
        return Pear(name="pear", price=None)  # type: ignore[return-value]


@strawberry.type
class Basket:
    fruits: list[Fruit | None] | None
    first: Apple
    melon: Melon


class Quiet(strawberry.Schema):
    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        """The stock schema logs what these tests break on purpose."""


CONFIG = StrawberryConfig(
    scalar_map={Weight: strawberry.scalar(name="Weight", serialize=_show_weight, parse_value=Weight)}
)
STOCK = Quiet(Query, types=[Pear, Plum], config=CONFIG)
OURS = Quiet(Query, types=[Pear, Plum], config=CONFIG, execution_context_class=FrontExecutor)
