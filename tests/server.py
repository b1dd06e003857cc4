"""A real server process for tests: started on a free port, asked over HTTP, ended by its id."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode

import httpx

START_SECONDS = 120
STOP_SECONDS = 60
_RUN = "import sys; from app.serve import serve; from app.settings import load; sys.exit(serve(load()))"


def address_of(credentials: Mapping[str, Any]) -> str:
    """DATABASE_URL for asyncpg's keywords."""
    parameters = urlencode({"host": credentials["host"], "port": credentials["port"]})
    user = f"{quote(credentials['user'])}:{quote(credentials['password'] or 'none')}"
    return f"postgresql://{user}@/{quote(credentials['database'])}?{parameters}"


class Server:
    """One `tearoff serve`; `lines` is what it has logged, one dict a line."""

    def __init__(self, process: asyncio.subprocess.Process, environment: dict[str, str]) -> None:
        self.process = process
        self.environment = environment
        self.port = 0
        self.lines: list[dict[str, Any]] = []
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            try:
                line = json.loads(raw)
            except ValueError:
                line = {"event": raw.decode(errors="replace").rstrip()}
            self.lines.append(line)
            if line["event"] == "listening":
                self.port = line["port"]
            async with self._news:
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    async def logs(self, event: str, times: int = 1) -> list[dict[str, Any]]:
        """Wait until it has logged an event so many times."""

        def found() -> list[dict[str, Any]]:
            return [line for line in self.lines if re.search(event, line["event"])]

        async with asyncio.timeout(START_SECONDS), self._news:
            await self._news.wait_for(lambda: len(found()) >= times or self._reading.done())
        assert len(found()) >= times, f"{event!r} is not in {self.lines}"
        return found()

    def faults(self) -> list[dict[str, Any]]:
        """What it has logged as an error."""
        return [line for line in self.lines if line.get("level") in {"error", "critical"}]

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """Its exit status."""
        async with asyncio.timeout(STOP_SECONDS):
            status = await self.process.wait()
            await self._reading
        return status


@asynccontextmanager
async def serving(
    credentials: Mapping[str, Any], *, opens: bool = True, **variables: str
) -> AsyncIterator[Server]:
    """A server on the database; `opens=False` does not wait until it is open; further settings as variables."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TEAROFF_") and name not in {"DATABASE_URL", "PROMETHEUS_MULTIPROC_DIR"}
    }
    environment |= {
        "DATABASE_URL": address_of(credentials),
        "TEAROFF_TOKEN_SECRET": "a-secret-of-the-tests-that-is-long-enough",
        "TEAROFF_PORT": "0",
        "TEAROFF_POOL_MAX": "6",
        **variables,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _RUN, env=environment, stderr=asyncio.subprocess.PIPE
    )
    server = Server(process, environment)
    try:
        await server.logs("listening")
        if opens:
            await server.logs("^open$", int(variables.get("TEAROFF_WORKERS", "1")))
        yield server
    finally:
        if process.returncode is None:
            server.terminate()
        await server.ended()


def client(server: Server) -> httpx.AsyncClient:
    """A client of the server."""
    # Without TLS there is no certificate to check, and reading all known ones takes longer than a request.
    return httpx.AsyncClient(base_url=server.url, timeout=30, trust_env=False, verify=False)  # noqa: S501
