"""What the tests of the command line share: `tearoff` as a process, and a sample shop that is open."""

import asyncio
import os
import signal
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from app.cli import app
from app.sample.keys import SampleKeys, read_keys
from tests.conftest import administer
from tests.server import Server, address_of, serving

PATIENCE_SECONDS = 90
SECRET = "a-secret-of-the-tests-that-is-long-enough"


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


def environment(state: Path, database: Mapping[str, Any] | None, **variables: str) -> dict[str, str]:
    """Nothing of this machine's own settings; without a database the embedded one."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TEAROFF_") and name not in {"DATABASE_URL", "PROMETHEUS_MULTIPROC_DIR"}
    }
    where = {} if database is None else {"DATABASE_URL": address_of(database), "TEAROFF_TOKEN_SECRET": SECRET}
    return {**kept, **where, "TEAROFF_STATE_DIR": str(state), "NO_COLOR": "1", **variables}


@asynccontextmanager
async def running(*words: str, env: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`tearoff` while it runs; ended, if need be, as the operator's Ctrl-C ends it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "app.cli", *words),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await ended(process)


async def ended(process: asyncio.subprocess.Process) -> Said:
    """Wait for its end; what was read before is not in it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


async def line_with(stream: asyncio.StreamReader | None, part: str) -> str:
    """The next line in which the part stands."""
    assert stream is not None
    seen = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        async for raw in stream:
            seen.append(raw.decode())
            if part in seen[-1]:
                return seen[-1]
    raise AssertionError(f"{part!r} is not in {seen}")


class Tearoff:
    """Runs commands with one environment."""

    def __init__(self, state: Path, database: Mapping[str, Any] | None) -> None:
        self.state = state
        self.database = database

    def env(self, **variables: str) -> dict[str, str]:
        return environment(self.state, self.database, **variables)

    async def here(self, *words: str, **variables: str) -> Said:
        """Run a command in this process: quicker, for those that open no database of their own."""
        wanted = self.env(**variables)
        changes = {name: wanted.get(name) for name in {*wanted, *os.environ}}
        # In a thread, because a command runs an event loop of its own.
        result = await asyncio.to_thread(CliRunner().invoke, app, words, env=changes)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    async def __call__(self, *words: str, **variables: str) -> Said:
        async with running(*words, env=self.env(**variables)) as process:
            return await ended(process)


def refused(said: Said) -> str:
    """The one sentence of a command that could not do its work."""
    assert said.status == 1, said
    assert "Traceback" not in said.err
    (sentence,) = [line for line in said.err.splitlines() if line.startswith("Error: ")]
    return sentence.removeprefix("Error: ")


@pytest.fixture
def tearoff(tmp_path: Path, fresh_database: dict[str, Any]) -> Tearoff:
    """Commands on a migrated, empty database."""
    return Tearoff(tmp_path, fresh_database)


@dataclass(frozen=True, slots=True)
class OpenShop:
    """The sample shop behind a running server."""

    server: Server
    database: dict[str, Any]
    keys: SampleKeys
    state: Path

    @property
    def key(self) -> str:
        """The server key."""
        assert self.keys.server is not None
        return self.keys.server.secret

    async def ask(self, document: str, **variables: object) -> dict[str, Any]:
        """The data of an answer without errors."""
        async with httpx.AsyncClient(base_url=self.server.url, timeout=30, trust_env=False) as http:
            response = await http.post(
                "/graphql",
                json={"query": document, "variables": variables},
                headers={"Authorization": f"Bearer {self.key}"},
            )
        answer = response.json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def redeem(self, code: str, price: str) -> str:
        """Try a code on a cart of one thing; gives the kind of the result."""
        data = await self.ask(
            """mutation($code: String!, $price: Decimal!, $key: String!) {
              redeemVouchers(input: { idempotencyKey: $key, codes: [{ code: $code }],
                cart: { currency: "EUR", lines: [{ unitPrice: $price }] } }) { result { __typename } }
            }""",
            code=code,
            price=price,
            key=uuid.uuid4().hex,
        )
        kind: str = data["redeemVouchers"]["result"]["__typename"]
        return kind

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        connection: asyncpg.Connection = await asyncpg.connect(**self.database)
        try:
            return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="session")
async def open_shop(
    cluster: dict[str, Any], template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OpenShop]:
    """One sample shop for all tests of a worker, made by `tearoff sample`."""
    name = f"shop_{uuid.uuid4().hex[:12]}"
    await administer(cluster, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    database = {**cluster, "database": name}
    state = tmp_path_factory.mktemp("shop")
    made = await Tearoff(state, database)("sample")
    assert made.status == 0, made
    async with serving(database) as server:
        yield OpenShop(server, database, read_keys(state), state)
    await administer(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')
