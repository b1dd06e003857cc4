"""Minting unique codes beside a bare COPY of the very same rows into the very same table, empty both times.

The COPY is one transaction, without a campaign to hold, events to tell or codes to draw; indexes and foreign keys are
the same, and so is the state in which both begin.

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
from app.vouchers.mint import mint
from app.vouchers.values import Minted, MintOrder
from benchmarks.ground import Ground, another, settle_down
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


def measure_minting(ground: Ground, codes: int, rounds: int) -> Minting:
    """The round in the middle by its ratio: what else the machine does may fall on either of the two."""
    found = (_measure_once(asyncio.run(another(ground, f"minting_{turn}")), codes) for turn in range(rounds))
    return sorted(found, key=lambda minting: minting.ratio)[(rounds - 1) // 2]


def _measure_once(ground: Ground, codes: int) -> Minting:
    """In a database where there is no voucher yet."""
    asyncio.run(settle_down(ground))
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
        before, began = _peak(), time.perf_counter()
        order = MintOrder(count=codes)
        answer = await mint(project, campaign, order, datetime.now(UTC), Progress(codes), most=codes)
        taken = time.perf_counter() - began
        assert answer == Minted(count=codes, asked=codes), answer
        return taken, before, _peak()
    finally:
        await close_database()


class Progress:
    """Tells the terminal at every tenth of the whole."""

    def __init__(self, whole: int) -> None:
        self._whole = whole
        self._told = 0

    def __call__(self, made: int) -> None:
        """So many are made."""
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
