"""From history to the present at five hundred events a second: whoever joins gets what is behind its place, exactly."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.database import Connection, connect
from app.events.cursor import BEGINNING, Cursor
from app.events.feed import Event, Feed
from app.events.kinds import EventKind
from app.events.read import place_before, read_page
from app.events.wake import ring
from tests.events.conftest import Follow, Follower, eventually, running_feed
from tests.events.pouring import Pouring

SECONDS, PER_SECOND = 3, 500
FOLLOWERS = 30
KINDS = (EventKind.CUSTOMER_CREATED, EventKind.CUSTOMER_UPDATED)
EVENTS = SECONDS * PER_SECOND


async def rung(_connection: Connection) -> None:
    ring()


async def the_log(project: UUID) -> list[Event]:
    """All events of the project, once the last one has settled."""
    events: list[Event] = []

    async def all_settled() -> bool:
        events.clear()
        page, at = await read_page(project, BEGINNING), BEGINNING
        while page.rows:
            events.extend(page.events())
            at = page.reached
            page = await read_page(project, at)
        return len(events) == EVENTS

    await eventually(all_settled, every=0.05)
    return events


class Joining:
    """Followers that come while it pours, from places of every age; some take their time, some break off and resume."""

    def __init__(self, project: UUID, feed: Feed, follow: Follow, dice: random.Random) -> None:
        self.project = project
        self.feed = feed
        self.follow = follow
        self.dice = dice
        self.first = follow(feed=feed, after=BEGINNING)
        self.joined: list[tuple[Cursor, Follower]] = []

    async def a_place(self) -> Cursor:
        """Behind any event so far, or before whatever happened since an instant."""
        if self.dice.random() < 0.2:
            return await place_before(
                self.project, datetime.now(UTC) - timedelta(seconds=self.dice.random() * SECONDS)
            )
        seen = [event.cursor for event in self.first.events]
        return self.dice.choice([BEGINNING, seen[-1], *(self.dice.choice(seen) for _ in range(4))])

    async def one_more(self) -> None:
        place = await self.a_place()
        follower = self.follow(feed=self.feed, after=place)
        self.joined.append((place, follower))
        if self.dice.random() < 0.3:
            follower.open.clear()  # it takes one item, and nothing more until everybody has joined
        elif self.dice.random() < 0.3:
            await follower.has(1)
            await follower.leave()
            follower.task = asyncio.create_task(self._resumed(follower))

    async def one_who_sleeps(self) -> None:
        """From the present on; while it sleeps its mailbox overflows."""
        follower = self.follow(feed=self.feed)
        await follower.beat()
        follower.open.clear()
        self.joined.append((follower.heartbeats[0], follower))

    async def _resumed(self, follower: Follower) -> None:
        """With the last event it has."""
        follower._followed = self.feed.follow(self.project, after=follower.events[-1].cursor)
        await follower._take()


async def test_whoever_joins_while_five_hundred_events_a_second_pour_in_gets_what_is_behind_its_place(
    project: UUID, follow: Follow
) -> None:
    dice = random.Random(5)  # noqa: S311
    # Small mailboxes and pages: followers fall behind and catch up, again and again.
    async with running_feed(mailbox_size=64, page_size=50) as feed:
        joining = Joining(project, feed, follow, dice)
        await joining.one_who_sleeps()
        pouring = Pouring(project, EVENTS, PER_SECOND, KINDS, connect, rung, dice)
        async with asyncio.TaskGroup() as group:
            group.create_task(pouring.run())
            for number in range(1, FOLLOWERS + 1):
                await joining.first.has(number * EVENTS // (FOLLOWERS + 5))
                await joining.one_more()
        log = await the_log(project)
        for _, follower in joining.joined:
            follower.open.set()
        for place, follower in [(BEGINNING, joining.first), *joining.joined]:
            expected = [event for event in log if event.cursor > place]
            await follower.has(len(expected))
            assert [event.cursor for event in follower.events] == [event.cursor for event in expected]
            assert follower.events == expected
        assert len({place for place, _ in joining.joined}) > FOLLOWERS // 3
        assert feed.health().fallen_behind > 0
