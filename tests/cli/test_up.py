"""tearoff up, as a stranger starts it: with a database of its own, twice."""

import asyncio
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.cli.welcome import OPERATIONS
from app.embedded_postgres.home import Home, lock_file, locked_within
from tests.cli.conftest import Tearoff, ended, line_with, refused, running
from tests.forked import Said

COUNT = "{ redemptions { totalCount } rejectedRedemptions { totalCount } }"
VALIDATE, REDEEM = list(OPERATIONS.values())[1:]


@pytest.fixture
def laptop() -> Iterator[Tearoff]:
    """A machine where nothing was started yet; its state folder has a short path that any account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="tear-", dir="/tmp")).resolve()
    folder.chmod(0o711)
    yield Tearoff(folder, None)
    home = Home(folder / "postgres")
    if home.path.exists():
        with lock_file(home.supervisor) as supervisor, lock_file(home.serving) as serving:
            assert locked_within(supervisor, 20), "PostgreSQL was left behind"
            assert locked_within(serving, 20), "PostgreSQL was left behind"
    shutil.rmtree(folder)


@dataclass
class Opened:
    """A service that is up: its address, its server key, and how it ended."""

    url: str
    key: str
    process: asyncio.subprocess.Process

    async def ask(self, document: str) -> dict[str, Any]:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            answer = await http.post(
                f"{self.url}/graphql",
                json={"query": document},
                headers={"Authorization": f"Bearer {self.key}"},
            )
        data: dict[str, Any] = answer.json()["data"]
        return data

    async def stopped(self) -> Said:
        """Ctrl-C, and its end."""
        self.process.send_signal(signal.SIGINT)
        return await ended(self.process)


@asynccontextmanager
async def opened(laptop: Tearoff) -> AsyncIterator[Opened]:
    env = laptop.env(TEAROFF_PORT="0", TEAROFF_LOG_LEVEL="info", TEAROFF_LOG_FORMAT="json")
    async with running("up", env=env) as process:
        link = await line_with(process.stdout, "#key=")
        found = re.search(r"(http://127\.0\.0\.1:\d+)/graphql#key=(tear_sk_\w+)", link)
        assert found is not None
        await line_with(process.stderr, '"event":"open"')
        yield Opened(found[1], found[2], process)


async def test_one_command_opens_a_shop_whose_data_survives_the_night(laptop: Tearoff) -> None:
    async with opened(laptop) as first:
        before = await first.ask(COUNT)
        judged = (await first.ask(VALIDATE))["validateVouchers"]["evaluation"]
        redeemed = (await first.ask(REDEEM))["redeemVouchers"]
        evening = await first.stopped()
    assert before == {"redemptions": {"totalCount": 16}, "rejectedRedemptions": {"totalCount": 7}}
    assert judged["granted"] is False
    assert [reason["code"] for verdict in judged["verdicts"] for reason in verdict["reasons"]] == [
        "MINIMUM_SPEND_NOT_REACHED"
    ]
    assert redeemed["result"]["discount"] == {"amount": "8.99"}
    assert evening.status == 0
    assert evening.out.endswith("Stopped. The data stays.\n")
    assert "Traceback" not in evening.err
    async with opened(laptop) as second:
        assert second.key == first.key
        assert (await second.ask(COUNT))["redemptions"] == {"totalCount": 17}
        again = (await second.ask(REDEEM))["redeemVouchers"]
        assert (await second.stopped()).status == 0
    assert again["replayed"] is True
    assert again["result"] == redeemed["result"]


async def test_a_port_that_is_taken_is_told_before_anything_is_made(laptop: Tearoff) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = await laptop.here("up", "--port", str(port))
    assert refused(said) == f"Cannot listen on 127.0.0.1, port {port}: Address already in use."
    assert not (laptop.state / "postgres").exists()
