"""The benchmark of disclosure measures what it says: codes in turn, and differences as large as they are."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from benchmarks.disclosure import KINDS, UNKNOWN, difference, guessed_right, measured, told, typed
from tests.benchmarks.running import REPOSITORY, left_in


async def test_every_round_asks_for_every_code_in_an_order_of_its_own() -> None:
    asked: list[str] = []

    async def ask(kind: str) -> None:
        asked.append(kind)

    times = await measured(ask, rounds=20)
    assert {kind: len(own) for kind, own in times.items()} == dict.fromkeys(KINDS, 20)
    rounds = [tuple(asked[start : start + len(KINDS)]) for start in range(0, len(asked), len(KINDS))]
    assert len(rounds) == 22  # two to warm up
    assert all(sorted(each) == sorted(KINDS) for each in rounds)
    assert len(set(rounds)) > 10


def test_what_takes_longer_is_seen_whatever_the_machine_does_beside() -> None:
    noise = [0.001 * (place % 7) for place in range(400)]
    slower = [each + 0.0005 for each in noise]
    assert difference(slower, noise) == pytest.approx((0.0005, 0.0005, 0.0005))
    assert difference(noise, noise) == (0, 0, 0)


def test_the_interval_is_as_wide_as_the_differences_are_scattered() -> None:
    scattered = [0.001 * (place % 101 - 50) for place in range(10_100)]
    middle, low, high = difference(scattered, [0.0] * len(scattered))
    assert middle == 0
    assert low == pytest.approx(-0.001)
    assert high == pytest.approx(0.001)


def test_a_guess_is_as_good_as_the_times_lie_apart() -> None:
    assert guessed_right([2, 2], [1, 1]) == 1
    assert guessed_right([1, 1], [2, 2]) == 0
    assert guessed_right([1, 2, 3], [1, 2, 3]) == 0.5


def test_the_table_has_a_row_for_each_code() -> None:
    head, _, *rows = told({UNKNOWN: [0.001] * 10, "FOREIGN": [0.0011] * 10}).splitlines()
    assert head.split()[0] == "code"
    assert rows[0].split() == ["UNKNOWN", "1,000", "1,000", "1,000", "-", "-", "-"]
    assert rows[1].split() == ["FOREIGN", "1,100", "1,100", "1,100", "+100", "+100", "…", "+100", "100.0"]


def test_all_codes_are_equally_long() -> None:
    assert len({len(typed(kind)) for kind in KINDS}) == 1


async def test_a_short_run_ends_with_the_table_and_leaves_nothing_behind(folder: Path) -> None:
    run = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.disclosure", "--rounds", "3", "--folder", str(folder)),
        cwd=REPOSITORY,
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await run.communicate()
    assert run.returncode == 0, err.decode()
    rows = out.decode().splitlines()[-len(KINDS) :]
    assert [row.split()[0] for row in rows] == list(KINDS)
    assert left_in(folder) == []
