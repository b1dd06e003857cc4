"""The program of docs/dashboard.md: killed and started again, it shows every redemption once."""

import asyncio
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from app.events.cursor import BEGINNING, Cursor
from tests.docs.node_programs import PATIENCE_SECONDS, line, running, written
from tests.docs.sample_shop import ROOT, SampleShop

REDEEM = (ROOT / "docs/operations/05_redeem.graphql").read_text()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program in a folder of its own."""
    return written(tmp_path, "feed.ts") / "feed.ts"


def following(program: Path, shop: SampleShop) -> AbstractAsyncContextManager[Process]:
    """The program, running with the shop's server key."""
    url = f"ws://127.0.0.1:{shop.server.port}/graphql"
    return running(program, TEAROFF_URL=url, TEAROFF_KEY=shop.secret("server"))


async def redeemed(shop: SampleShop, number: int) -> str:
    """The id of a new redemption."""
    variables = {
        "codes": [{"code": "SUMMER10"}],
        "cart": {"currency": "EUR", "lines": [{"unitPrice": "60.00"}]},
        "idempotencyKey": f"dashboard program {number}",
    }
    data = await shop.ask(REDEEM, variables)
    return str(data["redeemVouchers"]["result"]["id"])


async def shown(process: Process) -> str:
    """The id at the end of the next line."""
    told = await line(process)
    assert told.startswith("redeemed SUMMER10 6.00 EUR rdm_"), told
    return told.split()[-1]


async def place_of(shop: SampleShop, redemption: str, after: str) -> Cursor:
    """Where the event of a redemption stands in the log."""
    query = "query ($after: Cursor) { events(after: $after) { nodes { cursor redemption { id } } } }"
    nodes = (await shop.ask(query, {"after": after}))["events"]["nodes"]
    [cursor] = [node["cursor"] for node in nodes if (node["redemption"] or {}).get("id") == redemption]
    return Cursor.decode(cursor)


async def kept(program: Path, at_least: Cursor = BEGINNING) -> str:
    """The cursor in the program's file, once it has come that far."""
    file = program.parent / "cursor.txt"
    async with asyncio.timeout(PATIENCE_SECONDS):
        # Another process writes the file, so there is nothing to be woken by.
        while not file.exists() or not file.read_text() or Cursor.decode(file.read_text()) < at_least:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return file.read_text()


async def test_the_program_follows_and_goes_on_where_it_was_killed(
    program: Path, sample_shop: SampleShop
) -> None:
    async with following(program, sample_shop) as process:
        begins = await kept(program)
        first = await redeemed(sample_shop, 1)
        assert await shown(process) == first
        await kept(program, await place_of(sample_shop, first, begins))
    missed = await redeemed(sample_shop, 2)
    async with following(program, sample_shop) as process:
        assert await shown(process) == missed
        last = await redeemed(sample_shop, 3)
        assert await shown(process) == last
