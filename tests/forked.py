"""`tearoff` as a process of its own, forked from one that has everything imported: a tenth of a second, not two."""

import asyncio
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.cli import main

PATIENCE_SECONDS = 90

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


async def tearoff(*words: str, env: Mapping[str, str]) -> Said:
    """Run a command to its end, with this environment and no other."""
    return await asyncio.to_thread(_run, words, dict(env))


def _run(words: tuple[str, ...], env: dict[str, str]) -> Said:
    with tempfile.TemporaryDirectory(prefix="tear-said-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = _FORKS.Process(target=_be_tearoff, args=(words, env, out, err))
        process.start()
        process.join(PATIENCE_SECONDS)
        status = process.exitcode
        if status is None:
            process.kill()
        assert status is not None, f"tearoff {' '.join(words)} does not end: {err.read_text()}"
        return Said(status, out.read_text(), err.read_text())


def _be_tearoff(words: tuple[str, ...], env: dict[str, str], out: Path, err: Path) -> None:
    os.environ.clear()
    os.environ.update(env)
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        stream.flush()
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    sys.argv = ["tearoff", *words]
    main()
