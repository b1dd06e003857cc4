"""The program of docs/dashboard.md that follows with graphql-sse: a server dies, another comes, it shows all once."""

from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import pytest

from tests.docs.node_programs import line, running, written
from tests.server import serving
from tests.stories.caller import a_cart
from tests.stories.conftest import opened_books
from tests.stories.shop import Shop, founded

NOTHING = "nothing new"


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
        port, file = str(first.port), written(tmp_path, "stream.mjs") / "stream.mjs"
        given = {"TEAROFF_URL": f"{first.url}/graphql", "TEAROFF_KEY": shop.caller.secret}
        async with running(file, **given) as program:
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
