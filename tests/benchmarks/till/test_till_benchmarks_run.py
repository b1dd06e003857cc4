"""The till's benchmarks run from end to end: what they tell is complete. How fast anything is, is nobody's promise."""

import asyncio
import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from app.engine.offer import Limits
from benchmarks.deeds import Codes
from benchmarks.load import Order, Template
from benchmarks.quantiles import Latencies
from benchmarks.shop import MANY
from benchmarks.till.drive import cart
from benchmarks.till.goals import Goal, told
from benchmarks.till.options import PARTS, read_options
from benchmarks.till.over_graphql import batch_body
from benchmarks.till.place import in_turn, middle
from benchmarks.till.runs import TillRun
from benchmarks.till.samples import Samples
from benchmarks.till.stock import kinds, limits_of
from tests.benchmarks.running import left_in, started

SHORT = ("--sizes", "100,200", "--mint", "300")
KINDS = ("spread", "unlimited", "hot", "campaign", "budget")


@pytest.mark.timeout(600)
async def test_a_short_run_of_everything_measures_every_cell_and_leaves_nothing_behind(
    folder: Path, tmp_path: Path
) -> None:
    found = tmp_path / "found.json"
    run = await started("benchmarks.till", folder, *SHORT, "--json", str(found))
    said, complaints = await run.communicate()
    assert run.returncode == 0, complaints.decode()
    report: dict[str, Any] = json.loads(found.read_text())
    assert [(cell["codes"], cell["clients"], cell["processes"]) for cell in report["alone"]] == [
        *((codes, 2, 1) for codes in KINDS),
        *((codes, 2, 2) for codes in ("spread", "hot")),
    ]
    assert [(cell["codes"], cell["vouchers"]) for cell in report["sizes"]] == [
        ("spread", 100),
        ("spread", 200),
    ]
    for cell in (*report["alone"], *report["sizes"]):
        for side in ("till", "pgbench"):
            assert cell[side]["per_second"] > 0
            assert cell[side]["latencies"]["count"] > 0
        assert 1 <= cell["till"]["batch"] <= 2
    assert [(cell["codes"], cell["clients"], cell["in_request"]) for cell in report["over_graphql"]] == [
        *((codes, 2, 1) for codes in ("spread", "hot")),
        *(("spread", clients, 100) for clients in (1, 8)),
    ]
    assert all(cell["http"]["per_second"] > 0 for cell in report["over_graphql"])
    assert tuple(report["idle"]["trips"]) == KINDS
    assert min(report["idle"]["trips"].values()) > 2  # to begin, to write and to commit are three
    assert report["minting"]["codes"] == 300
    assert report["minting"]["memory_peak"] >= report["minting"]["memory_before"] > 0
    assert "fsync=on, synchronous_commit=on" in report["ground"]
    assert len(report["goals"]) == 8
    text = said.decode()
    assert len(re.findall("(?:met|missed)$", text, re.MULTILINE)) == 8
    for words in (
        "spread, CPU per redemption",
        "Round trips of a lone redemption: spread",
        "Minting 300 codes",
    ):
        assert words in text
    assert left_in(folder) == []


async def test_an_interrupted_run_puts_everything_away(folder: Path) -> None:
    run = await started("benchmarks.till", folder, *SHORT, "--parts", "alone")
    assert run.stderr is not None
    async with asyncio.timeout(60):
        said = [await run.stderr.readline()]
        while b"till spread" not in said[-1]:
            assert said[-1], b"".join(said).decode()  # at its end a stream gives nothing, for ever
            said.append(await run.stderr.readline())
    run.send_signal(signal.SIGINT)
    _, complaints = await run.communicate()
    assert run.returncode == 130
    assert "Interrupted; everything is put away." in complaints.decode().splitlines()
    assert left_in(folder) == []


def test_a_quick_run_is_the_habit_and_a_full_one_has_all_sizes() -> None:
    quick, full = read_options([]), read_options(["--full"])
    assert (quick.clients, quick.sizes, quick.size, quick.rounds) == (
        (1, 8, 32, 128),
        (1_000, 100_000),
        100_000,
        1,
    )
    assert (full.sizes, full.size, full.rounds) == ((1_000, 1_000_000, 5_000_000), 1_000_000, 3)
    assert (full.mint, full.reference, full.parts) == (1_000_000, 32, set(PARTS))
    assert read_options(["--clients", "2,4"]).reference == 4


@pytest.mark.parametrize(
    "wrong", [["--sizes", "2,1"], ["--clients", "0"], ["--parts", "lunch"], ["--seconds", "-1"]]
)
def test_options_that_make_no_sense_end_the_run(wrong: list[str]) -> None:
    with pytest.raises(SystemExit):
        read_options(wrong)


def test_kinds_of_codes_are_limited_as_their_scope_says() -> None:
    assert {codes.name: limits_of(codes) for codes in kinds(5)} == {
        "spread": Limits(per_voucher=MANY),
        "unlimited": Limits(),
        "hot": Limits(per_voucher=MANY),
        "campaign": Limits(per_campaign=MANY),
        "budget": Limits(),
    }
    assert [codes.count for codes in kinds(5_000_000)] == [5_000_000, 100_000, 1, 100_000, 100_000]


def test_every_redemption_of_a_batch_has_its_own_key() -> None:
    order = Order(
        port=1,
        secret="s",
        body=batch_body(3),
        granted="",
        codes=Codes("spread", "SPREAD", 9_000_000, "voucher"),
        clients=1,
        seconds=1,
        warm_up=0,
        run="run",
        watched={},
    )
    template = Template(order)
    keys: list[str] = []
    for _ in range(2):
        head, _, body = template.next().partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}\r\n".encode() in head + b"\r\n"
        redemptions = json.loads(body)["variables"]["input"]["redemptions"]
        assert len(redemptions) == 3
        keys += [one["idempotencyKey"] for one in redemptions]
    assert len(set(keys)) == 6


def test_the_cart_at_the_till_is_the_cart_of_the_requests() -> None:
    assert cart().to_json()["shipping"] == 490
    assert [line.amount for line in cart().lines] == [3_980, 7_900, 2_985, 1_400]


def test_a_goal_is_met_at_its_figure() -> None:
    assert [Goal("", 2, found).met for found in (1.9, 2, 2.1)] == [False, True, True]
    assert [Goal("", 2, found, at_most=True).met for found in (1.9, 2, 2.1)] == [True, True, False]
    lines = told([Goal("spread", 2.5, 3), Goal("trips", 5, 6, at_most=True)]).splitlines()[2:]
    assert [line.split() for line in lines] == [
        ["spread", ">=", "2.5", "3.00", "met"],
        ["trips", "<=", "5.0", "6.00", "missed"],
    ]


def tills(rate: float) -> TillRun:
    """A run that reached a rate."""
    return TillRun(rate, Latencies(0, 0.0, 0.0), 1.0, 0, None, None, {}, {})


def test_of_several_rounds_the_middle_one_counts() -> None:
    assert middle([tills(3), tills(1), tills(2)]) == tills(2)
    rates = iter([1, 10, 3, 30, 2, 20])
    assert in_turn(3, lambda: tills(next(rates)), lambda: tills(next(rates))) == (tills(2), tills(20))


def test_looks_at_the_stack_count_for_the_layer_that_asked() -> None:
    samples = Samples()
    samples.start()
    try:
        while not samples.layers:
            cart().to_json()
    finally:
        samples.stop()
    assert set(samples.layers) <= {"engine", "clients", "driver and loop, in C"}
    assert sum(samples.places.values()) == sum(samples.layers.values()) > 0
