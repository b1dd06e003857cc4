"""Minting unique codes beside a bare COPY of the very same rows into the very same table, empty both times.

`python -m benchmarks.till.minting` mints, in a process of its own whose memory is looked at: it reads an order, JSON,
from standard input and writes what it found.
"""

import asyncio
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any  # credentials, as asyncpg takes them

import asyncpg
import uvloop

from app.database import close_database, open_database
from app.engine.offer import Limits
from app.vouchers.mint import MOST_DRAWN, mint
from app.vouchers.values import Minted, MintOrder
from benchmarks.ground import Ground, settle_down
from benchmarks.shop import found_shop, run_campaign

_REPOSITORY = Path(__file__).parents[2]
_PATIENCE_SECONDS = 3600
_MEGABYTE = 1024  # in kilobytes, as Linux tells


@dataclass(frozen=True, slots=True)
class Minting:
    """So many codes took so long; memory is the process's peak, in megabytes, before and after."""

    codes: int
    mint_seconds: float
    copy_seconds: float
    memory_before: float
    memory_peak: float

    @property
    def ratio(self) -> float:
        """Minting's speed for a COPY's."""
        return self.copy_seconds / self.mint_seconds


def measure_minting(ground: Ground, codes: int) -> Minting:
    """In a database of its own, where there is no voucher yet."""
    order = {"credentials": {**ground.credentials}, "codes": codes}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.till.minting"],
        input=json.dumps(order),
        stdout=subprocess.PIPE,  # progress is told to the terminal
        text=True,
        check=False,
        cwd=_REPOSITORY,
        process_group=0,
    )
    if done.returncode:
        raise RuntimeError("Minting failed.")
    seconds, before, peak = json.loads(done.stdout)
    copied = asyncio.run(_copy(ground, codes))
    return Minting(codes, seconds, copied, before, peak)


async def _copy(ground: Ground, codes: int) -> float:
    """The seconds of a COPY of what was minted, read from a file in PostgreSQL's own format."""
    file = ground.folder / "vouchers.copy"
    connection: asyncpg.Connection = await asyncpg.connect(**ground.credentials)
    try:
        await connection.copy_from_query("SELECT * FROM vouchers ORDER BY id", output=file, format="binary")
        await connection.execute("TRUNCATE vouchers CASCADE")
        await settle_down(ground)
        began = time.perf_counter()
        tag = await connection.copy_to_table(
            "vouchers", source=file, format="binary", timeout=_PATIENCE_SECONDS
        )
        taken = time.perf_counter() - began
    finally:
        await connection.close()
        file.unlink(missing_ok=True)
    assert tag == f"COPY {codes}", tag
    return taken


async def _mint(credentials: dict[str, Any], codes: int) -> tuple[float, float, float]:
    """Seconds, and the peak of memory before and after."""
    await open_database(credentials)
    try:
        project, key, _ = await found_shop()
        campaign = await run_campaign(project, "Minted", Limits(per_voucher=1), key)
        before, began, made = _peak(), time.perf_counter(), 0
        while made < codes:
            order = MintOrder(count=min(MOST_DRAWN, codes - made))
            answer = await mint(project, campaign, order, datetime.now(UTC), Progress(made, codes))
            assert isinstance(answer, Minted), answer
            made += answer.count
        return time.perf_counter() - began, before, _peak()
    finally:
        await close_database()


class Progress:
    """Tells the terminal at every tenth of the whole."""

    def __init__(self, before: int, whole: int) -> None:
        self._before, self._whole = before, whole
        self._told = before * 10 // whole

    def __call__(self, made: int) -> None:
        """So many of this order are made."""
        made += self._before
        tenths = made * 10 // self._whole
        if tenths > self._told:
            self._told = tenths
            print(f"  minted {made:,} of {self._whole:,}", file=sys.stderr, flush=True)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE


def main() -> None:
    """Read the order, mint, tell."""
    order = json.load(sys.stdin)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(_mint(order["credentials"], order["codes"]))))


if __name__ == "__main__":
    main()
