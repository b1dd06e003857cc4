"""What the resolver of a subscription gives, so that all who ask the same share one execution of each item.

The resolver runs for each subscriber: the arguments, what the caller may do and the filter are its own. It gives a
source, of one of two kinds. A `LogSource` follows the event log: every subscriber gets every item, and whoever is
behind reads the log by itself until it has caught up. `States` are items of which each tells all of something as it is
now, such as the progress of a job: whoever comes is told the last one at once, and a slow client is spared some.

Whose documents, variables, view and `shared_key` are equal share one execution and one encoded payload per item
(`shared_delivery.py`); variables that are only given as `after` or `from` do not count, they say where to begin. A
plain async generator is a source too, which nobody shares.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Hashable
from contextlib import aclosing
from typing import Generic, NamedTuple, TypeVar

from app.events.cursor import Cursor

Item = TypeVar("Item")


class Told(NamedTuple, Generic[Item]):
    """An item for the executor; `place` is where it stands in the event log, None if it is not from there.

    `caught_up`: nothing that was settled when it was made is missing behind it.
    """

    item: Item
    place: Cursor | None = None
    caught_up: bool = False


class Source(AsyncIterable[Item], ABC):
    """The items of a subscription; `shared_key` says what of it neither document, variables nor view tell.

    It holds all that the items depend on: what was looked up for a filter, for instance. Only sources with
    the same root field are compared by it.
    """

    def __init__(self, shared_key: Hashable) -> None:
        self.shared_key = shared_key

    @abstractmethod
    def alone(self) -> AsyncGenerator[Told[Item], None]:
        """The items for this one subscriber, from where it begins."""

    async def __aiter__(self) -> AsyncIterator[Item]:
        """As graphql-core iterates over any source: the items alone."""
        async with aclosing(self.alone()) as items:
            async for told in items:
                yield told.item


class LogSource(Source[Item]):
    """Items in the order of the event log, each with its place."""

    @abstractmethod
    def behind(self, place: Cursor) -> AsyncGenerator[Told[Item], None]:
        """All items behind a place, and then for ever what happens; items without an event carry the place on."""


class States(Source[Item]):
    """Each item tells the whole as it is now. `states` begins with the present one, and ends when nothing will change.

    It is called once for all who share the source, so it must not depend on one of them.
    """

    def __init__(self, shared_key: Hashable, states: Callable[[], AsyncGenerator[Item, None]]) -> None:
        super().__init__(shared_key)
        self._states = states

    async def alone(self) -> AsyncGenerator[Told[Item], None]:
        """Each state as it comes."""
        async with aclosing(self._states()) as states:
            async for state in states:
                yield Told(state)
