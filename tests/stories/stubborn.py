"""A follower that is killed again and again, anywhere, and comes back with its last cursor at whatever server."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from app import ids
from app.events.cursor import Cursor
from tests.stories.wires import BrokenError, HasPort, Wire, wired

# Nobody is there at the moment: long enough not to burn the processor that the server needs to start again.
_PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 90

GIVES = {
    "redemptions": "rolledBack redemption { id }",
    "rejectedRedemptions": "rejectedRedemption { id }",
    "events": "kind",
}
WAYS = ("reset", "vanish", "half", "goodbye", "frozen", "early")
# Where those that come back are killed again before they have got anywhere.
_STAGES = ("connected", "introduced", "subscribed", "in its history")

_OF_FEED = {
    "redemptions": ["REDEMPTION_GRANTED", "REDEMPTION_ROLLED_BACK"],
    "rejectedRedemptions": ["REDEMPTION_REJECTED"],
    "events": None,
}
_TABLE = """
SELECT epoch, tx::text::bigint AS tx, position, kind, payload ->> 'id' AS id FROM events
WHERE project_id = $1 AND (epoch, tx, position) > ($2::smallint, ($3::bigint::text)::xid8, $4::bigint)
  AND ($5::text[] IS NULL OR kind = ANY ($5))
ORDER BY epoch, tx, position
"""


class Seen(NamedTuple):
    """An event as a follower was told it, or as the table has it."""

    cursor: Cursor
    what: str


async def table_of(
    connection: asyncpg.Connection | asyncpg.Pool, project: UUID, feed: str, after: Cursor
) -> list[Seen]:
    """What a follower of a feed must have seen behind a place, in order."""
    rows = await connection.fetch(_TABLE, project, *after, _OF_FEED[feed])
    return [
        Seen(Cursor(*row[:3]), row["kind"] if feed == "events" else _thing(row["kind"], UUID(row["id"])))
        for row in rows
    ]


def _thing(kind: str, id_: UUID) -> str:
    if kind == "REDEMPTION_REJECTED":
        return ids.show(ids.REJECTED_REDEMPTION, id_)
    return ids.show(ids.REDEMPTION, id_) + (" undone" if kind == "REDEMPTION_ROLLED_BACK" else "")


def _told(feed: str, event: dict[str, Any]) -> str:
    if feed == "events":
        kind: str = event["kind"]
        return kind
    thing: str = (event.get("redemption") or event["rejectedRedemption"])["id"]
    return f"{thing} undone" if event.get("rolledBack") else thing


@dataclass
class Stubborn:
    """Follows a feed over one kind of wire; `seen` is what it was told, and `at` its last cursor.

    It begins behind `at`; without, at the instant `since`.

    `a_server` says where to connect next. `deaths` counts how its connections have ended.
    """

    feed: str
    wire: str
    secret: str
    at: Cursor | None
    a_server: Callable[[], HasPort]
    dice: random.Random
    since: str | None = None
    seen: list[Seen] = field(default_factory=list)
    deaths: Counter[str] = field(default_factory=Counter)
    begins: Cursor | datetime | None = None  # for whoever wants to know it afterwards
    _doomed: list[str] = field(default_factory=list)
    _frozen: bool = False
    _away: float = 0.0
    _now: Wire | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _life: asyncio.Task[None] | None = None

    @property
    def document(self) -> str:
        gives = f"{{ cursor event {{ {GIVES[self.feed]} }} }}"
        takes = "$after: Cursor, $from: DateTime"
        return f"subscription Follow({takes}) {{ {self.feed}(after: $after, from: $from) {gives} }}"

    @property
    def _start(self) -> dict[str, str]:
        if self.at is not None:
            return {"after": self.at.encode()}
        return {} if self.since is None else {"from": self.since}

    def start(self) -> None:
        """Follow, until `leave`."""
        self._life = asyncio.create_task(self._follow())
        self._life.add_done_callback(lambda _: self._news.set())

    def kill(self, way: str) -> None:
        """One of WAYS. It may stay away for a moment, in which more happens; it comes back by itself."""
        self.deaths[way] += 1
        if way == "frozen" and not self._frozen:
            self._frozen = True
            if self._now is not None:
                self._now.freeze()
            return
        if way == "early":
            self._doomed = [self.dice.choice(_STAGES) for _ in range(self.dice.randint(1, 3))]
        self._away = self.dice.choice((0.0, 0.0, self.dice.random()))
        if self._now is not None:
            self._now.cut("reset" if way in {"frozen", "early"} or self._frozen else way)

    def thaw(self) -> None:
        """One that reads nothing gives up its connection."""
        if self._frozen:
            self.kill("reset")

    async def _follow(self) -> None:
        while True:
            async with wired(self.wire, self.a_server(), self.secret) as wire:
                self._now, self._frozen = wire, False
                try:
                    await self._follow_by(wire, self._doomed.pop() if self._doomed else "")
                except BrokenError:
                    self.deaths["broken"] += 1
                finally:
                    self._now = None
            await asyncio.sleep(self._away or _PAUSE_SECONDS)
            self._away = 0.0

    async def _follow_by(self, wire: Wire, doom: str) -> None:
        await wire.connect()
        self._unless(doom == "connected", wire)
        await wire.introduce()
        self._unless(doom == "introduced", wire)
        await wire.subscribe(self.document, self._start)
        self._unless(doom == "subscribed", wire)
        left = self.dice.randint(1, 5) if doom else None
        while True:
            [item] = (await wire.read()).values()
            self._note(Cursor.decode(item["cursor"]), item["event"])
            if left is not None:
                left -= 1
                self._unless(left == 0, wire)

    def _unless(self, is_over: bool, wire: Wire) -> None:
        if is_over:
            wire.cut("reset")
            raise BrokenError

    def _note(self, cursor: Cursor, event: dict[str, Any] | None) -> None:
        if event is None:
            assert self.at is None or cursor >= self.at, (self, "a heartbeat leads back", cursor)
        else:
            assert self.at is None or cursor > self.at, (
                self,
                "an event came twice, or out of order",
                cursor,
                event,
            )
            self.seen.append(Seen(cursor, _told(self.feed, event)))
        self.at = cursor
        self._news.set()

    async def has(self, table: Sequence[Seen]) -> None:
        """Wait until as much has come as the table holds; then it must be the same."""
        await self.has_seen(len(table))
        assert self.seen == list(table), difference(self.seen, table)

    async def has_seen(self, number: int) -> None:
        """Wait until so many events have come."""
        assert self._life is not None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(self.seen) < number and not self._life.done():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{len(self.seen)} of {number} events came: {self}") from None
        if self._life.done():
            await self._life

    async def leave(self) -> None:
        """Follow no more; the connection is closed."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    def __str__(self) -> str:
        return f"{self.feed} by {self.wire} at {self.at}, {len(self.seen)} seen, {dict(self.deaths)}"

    __repr__ = __str__


def difference(seen: Sequence[Seen], table: Sequence[Seen]) -> str:
    """What is missing, what is there twice, what nobody has written; or that only the order is wrong."""
    missing, more = Counter(table) - Counter(seen), Counter(seen) - Counter(table)
    first = next((place for place, (a, b) in enumerate(zip(seen, table, strict=False)) if a != b), None)
    return f"missing {list(missing)[:5]}, too many {list(more)[:5]}, first difference at {first}"
