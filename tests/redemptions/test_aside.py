"""Aside: little work is done at once, much of it in a thread of its own, one piece after the other."""

import asyncio
from threading import Event, current_thread, main_thread

import pytest

from app.redemptions.aside import FEW_VERDICTS, aside


async def test_little_work_is_done_at_once_and_much_elsewhere() -> None:
    assert await aside(current_thread, FEW_VERDICTS) is main_thread()
    elsewhere = await aside(current_thread, FEW_VERDICTS + 1)
    assert elsewhere is not main_thread()
    assert await aside(current_thread, 1_000) is elsewhere


async def test_others_go_on_meanwhile_and_pieces_come_one_after_the_other() -> None:
    goes_on, done = Event(), []

    def first() -> None:
        assert goes_on.wait(10)
        done.append("first")

    pieces = [
        asyncio.create_task(aside(first, 1_000)),
        asyncio.create_task(aside(lambda: done.append("second"), 1_000)),
    ]
    await asyncio.sleep(0)
    assert done == []
    goes_on.set()
    await asyncio.gather(*pieces)
    assert done == ["first", "second"]


async def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await aside(lambda: 1 // 0, 1_000)
