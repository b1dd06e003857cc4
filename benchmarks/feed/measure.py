"""The measurements of one audience: how much memory it takes idle, what a delivery costs, how fast many are told."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.cpu import seconds_of
from benchmarks.feed.clients import CrowdOrder
from benchmarks.feed.crowd import Crowd, gathered
from benchmarks.feed.footprint import kibibytes
from benchmarks.feed.found import Side
from benchmarks.feed.teller import Teller
from benchmarks.quantiles import Latencies

STEADY_DELIVERIES = 10_000  # a second, one event after the other
RUSH_DELIVERIES = 80_000  # for each second that a measurement is long
_WARM_UP = 50
_LONGEST_SETTLING = 2.0
_PATIENCE_SECONDS = 180

# Tells so many events: so many a second (each moment is given), or as fast as can be.
TellSteadily = Callable[[int, float], Awaitable[list[float]]]
TellAtOnce = Callable[[int], Awaitable[object]]


async def measure(
    process: int, order: CrowdOrder, seconds: float, steadily: TellSteadily, at_once: TellAtOnce
) -> Side:
    """One audience, from an empty house; whoever is sampled hears every event or the run fails."""
    async with gathered(_of_size(order, min(_WARM_UP, order.count))):
        pass
    await asyncio.sleep(min(seconds, _LONGEST_SETTLING))
    empty = kibibytes(process)
    async with gathered(order) as crowd:
        await asyncio.sleep(min(seconds, _LONGEST_SETTLING))
        full = kibibytes(process)
        rate = STEADY_DELIVERIES / order.count
        steady = max(2, round(rate * seconds))
        await _warm(crowd, steadily)
        await crowd.moments()  # those of the warm-up
        before = seconds_of(process)
        told = await steadily(steady, rate)
        await crowd.heard(2 + steady)
        steady_cpu = _each(process, before, steady * order.count)
        heard = await crowd.moments()
        rush = max(2, round(RUSH_DELIVERIES * seconds / order.count))
        before, start = seconds_of(process), time.monotonic()
        await at_once(rush)
        await crowd.heard(2 + steady + rush)
        taken = time.monotonic() - start
        rush_cpu = _each(process, before, rush * order.count)
    return Side(
        subscribers=order.count,
        memory=None if empty is None or full is None else (full - empty) / order.count,
        per_second=rate,
        steady_cpu=steady_cpu,
        latencies=_latencies(told, heard),
        rush_deliveries=rush * order.count / taken,
        rush_cpu=rush_cpu,
    )


async def measure_ours(process: int, order: CrowdOrder, seconds: float, teller: Teller) -> Side:
    """The service, told by another process."""
    return await measure(process, order, seconds, teller.tell_steadily, teller.tell)


async def measure_bare(count: int, seconds: float, text: str) -> Side:
    """A bare broadcast of the same text, in a process of its own."""
    with _bare() as (process, port):
        address = f"http://127.0.0.1:{port}/say"
        async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE_SECONDS) as client:

            async def steadily(times: int, rate: float) -> list[float]:
                order = {"times": times, "pause": 1 / rate, "text": text}
                answer = await client.post(address, json=order)
                moments: list[float] = answer.json()
                return moments

            async def at_once(times: int) -> None:
                await client.post(address, json={"times": times, "pause": 0, "text": text})

            order = CrowdOrder(port, count, "bare", [], [])
            return await measure(process, order, seconds, steadily, at_once)


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.feed.bare"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        process_group=0,
    )
    try:
        assert process.stdout is not None
        yield process.pid, int(json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()


async def _warm(crowd: Crowd, steadily: TellSteadily) -> None:
    await steadily(2, 10)
    await crowd.heard(2)


def _of_size(order: CrowdOrder, count: int) -> CrowdOrder:
    return CrowdOrder(order.port, count, order.transport, order.secrets, order.documents, order.sampled)


def _each(process: int, before: float | None, deliveries: int) -> float | None:
    after = seconds_of(process)
    return None if before is None or after is None else (after - before) / deliveries


def _latencies(told: list[float], heard: list[list[float]]) -> Latencies:
    """The log's order is everybody's order, so the first heard is the first told."""
    return Latencies.of(
        [
            max(0, round((at - began) * 1e6))
            for moments in heard
            for began, at in zip(told, moments, strict=True)
        ]
    )
