"""What the tests of the command line share: `tearoff` as a process of its own, or here."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from tests import forked
from tests.forked import PATIENCE_SECONDS, Said
from tests.server import address_of

SECRET = "a-secret-of-the-tests-that-is-long-enough"


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
        return await forked.tearoff(*words, env=self.env(**variables))


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
