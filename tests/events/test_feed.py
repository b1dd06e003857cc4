"""The feed: every event of the project once, in order, whatever happens on the way."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from app.database import connect, transaction
from app.events.cursor import BEGINNING
from app.events.feed import Feed
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.read import head
from app.events.wake import Doorbell, ring
from app.ids import new_id
from tests.conftest import NOW
from tests.events.conftest import (
    Follow,
    Follower,
    eventually,
    fail_to_record,
    record,
    running_feed,
    write,
)


async def test_a_follower_without_a_cursor_starts_at_its_first_heartbeat(
    project: UUID, follow: Follow
) -> None:
    """What commits after it is delivered, even if its transaction had begun before."""
    older = await connect()
    try:
        slow = older.transaction()
        await slow.start()
        await write(older, project, 1)
        follower = follow()
        await follower.beat()
        await slow.commit()
    finally:
        await older.close()
    ring()
    await record(project, 2)
    assert await follower.has(2) == [1, 2]


async def test_late_commits_are_delivered_once_and_in_order(project: UUID, follow: Follow) -> None:
    follower = follow()
    await follower.beat()
    older, younger = await connect(), await connect()
    try:
        slow = older.transaction()
        await slow.start()
        await write(older, project, 1)
        async with younger.transaction():
            await write(younger, project, 2)
        ring()
        other = follow(project=new_id(), after=BEGINNING)
        await other.beat()  # the log has been read since then
        assert follower.numbers == []
        await slow.commit()  # nobody rings for it
    finally:
        await older.close()
        await younger.close()
    assert await follower.has(2) == [1, 2]
    await record(project, 3)
    assert await follower.has(3) == [1, 2, 3]


async def test_what_is_rolled_back_is_never_seen(project: UUID, follow: Follow) -> None:
    follower = follow()
    await follower.beat()
    for number in range(5):
        await fail_to_record(project, -number)
        ring()
        await record(project, number)
    assert await follower.has(5) == [0, 1, 2, 3, 4]


async def test_eight_writers_at_once_lose_nothing_and_double_nothing(project: UUID, follow: Follow) -> None:
    written: set[int] = set()
    followers = [follow(), follow()]
    await asyncio.gather(*(follower.beat() for follower in followers))

    async def writer(name: int) -> None:
        dice = random.Random(name)  # noqa: S311 - delays, not secrets
        connection = await connect()
        try:
            for deed in range(20):
                mine = [name * 1000 + deed * 10 + place for place in range(dice.randint(1, 3))]
                deal = connection.transaction()
                await deal.start()
                for number in mine:
                    await write(connection, project, number)
                    await asyncio.sleep(dice.random() * 0.01)
                if dice.random() < 0.2:
                    await deal.rollback()
                else:
                    await deal.commit()
                    written.update(mine)
                ring()
        finally:
            await connection.close()

    await asyncio.gather(*(writer(name) for name in range(1, 9)))
    followers.append(follow(after=BEGINNING))
    for follower in followers:
        received = await follower.has(len(written))
        assert len(received) == len(written)
        assert set(received) == written
        assert [event.cursor for event in follower.events] == sorted(
            event.cursor for event in follower.events
        )


async def test_from_history_to_present_without_a_seam_while_events_pour_in(
    project: UUID, follow: Follow
) -> None:
    total = 600
    followers: list[Follower] = []

    async def pour() -> None:
        for number in range(total):
            await record(project, number)

    pouring = asyncio.create_task(pour())
    first = follow(after=BEGINNING)
    while not pouring.done():
        followers.append(follow(after=BEGINNING))
        await first.has(min(total, len(first.events) + 40))
        last = first.events[-1].cursor
        followers.append(follow(after=last))  # a client that comes back
        followers[-1].start = len(first.events)
    await pouring
    assert await first.has(total) == list(range(total))
    for follower in followers:
        start = getattr(follower, "start", 0)
        assert await follower.has(total - start) == list(range(start, total))


async def test_the_seam_is_read_from_the_log_where_the_present_has_gone_on_meanwhile(
    database: dict[str, Any], project: UUID, follow: Follow
) -> None:
    async with running_feed(page_size=2) as feed:
        live = follow(feed=feed)
        returning = follow(feed=feed, after=await head())
        returning.open.clear()
        await asyncio.gather(live.beat(), returning.beat())  # it has read the history, and pauses there
        for number in range(5):
            await record(project, number)
        await live.has(5)
        returning.open.set()
        await returning.has(1)
        returning.open.clear()  # it reads the stretch that it missed, while its mailbox fills
        for number in range(5, 8):
            await record(project, number)
        await live.has(8)
        returning.open.set()
        await record(project, 8)
        assert await returning.has(9) == list(range(9))
        assert feed.health().fallen_behind == 0


async def test_a_slow_follower_delays_nobody_and_loses_nothing(
    database: dict[str, Any], project: UUID, follow: Follow
) -> None:
    async with running_feed(mailbox_size=8, page_size=16) as feed:
        slow, fast = follow(feed=feed), follow(feed=feed)
        await asyncio.gather(slow.beat(), fast.beat())
        slow.open.clear()
        for number in range(100):
            await record(project, number)
            await fast.has(number + 1)  # the fast one keeps up, event by event
        assert len(slow.numbers) <= 1
        assert feed.health().behind == 0, "it has not noticed yet"
        slow.open.set()
        assert await slow.has(100) == list(range(100))
        assert feed.health().fallen_behind == 1
        await eventually(lambda: feed.health().behind == 0)
        await record(project, 100)
        assert await slow.has(101) == list(range(101))
        assert await fast.has(101) == list(range(101))


async def test_a_burst_larger_than_every_mailbox_arrives_whole(
    database: dict[str, Any], project: UUID, follow: Follow
) -> None:
    async with running_feed(mailbox_size=4) as feed:
        followers = [follow(feed=feed) for _ in range(5)]
        await asyncio.gather(*(follower.beat() for follower in followers))
        await record(project, *range(300))
        for follower in followers:
            assert await follower.has(300) == list(range(300))


async def test_large_events_fill_pages_and_mailboxes_by_their_bytes_and_arrive_whole(
    database: dict[str, Any], project: UUID, follow: Follow
) -> None:
    async with running_feed(mailbox_bytes=100_000) as feed:
        slow, fast = follow(feed=feed), follow(feed=feed)
        await asyncio.gather(slow.beat(), fast.beat())
        slow.open.clear()
        for number in range(8):
            payload = {"number": number, "fill": "x" * 300_000}
            async with transaction() as connection:
                await append(connection, [NewEvent(project, EventKind.CUSTOMER_CREATED, payload, NOW)])
            ring()
            await fast.has(number + 1)
        slow.open.set()
        assert await slow.has(8) == list(range(8))
        assert feed.health().fallen_behind == 1
        returning = follow(feed=feed, after=BEGINNING)
        assert await returning.has(8) == list(range(8))


async def test_a_lost_doorbell_costs_at_most_the_poll_interval(
    database: dict[str, Any], project: UUID, follow: Follow
) -> None:
    silent = Doorbell()  # never started: nothing rings it
    feed = Feed(silent, poll_seconds=0.05)
    await feed.start()
    try:
        follower = follow(feed=feed)
        await follower.beat()
        for number in range(3):
            await record(project, number)
            await follower.has(number + 1)
        assert follower.numbers == [0, 1, 2]
    finally:
        await feed.stop()


async def test_a_cut_connection_of_the_tail_loses_nothing(
    project: UUID, follow: Follow, cut: Callable[[str], Awaitable[int]]
) -> None:
    follower = follow()
    await follower.beat()
    for number in range(60):
        await record(project, number)
        if number % 20 == 10:
            await cut("tearoff feed")
    assert await follower.has(60) == list(range(60))
