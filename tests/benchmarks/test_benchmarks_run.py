"""The benchmarks run from end to end: what they tell is complete. How fast anything is, is nobody's promise here."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from benchmarks.cpu import seconds_of
from benchmarks.deeds import DEEDS, kinds_of_codes, shopper
from benchmarks.quantiles import Latencies
from benchmarks.table import number, share, table
from tests.benchmarks.running import left_in, started

SHORT = ("--vouchers", "200")
CODES = ("spread", "hot", "limited")


async def test_a_short_run_of_everything_measures_every_cell_and_leaves_nothing_behind(
    folder: Path, tmp_path: Path
) -> None:
    found = tmp_path / "found.json"
    run = await started("benchmarks", folder, *SHORT, "--json", str(found))
    said, complaints = await run.communicate()
    assert run.returncode == 0, complaints.decode()
    report: dict[str, Any] = json.loads(found.read_text())
    cells = report["cells"]
    assert [(cell["deed"], cell["codes"], cell["clients"]) for cell in cells] == [
        (deed, codes, 2) for deed in ("validate", "redeem") for codes in CODES
    ]
    for cell in cells:
        assert cell["http"]["per_second"] > 0
        assert cell["http"]["latencies"]["count"] > 0
        assert cell["pgbench"]["per_second"] > 0
        assert cell["pgbench"]["latencies"]["count"] > 0
    assert set(report["layers"]) == {"validate", "redeem"}
    for layers in report["layers"].values():
        assert set(layers) == {"graphql", "deed", "engine", "driver", "admission"}
        assert min(layers.values()) > 0
    assert report["delivery"]["from_request"]["count"] == report["delivery"]["from_answer"]["count"] == 15
    assert "fsync=on, synchronous_commit=on" in report["ground"]
    text = said.decode()
    for words in (
        "Minting 200 codes",
        "ratio",
        "validate, spread, 2 clients",
        "redeem, spread, 2 clients",
        "Feed,",
    ):
        assert words in text
    assert left_in(folder) == []


async def test_an_interrupted_run_puts_everything_away(folder: Path) -> None:
    run = await started("benchmarks", folder, *SHORT)
    assert run.stderr is not None
    async with asyncio.timeout(60):
        said = [await run.stderr.readline()]
        while b"validate spread" not in said[-1]:  # the service is serving
            assert said[-1], b"".join(said).decode()  # at its end a stream gives nothing, for ever
            said.append(await run.stderr.readline())
    run.send_signal(signal.SIGINT)
    _, complaints = await run.communicate()
    assert run.returncode == 130
    assert "Interrupted; everything is put away." in complaints.decode().splitlines()
    assert left_in(folder) == []


def test_codes_and_shoppers_of_one_kind_are_equally_long() -> None:
    for codes in kinds_of_codes(1_000):
        assert len(codes.code(1)) == len(codes.code(codes.count))
    assert len(shopper(1)) == len(shopper(1_000))
    assert [codes.name for codes in kinds_of_codes(1)] == list(CODES)


def test_a_body_has_one_place_for_each_thing_that_differs() -> None:
    validate, redeem = (deed.body() for deed in DEEDS)
    assert (validate.count("@CODE@"), validate.count("@SHOPPER@"), validate.count("@KEY@")) == (1, 1, 0)
    assert (redeem.count("@CODE@"), redeem.count("@SHOPPER@"), redeem.count("@KEY@")) == (1, 1, 1)


def test_quantiles_are_of_measured_times() -> None:
    assert Latencies.of([]) == Latencies(0, 0.0, 0.0)
    assert Latencies.of([3_000]) == Latencies(1, 3.0, 3.0)
    assert Latencies.of([place * 1_000 for place in range(200, 0, -1)]) == Latencies(200, 101.0, 199.0)


def test_a_table_puts_numbers_to_the_right() -> None:
    assert table(("what", "us"), [("engine", "12"), ("all", "1,234")]) == (
        "what       us\n------  -----\nengine     12\nall     1,234"
    )
    assert table(("what", "us"), []) == "what  us\n----  --"
    assert (number(None), number(1234.5, 1), share(1, 4), share(1, None)) == ("-", "1,234.5", "25%", "-")


def test_cpu_time_grows_with_work_where_the_kernel_tells_it() -> None:
    before = seconds_of(os.getpid())
    sum(number for number in range(3_000_000))
    after = seconds_of(os.getpid())
    assert (before is None, after is None) == (sys.platform != "linux",) * 2
    assert before is None or after is None or after > before
    assert seconds_of(2**30) is None
