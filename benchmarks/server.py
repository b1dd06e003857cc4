"""The service as operators run it: one worker, its own process, all settings as shipped."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ground import Ground

_START_SECONDS = 60
_STOP_SECONDS = 30
_RUN = "import sys; from app.serve import serve; from app.settings import load; sys.exit(serve(load()))"
_REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is open."""

    process: int
    port: int


@contextmanager
def serving(ground: Ground) -> Iterator[Service]:
    """The service on the ground's database; it is ended in good order."""
    told = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TEAROFF_") and name not in {"DATABASE_URL", "PROMETHEUS_MULTIPROC_DIR"}
    }
    told |= {
        "DATABASE_URL": ground.dsn,
        "TEAROFF_TOKEN_SECRET": secrets.token_urlsafe(48),
        "TEAROFF_PORT": "0",
        "PYTHONPATH": str(_REPOSITORY),
    }
    log = ground.folder / "service.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-c", _RUN],
            env=told,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            process_group=0,  # Ctrl-C is for us, who end it in its turn
        )
    try:
        yield Service(process.pid, _port(process, log))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    """The port it has chosen, once it is open."""
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        said = {line["event"]: line for line in _lines(log)}
        if "open" in said:
            return int(said["listening"]["port"])
        time.sleep(0.05)
    raise RuntimeError(f"The service did not start:\n{log.read_text(errors='replace')}")


def _lines(log: Path) -> Iterator[dict[str, str]]:
    for line in log.read_text(errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # half a line, or somebody else's
            continue
