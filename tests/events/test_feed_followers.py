"""Following: what a follower asks for is what it gets, and it leaves nothing behind."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.database import connect, transaction
from app.events.cursor import BEGINNING, Cursor
from app.events.feed import Feed
from app.events.kinds import EventKind
from app.events.log import append
from app.events.read import SettledPage, read_project
from app.events.wake import ring
from app.ids import new_id
from tests.events.conftest import (
    Follow,
    Follower,
    eventually,
    numbered,
    record,
    running_feed,
    write,
)


async def test_an_event_of_another_project_is_never_delivered(project: UUID, follow: Follow) -> None:
    stranger = follow(project=new_id(), after=BEGINNING)
    follower = follow()
    await asyncio.gather(stranger.beat(), follower.beat())
    await record(project, 1)
    await follower.has(1)
    await eventually(lambda: len(stranger.heartbeats) > 0)
    assert stranger.numbers == []


async def test_kinds_and_filter_hold_in_history_and_in_the_present(project: UUID, follow: Follow) -> None:
    kinds = [EventKind.POOL_FILLED, EventKind.VOUCHERS_MINTED]  # which no projection is told of

    async def deal(start: int) -> None:
        async with transaction() as connection:
            await append(
                connection,
                [numbered(project, number, kinds[number % 2]) for number in range(start, start + 20)],
            )
        ring()

    await deal(0)
    follower = follow(
        after=BEGINNING,
        kinds=[EventKind.POOL_FILLED],
        accept=lambda event: event.payload["number"] % 3 == 0,
    )
    await follower.has(4)
    await deal(20)
    assert await follower.has(7) == [0, 6, 12, 18, 24, 30, 36]


async def test_heartbeats_carry_a_quiet_follower_forward(database: dict[str, Any], follow: Follow) -> None:
    busy = new_id()
    async with running_feed(heartbeat_seconds=0.02, poll_seconds=0.02) as feed:
        quiet = follow(feed=feed, project=new_id())
        await quiet.beat()
        await record(busy, 1)

        async def settled() -> bool:
            return bool(await read_project(busy))

        await eventually(settled)
        (written,) = await read_project(busy)
        await eventually(lambda: quiet.heartbeats[-1] == written.cursor)
        assert quiet.heartbeats == sorted(quiet.heartbeats)
        assert quiet.numbers == []


async def test_a_heartbeat_s_cursor_is_as_good_as_an_event_s(project: UUID, follow: Follow) -> None:
    first = follow()
    await first.beat()
    await first.leave()
    await record(project, 1, 2)
    second = follow(after=first.heartbeats[-1])
    assert await second.has(2) == [1, 2]


async def test_a_cursor_from_the_future_begins_at_the_present(project: UUID, follow: Follow) -> None:
    follower = follow(after=Cursor(30_000, 1, 1))
    await follower.beat()
    await record(project, 1)
    assert await follower.has(1) == [1]


async def test_one_who_left_leaves_nothing_behind(database: dict[str, Any], project: UUID) -> None:
    async with running_feed() as feed:
        before = len(asyncio.all_tasks())
        followers = [Follower(feed.follow(project)) for _ in range(20)]
        for follower in followers:
            await follower.beat()
        await record(project, 1)
        for follower in followers:
            await follower.has(1)
        assert feed.health().followers == 20
        for follower in followers:
            await follower.leave()
        assert feed.health().followers == 0
        assert list(feed._tail.mailboxes()) == []
        await eventually(lambda: len(asyncio.all_tasks()) <= before)


async def test_who_leaves_while_the_log_is_read_for_it_lets_that_end(
    project: UUID, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read that is given up is cancelled in PostgreSQL, perhaps when another statement runs on its connection."""
    begun, may_end, ends = asyncio.Event(), asyncio.Event(), list[str]()

    async def slowly(*_: object) -> SettledPage:
        begun.set()
        try:
            await may_end.wait()
        except asyncio.CancelledError:
            ends.append("given up")
            raise
        ends.append("read")
        return SettledPage((), BEGINNING, is_full=False)

    monkeypatch.setattr("app.events.feed.read_page", slowly)
    following = asyncio.ensure_future(anext(feed.follow(project, after=BEGINNING)))
    await begun.wait()
    following.cancel()
    await asyncio.wait({following})
    assert (following.cancelled(), ends) == (True, [])
    may_end.set()
    await eventually(lambda: ends == ["read"])


async def test_a_faulty_filter_ends_its_own_follower_only(project: UUID, follow: Follow) -> None:
    faulty = follow(accept=lambda event: event.payload["missing"])
    healthy = follow()
    await asyncio.gather(faulty.beat(), healthy.beat())
    await record(project, 1)
    assert await healthy.has(1) == [1]
    with pytest.raises(KeyError):
        await faulty.task


async def test_when_the_feed_stops_its_followers_end(database: dict[str, Any], project: UUID) -> None:
    async with running_feed() as feed:
        live, late = Follower(feed.follow(project)), Follower(feed.follow(project, after=BEGINNING))
        await asyncio.gather(live.beat(), late.beat())
    async with asyncio.timeout(10):
        await asyncio.gather(live.task, late.task)
    with pytest.raises(RuntimeError, match="not running"):
        await anext(feed.follow(project))


async def test_health_tells_that_an_open_transaction_holds_events_back(
    project: UUID, feed: Feed, follow: Follow
) -> None:
    follower = follow()
    await follower.beat()
    await eventually(lambda: feed.health().tail.lag == 0)
    older = await connect()
    try:
        slow = older.transaction()
        await slow.start()
        await write(older, project, 1)
        await record(project, 2)
        await eventually(lambda: feed.health().tail.lag > 0.1)
        await slow.rollback()
    finally:
        await older.close()
    assert await follower.has(1) == [2]
    await eventually(lambda: feed.health().tail.lag == 0)
    health = feed.health().tail
    assert health.caught_up
    assert health.read_ago is not None
    assert health.read_ago < 30


async def test_a_watch_sees_the_events_of_its_kind_in_all_projects(feed: Feed, follow: Follow) -> None:
    seen: list[int] = []
    feed.watch(EventKind.CAMPAIGN_ENDED, lambda event: seen.append(event.payload["number"]))
    feed.watch(EventKind.CAMPAIGN_ENDED, lambda event: seen.append(event.payload["missing"]))
    first, second = new_id(), new_id()
    await record(first, 1, kind=EventKind.CAMPAIGN_ENDED)
    await record(first, 2, kind=EventKind.CAMPAIGN_PAUSED)
    await eventually(lambda: seen == [1])
    follower = follow(project=second)  # with followers the tail reads everything
    await follower.beat()
    await record(second, 3, kind=EventKind.CAMPAIGN_ENDED)
    await record(first, 4, kind=EventKind.CAMPAIGN_ENDED)
    await eventually(lambda: seen == [1, 3, 4])
    assert await follower.has(1) == [3]
