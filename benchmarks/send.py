"""The load generator's other side: gives it an order and takes what it has found."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.load import Loaded, Order


def send(order: Order) -> Loaded:
    """What a load generator in a process of its own has found. Raises RuntimeError when anything was not granted."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
        process_group=0,  # Ctrl-C is for us
    )
    if done.returncode:
        raise RuntimeError(f"The load generator failed:\n{done.stderr}")
    loaded = Loaded(**json.loads(done.stdout))
    if loaded.not_granted or not loaded.requests:
        raise RuntimeError(
            f"{loaded.not_granted} answers granted nothing, the last one:\n{loaded.odd_answer}"
        )
    return loaded
