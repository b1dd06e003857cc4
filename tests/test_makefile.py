"""The Makefile: every habit is listed, and a machine that lacks something is told what."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer.main

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.fixture
def make(tmp_path: Path) -> Path:
    """A folder with the Makefile and nothing else."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "ui").mkdir()
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *words], cwd=folder, capture_output=True, text=True, check=False)


def test_make_alone_lists_every_habit_with_a_sentence(make: Path) -> None:
    listed = re.findall(r"^  make (\w+) +(\S.{10,})$", run(make).stdout, re.MULTILINE)
    habits = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[0].split()
    assert [word for word, _ in listed] == habits
    assert {"up", "test", "check", "fix", "schema", "migrate", "bench", "shoppers"} <= set(habits)
    assert not (make / ".venv").exists()


def test_every_command_that_a_habit_runs_exists() -> None:
    from app.cli import app

    commands = set(re.findall(r"\$\(BIN\)/tearoff (\w+)", MAKEFILE))
    assert commands >= {"up", "migrate", "schema", "shoppers", "tail"}
    assert commands <= set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # a group


def test_a_python_too_old_is_refused_with_a_sentence(make: Path) -> None:
    old = make / "python-of-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    refused = run(make, ".venv/made", f"PYTHON={old}")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0] == f"Tearoff needs Python 3.11 or newer, and {old} is not."
    assert not (make / ".venv").exists()


def test_no_python_at_all_is_said_with_a_sentence(make: Path) -> None:
    refused = run(make, ".venv/made", "PYTHON=")
    assert refused.returncode == 2
    assert refused.stderr.splitlines()[0] == (
        "Tearoff needs Python 3.11 or newer: install it, or name it with PYTHON=..."
    )


def test_clean_never_touches_the_data(make: Path) -> None:
    (make / ".state").mkdir()
    (make / ".state" / "kept").touch()
    (make / ".venv").mkdir()
    assert run(make, "clean").returncode == 0
    assert not (make / ".venv").exists()
    assert (make / ".state" / "kept").exists()
