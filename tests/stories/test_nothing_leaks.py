"""Three hundred connections break off, anywhere: no task, mailbox, connection, file or object of theirs is left.

Of those that read nothing the mailboxes are full: one holds fewer events than come meanwhile.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from app.database import transaction
from app.events.cursor import BEGINNING
from app.events.log import NewEvent, append
from app.events.wake import ring
from tests.events.conftest import eventually
from tests.stories.conftest import opened_books
from tests.stories.late_commits import KIND
from tests.stories.shop import Shop, founded
from tests.stories.whole_house import House, living, open_files, running, whole_house
from tests.stories.wires import WIRES, Wire, end_of

FEED = "subscription Follow($after: Cursor) { events(after: $after) { cursor event { kind details } } }"
HISTORY = 300
NARROW = 4_096
FILL = "x" * 20_000
EACH = 25


@pytest.fixture
async def house(database: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with whole_house(monkeypatch, mailbox_size=16) as house:
        yield house


@pytest.fixture
async def shop(house: House, database: dict[str, Any]) -> AsyncIterator[Shop]:
    """With a history."""
    async with opened_books(database) as books, founded(books, [house]) as shop:  # type: ignore[list-item]
        await happens(shop, *["" for _ in range(HISTORY)])
        yield shop


async def happens(shop: Shop, *fills: str) -> None:
    """Events that are as large as their fills."""
    async with transaction() as connection:
        await append(
            connection,
            [NewEvent(shop.project, KIND, {"fill": fill}, datetime.now(UTC)) for fill in fills],
        )
    ring()


async def begun(shop: Shop, house: House, kind: str, stage: str) -> Wire:
    """A connection that has come as far as the stage says."""
    wire = WIRES[kind](house, shop.caller.secret, NARROW if stage == "unread" else None)
    await wire.connect()
    if stage == "connected":
        return wire
    await wire.introduce()
    if stage == "being admitted":
        return wire
    after = {"after": BEGINNING.encode()} if stage in {"asking", "history"} else {}
    await wire.subscribe(FEED, after)
    if stage in {"present", "unread", "half"}:
        await wire.read()  # from now on
    if stage == "history":
        for _ in range(3):
            await wire.read()
    if stage == "unread":
        wire.freeze()
    return wire


STAGES = ("connected", "being admitted", "asking", "history", "present", "unread", "half")


async def break_off(shop: Shop, house: House, times: int) -> None:
    """So many connections of each wire and stage, all at once; events come while they break off."""
    wanted = [pair for pair in product(WIRES, STAGES) for _ in range(times)]
    wires = await asyncio.gather(*(begun(shop, house, *pair) for pair in wanted))
    await happens(shop, *[FILL] * 20)
    live = [wire for wire, (_, stage) in zip(wires, wanted, strict=True) if stage == "present"]
    await asyncio.gather(*(wire.read() for wire in live))
    for wire, (_, stage) in zip(wires, wanted, strict=True):
        wire.cut("half" if stage == "half" else "reset")
    await happens(shop, FILL)
    await eventually(house.is_empty)


async def test_connections_that_break_off_anywhere_leave_nothing_behind(shop: Shop, house: House) -> None:
    await break_off(shop, house, 2)  # what is made once, and kept: caches, connections of the pool
    tasks, files, before = running(), await open_files(), living()
    for _ in range(2):
        await break_off(shop, house, EACH // 2)
    await eventually(lambda: running() <= tasks)

    async def files_are_closed() -> bool:
        return await open_files() <= files

    await eventually(files_are_closed)
    assert {kind: more for kind, more in (living() - before).items() if more > EACH // 5} == {}


async def test_a_wire_that_was_cut_is_broken(shop: Shop, house: House) -> None:
    """Or the test above would prove nothing."""
    for kind in WIRES:
        wire = await begun(shop, house, kind, "present")
        await happens(shop, "")
        assert len(house.sockets) == 1
        wire.cut("reset")
        await end_of(wire)
        await eventually(house.is_empty)
