"""The program of docs/dashboard.md that follows with graphql-sse: a server dies, another comes, it shows all once."""

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.docs.guide import blocks_of
from tests.docs.sample_shop import ROOT
from tests.docs.test_dashboard_program import MODULES, NODE, PATIENCE_SECONDS
from tests.server import serving
from tests.stories.caller import a_cart
from tests.stories.conftest import opened_books
from tests.stories.shop import Shop, founded

NOTHING = "nothing new"


@asynccontextmanager
async def running(folder: Path, url: str, secret: str) -> AsyncIterator[Process]:
    """The program in a folder of its own, beside the packages of the GraphiQL page; killed at the end."""
    [block] = [one for one in blocks_of(ROOT / "docs/dashboard.md") if one.language == "js"]
    (folder / block.title).write_text(block.text)
    assert (MODULES / "graphql-sse").exists(), "the GraphiQL page is not built: `make ui` builds it"
    (folder / "node_modules").symlink_to(MODULES)
    process = await asyncio.create_subprocess_exec(
        str(NODE),
        block.title,
        cwd=folder,
        env={**os.environ, "TEAROFF_URL": f"{url}/graphql", "TEAROFF_KEY": secret},
        stdout=PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def line(process: Process) -> str:
    """The next line it prints."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        return (await process.stdout.readline()).decode().strip()


async def shown(process: Process) -> str:
    """The next id it prints."""
    while (told := await line(process)) == NOTHING:
        pass
    return told


async def redeemed(shop: Shop, order: str) -> str:
    """The id of a new redemption."""
    payload = await shop.caller.redeem("CODE", cart=a_cart("12.00"), key=order)
    id_: str = payload["result"]["id"]
    return id_


@pytest.mark.parametrize("end", ["terminate", "kill"])
async def test_the_program_comes_back_by_itself_and_misses_nothing(
    fresh_database: dict[str, Any], tmp_path: Path, end: str
) -> None:
    async with (
        opened_books(fresh_database) as books,
        serving(fresh_database) as first,
        founded(books, [first]) as shop,
    ):
        await shop.code(await shop.campaign("Sale"), "CODE")
        port, secret = str(first.port), shop.caller.secret
        async with running(tmp_path, first.url, secret) as program:
            assert await line(program) == NOTHING
            seen = await redeemed(shop, "1")
            assert await shown(program) == seen
            getattr(first.process, end)()
            await first.ended()
            async with serving(fresh_database, TEAROFF_PORT=port):
                missed = await redeemed(shop, "2")
                assert await shown(program) == missed
                last = await redeemed(shop, "3")
                assert await shown(program) == last
