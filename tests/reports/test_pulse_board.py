"""The board of pulses: computed once per change for all who watch, at most so often, and whatever the database does."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from app.events.cursor import BEGINNING, Cursor
from app.reports import pulse_board
from app.reports.pulse_board import PulseBoard
from app.reports.pulse_values import Beat, Pulse, PulseOf, PulseWindow
from tests.conftest import NOW
from tests.redemptions.holds import Clock

OF = PulseOf(UUID(int=1), UUID(int=2), False, PulseWindow.FIVE_MINUTES, "UTC")
OTHER = OF._replace(window=PulseWindow.HOUR)
MINUTE = timedelta(minutes=1)
PATIENCE_SECONDS = 10


class Log:
    """Stands for the projector: the test says when the figures have moved."""

    def __init__(self) -> None:
        self.at = BEGINNING
        self._moved = asyncio.Event()

    def move(self) -> None:
        self.at = Cursor(1, self.at.tx + 1, 1)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def past(self, name: str, cursor: Cursor) -> Cursor:
        assert name == "reports"
        while self.at <= cursor:
            await self._moved.wait()
        return self.at


class Scene:
    """A board on figures that the test sets; `taken` are the pulses that were computed."""

    def __init__(self, pause_seconds: float = 0.0) -> None:
        self.log, self.clock = Log(), Clock(NOW)
        self.board = PulseBoard(self.log, clock=self.clock, pause_seconds=pause_seconds)
        self.redemptions = 0
        self.taken: list[PulseOf] = []
        self.faults: list[Exception] = []

    async def take(self, of: PulseOf, now: object) -> Pulse:
        self.taken.append(of)
        if self.faults:
            raise self.faults.pop(0)
        minute = self.clock.now.replace(second=0, microsecond=0)
        return Pulse(
            of=of,
            starts=(minute - 5 * MINUTE,),
            changes_at=minute + MINUTE,
            beats=(Beat(self.redemptions),),
            reasons=(),
            ceilings=(),
            at=self.clock.now,
            cursor=self.log.at,
        )

    def redeem(self) -> None:
        self.redemptions += 1
        self.log.move()

    @asynccontextmanager
    async def watching(self, of: PulseOf = OF) -> AsyncIterator["Viewer"]:
        async with aclosing(self.board.watch(of)) as pulses:
            yield Viewer(pulses)

    async def has_taken(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.taken) < count:  # noqa: ASYNC110 - the board tells nobody that it has looked
                await asyncio.sleep(0)


class Viewer:
    """Somebody who watches a pulse."""

    def __init__(self, pulses: AsyncGenerator[Pulse, None]) -> None:
        self._pulses = pulses

    async def sees(self) -> int:
        """The redemptions of the next pulse."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await anext(self._pulses)).whole.redemptions


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()
    monkeypatch.setattr(pulse_board, "take_pulse", made.take)
    return made


async def test_two_who_watch_the_same_cost_one_computation_for_each_change(scene: Scene) -> None:
    async with scene.watching() as one, scene.watching() as two:
        assert [await one.sees(), await two.sees()] == [0, 0]
        for redemptions in (1, 2, 3):
            scene.redeem()
            assert [await one.sees(), await two.sees()] == [redemptions, redemptions]
    assert scene.taken == [OF] * 4


async def test_another_window_is_another_pulse(scene: Scene) -> None:
    async with scene.watching() as one, scene.watching(OTHER) as two:
        assert [await one.sees(), await two.sees()] == [0, 0]
        assert len(scene.board) == 2
    assert sorted(scene.taken, key=str) == sorted([OF, OTHER], key=str)


async def test_who_comes_late_sees_the_present_at_once_without_a_computation(scene: Scene) -> None:
    async with scene.watching() as one:
        scene.redeem()
        assert await one.sees() == 1
        async with scene.watching() as two:
            assert await two.sees() == 1
    assert len(scene.taken) == 1


async def test_who_is_slow_is_told_the_newest_and_never_a_backlog(scene: Scene) -> None:
    async with scene.watching() as quick, scene.watching() as slow:
        assert [await quick.sees(), await slow.sees()] == [0, 0]
        for redemptions in range(1, 6):
            scene.redeem()
            assert await quick.sees() == redemptions
        assert await slow.sees() == 5


async def test_what_changes_nothing_is_told_to_nobody(scene: Scene) -> None:
    async with scene.watching() as viewer:
        assert await viewer.sees() == 0
        for count in (2, 3, 4):
            scene.log.move()  # something happened, elsewhere
            await scene.has_taken(count)
        scene.redeem()
        assert await viewer.sees() == 1


async def test_it_moves_on_with_the_clock_though_nothing_happens(scene: Scene) -> None:
    scene.clock.now = NOW + timedelta(seconds=59.95)
    async with aclosing(scene.board.watch(OF)) as pulses:
        first = await anext(pulses)
        scene.clock.now += timedelta(seconds=0.1)
        async with asyncio.timeout(PATIENCE_SECONDS):
            second = await anext(pulses)
    assert (second.starts[0] - first.starts[0], second.cursor) == (MINUTE, first.cursor)


async def test_a_rush_is_computed_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(pause_seconds=0.2)
    monkeypatch.setattr(pulse_board, "take_pulse", scene.take)
    loop = asyncio.get_running_loop()
    async with scene.watching() as viewer:
        assert await viewer.sees() == 0
        began = loop.time()
        while loop.time() - began < 1:
            scene.redeem()
            await asyncio.sleep(0.001)
        while await viewer.sees() != scene.redemptions:
            pass
    assert 2 <= len(scene.taken) <= 9


async def test_with_its_last_viewer_a_pulse_is_gone(scene: Scene) -> None:
    before = asyncio.all_tasks()
    async with scene.watching() as one:
        async with scene.watching() as two:
            assert [await one.sees(), await two.sees()] == [0, 0]
        assert len(scene.board) == 1
        scene.redeem()
        assert await one.sees() == 1
    assert len(scene.board) == 0
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    taken = len(scene.taken)
    scene.redeem()
    await asyncio.sleep(0.01)
    assert len(scene.taken) == taken


async def test_a_database_that_is_away_makes_it_late(scene: Scene) -> None:
    scene.faults = [ConnectionRefusedError(), asyncpg.CannotConnectNowError()]
    async with scene.watching() as viewer:
        assert await viewer.sees() == 0
        scene.faults = [asyncpg.ConnectionDoesNotExistError()]
        scene.redeem()
        assert await viewer.sees() == 1


async def test_a_mistake_of_ours_is_told_to_who_watches_and_the_next_one_begins_anew(scene: Scene) -> None:
    async with scene.watching() as viewer:
        assert await viewer.sees() == 0
        scene.faults = [ZeroDivisionError()]
        scene.redeem()
        with pytest.raises(ZeroDivisionError):
            await viewer.sees()
    async with scene.watching() as viewer:
        assert await viewer.sees() == 1
