"""What the tests of sharing have in common: a log in memory, a schema that follows it, and clients that may be slow."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Hashable, Iterator
from contextlib import suppress
from typing import Any, ClassVar

import orjson
import strawberry

from app.events.cursor import Cursor
from graphql_schema.context import Context
from graphql_schema.delivery import Operation, see_through
from graphql_schema.front import FrontSchema
from graphql_schema.shared_delivery import Sharing
from graphql_schema.shared_source import LogSource, States, Told
from tests.graphql_schema.little_shop import make_context

PATIENCE_SECONDS = 20


@strawberry.type
class Entry:
    place: int
    number: int | None

    @strawberry.field
    async def slowly(self) -> int | None:
        await asyncio.sleep(0)
        return self.number


class Log:
    """Numbers, in order; all who follow it are told of news."""

    numbers: ClassVar[list[int]] = []
    news: ClassVar[asyncio.Event] = asyncio.Event()
    shown: ClassVar[int] = 0

    @classmethod
    def append(cls, *numbers: int) -> None:
        cls.numbers.extend(numbers)
        cls.news.set()
        cls.news = asyncio.Event()


class Numbers(LogSource[Entry]):
    """Follows the log, as the feed does: history, then live, with items that only carry the place on."""

    def __init__(self, after: int | None, odd: bool, key: Hashable) -> None:
        super().__init__(key)
        self._after = after
        self._odd = odd

    def alone(self) -> AsyncGenerator[Told[Entry], None]:
        return self._from(len(Log.numbers) if self._after is None else self._after)

    def behind(self, place: Cursor) -> AsyncGenerator[Told[Entry], None]:
        return self._from(place.position)

    async def _from(self, at: int) -> AsyncGenerator[Told[Entry], None]:
        while True:
            news = Log.news
            while at < len(Log.numbers):
                number, at = Log.numbers[at], at + 1
                if number % 2 or not self._odd:
                    Log.shown += 1
                    yield Told(Entry(place=at, number=number), Cursor(0, 0, at))
            yield Told(Entry(place=at, number=None), Cursor(0, 0, at), at == len(Log.numbers))
            if at == len(Log.numbers):
                await news.wait()


class Progress:
    """A state that goes up, until it is over."""

    value: ClassVar[int] = 0
    over: ClassVar[bool] = False
    news: ClassVar[asyncio.Event] = asyncio.Event()
    started: ClassVar[int] = 0

    @classmethod
    def go(cls, value: int, *, over: bool = False) -> None:
        cls.value, cls.over = value, over
        cls.news.set()
        cls.news = asyncio.Event()

    @classmethod
    async def states(cls) -> AsyncGenerator[int, None]:
        cls.started += 1
        while True:
            news = cls.news
            if cls.value < 0:
                raise ValueError("the password is swordfish")
            yield cls.value
            if cls.over:
                return
            await news.wait()


@strawberry.type
class Query:
    @strawberry.field
    def one(self) -> int:
        return 1


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def numbers(
        self, info: strawberry.Info[Context[str, Any], None], after: int | None = None, odd: bool = False
    ) -> AsyncIterable[Entry]:
        unequal = object() if info.context.caller == "unequal" else None
        return Numbers(after, odd, [] if info.context.caller == "unhashable" else unequal)

    @strawberry.subscription
    async def progress(self) -> AsyncIterable[int]:
        return States("progress", Progress.states)


SCHEMA = FrontSchema(Query, None, Subscription)
NUMBERS = "subscription ($after: Int, $odd: Boolean! = false) { numbers(after: $after, odd: $odd) { place number } }"


class Ear:
    """A client. While `deaf` nothing can be written to it at once, and what waits for it waits."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.payloads: list[bytes] = []
        self.items: list[Any] = []  # what was told by the one root field
        self.end: list[Any] = []
        self.at_once = 0
        self._hears = asyncio.Event()
        self._news = asyncio.Event()
        self.deaf = deaf

    @property
    def deaf(self) -> bool:
        return not self._hears.is_set()

    @deaf.setter
    def deaf(self, deaf: bool) -> None:
        (self._hears.clear if deaf else self._hears.set)()

    def write_now(self, frames: bytes) -> bool:
        if self.deaf:
            return False
        for text in texts_of(frames):
            self.at_once += 1
            self._take(text)
        return True

    async def write(self, text: str) -> None:
        await self._hears.wait()
        self._take(text.encode())

    def _take(self, text: bytes) -> None:
        frame = orjson.loads(text)
        assert frame["id"] == "1"
        if frame["type"] == "next":
            head = b'{"id":"1","type":"next","payload":'
            assert text.startswith(head)
            self.payloads.append(text[len(head) : -1])
            [item] = frame["payload"]["data"].values()
            self.items.append(item)
        else:
            self.end.append(frame)
        self._news.set()

    async def until(self, condition: Any) -> None:
        """Wait until what was heard satisfies the condition."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition(self):
                self._news.clear()
                await self._news.wait()


class Subscriber:
    """An operation of an ear, on its way through sharing."""

    def __init__(
        self,
        sharing: Sharing,
        query: str = NUMBERS,
        variables: dict[str, Any] | None = None,
        *,
        ear: Ear | None = None,
        caller: str = "ann",
        schema: FrontSchema = SCHEMA,
        context: Any = None,
    ) -> None:
        self.ear = ear or Ear()
        self.operation = Operation(
            "1",
            query,
            variables,
            None,
            context or make_context(caller, "r"),
            self.ear.write,
            lambda _: None,
            send_now=self.ear.write_now,
        )
        self.task = asyncio.create_task(see_through(sharing.deliver, schema, self.operation))
        self.operation.run_by(self.task)

    async def leave(self) -> None:
        self.operation.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


def texts_of(frames: bytes) -> Iterator[bytes]:
    """The texts in a stretch of whole text frames as a server sends them."""
    at = 0
    while at < len(frames):
        assert frames[at] == 0x81
        length, at = frames[at + 1], at + 2
        if length > 125:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(frames[at : at + size], "big"), at + size
        yield frames[at : at + length]
        at += length


async def turns(count: int = 12) -> None:
    """Let everybody who can do something do it."""
    for _ in range(count):
        await asyncio.sleep(0)


def sharing_tasks() -> int:
    """How many tasks shared streams have at the moment."""
    names = {"shared stream", "shared source"}
    return sum(task.get_name() in names and not task.done() for task in asyncio.all_tasks())
