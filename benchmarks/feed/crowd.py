"""The crowd's other side: opens subscribers in processes of their own and asks what they have heard."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks.feed.clients import CrowdOrder

_MOST_IN_PROCESS = 2_500
_LINE_BYTES = 64 * 1_048_576
_PATIENCE_SECONDS = 180


class Crowd:
    """All subscribers of a measurement."""

    def __init__(self, processes: list[Process], size: int) -> None:
        self.size = size
        self._processes = processes

    async def deliveries(self) -> int:
        """How many events all together have heard."""
        return sum(answer["all"] for answer in await self._ask("count"))

    async def beats(self) -> int:
        """How many heartbeats all together have heard, about: one that comes in two pieces may be missed."""
        return sum(answer["beats"] for answer in await self._ask("count"))

    async def heard(self, each: int) -> None:
        """Wait until each has heard so many events; raises RuntimeError for one too many, TimeoutError for too few."""
        least = most = 0
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while least < each:
                answers = await self._ask("count")
                least = min(answer["least"] for answer in answers)
                most = max(answer["most"] for answer in answers)
                await asyncio.sleep(0.02 if least < each else 0)
        if most > each:
            raise RuntimeError(f"A subscriber has heard {most} events instead of {each}")

    async def moments(self) -> list[list[float]]:
        """When those that are sampled heard each event since the last question; monotonic seconds."""
        return [moments for sampled in await self._ask("moments") for moments in sampled]

    async def _ask(self, question: str) -> list[Any]:  # Any: JSON
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{question}\n".encode())
        return [await _answer(process) for process in self._processes]


@asynccontextmanager
async def gathered(order: CrowdOrder) -> AsyncIterator[Crowd]:
    """The subscribers of the order, all of them there; they are gone afterwards."""
    count = -(-order.count // _MOST_IN_PROCESS)
    sizes = [order.count // count + (number < order.count % count) for number in range(count)]
    processes: list[Process] = []
    try:
        for size in sizes:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "benchmarks.feed.clients"),
                stdin=PIPE,
                stdout=PIPE,
                limit=_LINE_BYTES,
                cwd=Path(__file__).parents[2],
                start_new_session=True,  # Ctrl-C is for us
            )
            processes.append(process)
            assert process.stdin is not None
            process.stdin.write(f"{json.dumps(asdict(replace(order, count=size)))}\n".encode())
        for process in processes:
            if await _answer(process) != "ready":
                raise RuntimeError("The subscribers did not come")
        yield Crowd(processes, order.count)
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _answer(process: Process) -> Any:  # Any: JSON
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE_SECONDS):
        line = await process.stdout.readline()
    if not line:
        raise RuntimeError("The subscribers have ended; what they complained of stands above")
    return json.loads(line)
