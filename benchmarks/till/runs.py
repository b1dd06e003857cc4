"""Runs of the till alone: one process or several, each with a till of its own, on one database."""

import json
import secrets
import subprocess
import sys
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.deeds import Codes
from benchmarks.ground import Ground
from benchmarks.quantiles import Latencies
from benchmarks.shop import Shop
from benchmarks.till.drive import Drive, Driven

_REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class TillRun:
    """What the tills did together. `batch` is a batch's mean size; CPU is in seconds per redemption, the clients'
    (they live in the tills' processes) included; `redone` batches came again after a clash."""

    per_second: float
    latencies: Latencies
    batch: float
    redone: int
    till_cpu: float | None
    postgres_cpu: float | None
    layers: dict[str, int]
    places: dict[str, int]


def run_tills(
    ground: Ground,
    shop: Shop,
    codes: Codes,
    clients: int,
    seconds: float,
    *,
    processes: int = 1,
    sampled: bool = False,
) -> TillRun:
    """So many clients, shared out among the processes. Raises RuntimeError when anything is not granted."""
    order = Drive(
        credentials={**ground.credentials},
        secret=shop.secret,
        codes=codes,
        clients=max(1, clients // processes),
        seconds=seconds,
        warm_up=min(1.0, seconds / 3),
        run=secrets.token_hex(8),
        watched={"postgres": ground.postmaster},
        sampled=sampled,
    )
    return _together(_drive([replace(order, run=f"{order.run}-{number}") for number in range(processes)]))


def _drive(orders: list[Drive]) -> list[Driven]:
    started: list[subprocess.Popen[str]] = []
    try:
        for order in orders:
            process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.till.drive"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                cwd=_REPOSITORY,
                process_group=0,  # Ctrl-C is for us
            )
            started.append(process)
            _tell(process, json.dumps(asdict(order)))
        for process in started:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"A till did not start:\n{process.communicate()[1]}")
        for process in started:
            _tell(process, "go")
        return [_found(process) for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()


def _tell(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def _found(process: "subprocess.Popen[str]") -> Driven:
    said, complaints = process.communicate()
    if process.returncode:
        raise RuntimeError(f"A till failed:\n{complaints}")
    return Driven(**json.loads(said.splitlines()[-1]))


def _together(driven: list[Driven]) -> TillRun:
    latencies = [took for one in driven for took in one.latencies]
    redemptions = len(latencies) or 1
    till = [one.cpu["till"] for one in driven]
    postgres = driven[0].cpu["postgres"]
    layers: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for one in driven:
        layers.update(one.layers)
        places.update(one.places)
    return TillRun(
        per_second=sum(len(one.latencies) / one.seconds for one in driven),
        latencies=Latencies.of(latencies),
        batch=sum(one.settled for one in driven) / (sum(one.batches for one in driven) or 1),
        redone=sum(one.redone for one in driven),
        till_cpu=sum(used or 0.0 for used in till) / redemptions,
        postgres_cpu=None if postgres is None else postgres / redemptions,
        layers=dict(layers),
        places=dict(places.most_common(40)),
    )
