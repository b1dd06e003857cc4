"""The programs of docs/dashboard.md, cut off, killed, their server dead: they show what the ledger has, once."""

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tests.docs.frail_network import frail_network
from tests.docs.node_programs import PATIENCE_SECONDS, line, running, written
from tests.server import serving
from tests.stories.caller import a_cart
from tests.stories.conftest import opened_books, two_servers
from tests.stories.shop import Shop, founded

UNDO = """mutation ($id: ID!, $key: String!) {
  rollBackRedemption(input: { redemption: $id, idempotencyKey: $key, reason: "not wanted" }) { userErrors { code } }
}"""


async def trade(shop: Shop, count: int, name: str) -> None:
    """So many redemptions at the second server, one after the other, every third of them undone."""
    seller = shop.callers[1]
    for number in range(count):
        made = await seller.redeem("CODE", cart=a_cart("12.00"), key=f"{name} {number}")
        if number % 3 == 0:
            answer = await seller.ask(UNDO, id=made["result"]["id"], key=f"{name} {number} undone")
            assert answer["rollBackRedemption"]["userErrors"] == []


class Feed:
    """What feed.ts has printed."""

    def __init__(self, process: Process) -> None:
        self.shown: list[str] = []
        self._process = process

    async def has_shown(self, wanted: list[str]) -> None:
        while len(self.shown) < len(wanted):
            kind, *_, id_ = (await line(self._process)).split()
            self.shown.append(id_ + (" undone" if kind == "undone" else ""))
        assert self.shown == wanted


class Board:
    """What board.ts has in its file."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "board.json"

    async def has_shown(self, wanted: list[str]) -> None:
        shown: dict[str, Any] = {"last": []}
        async with asyncio.timeout(PATIENCE_SECONDS):
            # Another process writes the file, so there is nothing to be woken by.
            while len(shown["last"]) < len(wanted):
                await asyncio.sleep(0.02)
                if self.file.exists():
                    shown = json.loads(self.file.read_text())
        undone = sum("undone" in one for one in wanted)
        granted = len(wanted) - undone
        assert shown["last"] == wanted[::-1]
        assert (shown["redemptions"], shown["cents"]) == (granted - undone, (granted - undone) * 120)


async def test_they_show_every_redemption_once_whatever_happens_to_them(
    fresh_database: dict[str, Any], tmp_path: Path
) -> None:
    folder = written(tmp_path, "feed.ts", "live.ts", "board.ts")
    async with AsyncExitStack() as stack:
        books = await stack.enter_async_context(opened_books(fresh_database))
        servers = await stack.enter_async_context(two_servers(fresh_database))
        shop = await stack.enter_async_context(founded(books, servers))
        network = await stack.enter_async_context(frail_network(servers[0].port))
        await shop.code(await shop.campaign("Sale"), "CODE")
        given = {"TEAROFF_URL": f"ws://127.0.0.1:{network.port}/graphql", "TEAROFF_KEY": shop.caller.secret}
        feed = Feed(await stack.enter_async_context(running(folder / "feed.ts", **given)))
        board = Board(folder)
        boards = [await stack.enter_async_context(running(folder / "board.ts", **given))]
        await both(folder)

        async def the_server_dies() -> None:
            servers[0].process.kill()
            await servers[0].ended()
            await stack.enter_async_context(serving(fresh_database, TEAROFF_PORT=str(servers[0].port)))

        async def the_sockets_are_cut() -> None:
            assert network.cut() == 2

        async def the_board_is_killed() -> None:
            boards[0].kill()
            await boards[0].wait()
            await stack.enter_async_context(running(folder / "board.ts", **given))

        troubles: list[Callable[[], Awaitable[None]]] = [
            the_sockets_are_cut,
            the_server_dies,
            the_board_is_killed,
        ]
        for number, trouble in enumerate(troubles):
            await asyncio.gather(trade(shop, 9, f"trouble {number}"), trouble())
            told = await shop.events("redemptions")
            assert len(told) == (number + 1) * 12
            await asyncio.gather(feed.has_shown(told), board.has_shown(told))
        assert network.connections >= 7, "two programs, each came back twice, and one came once more"


async def both(folder: Path) -> None:
    """Both programs follow: they have their first cursor."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (folder / "cursor.txt").exists() or not (folder / "board.json").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
