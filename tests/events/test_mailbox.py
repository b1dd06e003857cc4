"""Mailboxes: bounded, and what is in them is an unbroken stretch."""

import asyncio

import pytest

from app.events.cursor import Cursor
from app.events.kinds import EventKind
from app.events.log import Event
from app.events.mailbox import Heartbeat, Mailbox, Wish
from app.ids import new_id
from tests.conftest import NOW

PROJECT = new_id()


def event(number: int, kind: EventKind = EventKind.REDEMPTION_GRANTED, size: int = 12) -> Event:
    return Event(Cursor(1, number, 1), PROJECT, kind, NOW, {"number": number}, size)


async def test_a_full_mailbox_closes_and_keeps_what_it_has() -> None:
    mailbox = Mailbox(Wish(PROJECT), size=3)
    for number in range(10):
        mailbox.offer(event(number))
        assert len(mailbox) <= 3
    assert mailbox.is_closed
    taken = [await mailbox.take() for _ in range(4)]
    assert taken == [event(0), event(1), event(2), None]


async def test_a_mailbox_of_large_events_closes_before_it_is_full_by_count() -> None:
    mailbox = Mailbox(Wish(PROJECT), size=100, most_bytes=1_000)
    for number in range(3):
        mailbox.offer(event(number, size=400))
    assert mailbox.is_closed
    assert [await mailbox.take() for _ in range(3)] == [event(0, size=400), event(1, size=400), None]


async def test_what_was_taken_out_makes_room_and_one_event_alone_may_be_of_any_size() -> None:
    mailbox = Mailbox(Wish(PROJECT), size=100, most_bytes=1_000)
    mailbox.offer(event(0, size=5_000))
    assert await mailbox.take() == event(0, size=5_000)
    mailbox.offer(event(1, size=600))
    mailbox.offer(event(2, size=400))
    assert await mailbox.take() == event(1, size=600)
    mailbox.offer(event(3, size=600))
    mailbox.offer(event(4, size=1))
    assert mailbox.is_closed
    assert [await mailbox.take() for _ in range(3)] == [event(2, size=400), event(3, size=600), None]


async def test_events_nobody_asked_for_take_no_room() -> None:
    wish = Wish(PROJECT, frozenset({EventKind.REDEMPTION_GRANTED}), lambda event: event.payload["number"] > 5)
    mailbox = Mailbox(wish, size=1)
    for number in range(7):
        mailbox.offer(event(number))
    mailbox.offer(event(8, EventKind.REDEMPTION_REJECTED))
    assert len(mailbox) == 1
    assert not mailbox.is_closed
    assert await mailbox.take() == event(6)


async def test_a_heartbeat_comes_after_the_events_before_it_and_only_the_newest_counts() -> None:
    mailbox = Mailbox(Wish(PROJECT), size=3)
    mailbox.offer(event(1))
    mailbox.beat(Cursor(1, 2, 0))
    mailbox.beat(Cursor(1, 3, 0))
    assert [await mailbox.take(), await mailbox.take()] == [event(1), Heartbeat(Cursor(1, 3, 0))]
    waiting = asyncio.create_task(mailbox.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    mailbox.close()
    assert await waiting is None


async def test_a_faulty_filter_fails_its_own_follower() -> None:
    mailbox = Mailbox(Wish(PROJECT, accept=lambda event: 1 // event.payload["number"] > 0), size=3)
    mailbox.offer(event(1))
    mailbox.offer(event(0))
    mailbox.offer(event(1))
    assert mailbox.is_closed
    assert await mailbox.take() == event(1)
    with pytest.raises(ZeroDivisionError):
        await mailbox.take()
