"""What the tests of both benchmarks share: a run in a folder of its own, and what it leaves there."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


async def started(module: str, folder: Path, *arguments: str) -> Process:
    """`python -m module`, as short as its arguments make it, with its temporary folder inside `folder`."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, "--seconds", "0.3", "--clients", "2", "--folder", str(folder), *arguments),
        cwd=REPOSITORY,
        stdout=PIPE,
        stderr=PIPE,
    )


def left_in(folder: Path) -> list[str]:
    """The names of what is still there."""
    return [path.name for path in folder.iterdir()]
