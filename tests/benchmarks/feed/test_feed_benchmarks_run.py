"""The feed's benchmarks run from end to end: what they tell is complete. How fast anything is, is nobody's promise."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from benchmarks.feed.clients import BEAT, EVENT, CrowdOrder, Subscriber
from benchmarks.feed.options import PARTS, read_options
from tests.benchmarks.running import REPOSITORY, left_in

PARTS_TRIED = "sockets,documents"  # each starts a service or two
SHORT = (
    "--parts",
    PARTS_TRIED,
    "--seconds",
    "0.2",
    "--sockets",
    "10",
    "--documents",
    "3",
    "--vouchers",
    "100",
)


@pytest.mark.timeout(300)
async def test_a_short_run_measures_everything_and_leaves_nothing_behind(
    folder: Path, tmp_path: Path
) -> None:
    found = tmp_path / "found.json"
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.feed", *SHORT, "--folder", str(folder), "--json", str(found)),
        cwd=REPOSITORY,
        stdout=PIPE,
        stderr=PIPE,
    )
    _, complaints = await run.communicate()
    assert run.returncode == 0, complaints.decode()
    report: dict[str, Any] = json.loads(found.read_text())
    assert [one["transport"] for one in report["audiences"]] == ["socket"]
    for audience in report["audiences"]:
        sides = [audience["ours"], audience["bare"]] if audience["bare"] else [audience["ours"]]
        for side in sides:
            assert side["subscribers"] == 10
            assert side["latencies"]["count"] > 0
            assert side["rush_deliveries"] > 0
    assert report["audiences"][0]["bare"] is not None
    assert (report["documents"]["documents"], report["documents"]["subscribers"]) == (3, 9)
    assert report["documents"]["executions"] <= 3
    assert left_in(folder) == []


def test_without_options_everything_is_measured() -> None:
    options = read_options([])
    assert (options.parts, options.sockets, options.documents) == (frozenset(PARTS), (1_000, 5_000), 200)


async def test_events_are_counted_once_however_the_bytes_are_cut() -> None:
    told = b"x" * 20 + EVENT + b"}" + BEAT + EVENT + b"y" * 20
    for cut in range(1, len(told)):
        one = Subscriber(CrowdOrder(1, 1, "bare", [], []), 0)
        one.ready.set_result(None)
        one.data_received(told[:cut])
        one.data_received(told[cut:])
        assert one.events == 2
