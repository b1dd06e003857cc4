"""docs/adding_a_rule.md is true: its files are written into a copy of the code, and its commands are run there."""

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "adding_a_rule.md"
FENCE = re.compile(r"^```(?P<language>\w+) ?(?P<title>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    language: str
    title: str
    text: str


def blocks() -> list[Block]:
    return [
        Block(*found.group("language", "title", "text")) for found in FENCE.finditer(DOCUMENT.read_text())
    ]


def copy_of_the_code(folder: Path) -> Path:
    """A copy with the engine, the schema and the engine's tests, where a new file harms nobody."""
    left_out = shutil.ignore_patterns("__pycache__", "static", "*.pyc")
    for package in ("app", "graphql_schema", "tests/engine"):
        shutil.copytree(ROOT / package, folder / package, ignore=left_out)
    shutil.copy(ROOT / "tests" / "__init__.py", folder / "tests" / "__init__.py")
    return folder


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    # The copy must be what is imported, whatever is installed.
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    for name in [name for name in environment if name.startswith(("PYTEST_", "COV_"))]:
        del environment[name]
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_every_step_of_the_document_works(tmp_path: Path) -> None:
    folder = copy_of_the_code(tmp_path)
    steps = blocks()
    assert [block.language for block in steps] == ["python", "sh", "python", "sh", "pycon", "pycon"]
    for block in steps:
        if block.language == "python":
            target = folder / block.title
            assert not target.exists(), f"{block.title} exists already: the document must add something new"
            target.write_text(block.text)
        elif block.language == "sh":
            follow_command(folder, block)
        else:
            follow_session(folder, block)


def follow_command(folder: Path, block: Block) -> None:
    """Run the block's pytest command; it must pass, or fail with what its title says."""
    program, *arguments = shlex.split(block.text)
    assert program == ".venv/bin/pytest"
    ended = run(folder, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments)
    if block.title == "passes":
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return
    expectation, _, sentence = block.title.partition(": ")
    assert (expectation, ended.returncode) == ("fails", 1), ended.stdout + ended.stderr
    assert sentence in ended.stdout
    assert " 1 failed" in f" {ended.stdout}", "nothing but the missing test is to be complained about"


def follow_session(folder: Path, block: Block) -> None:
    """Run the block as a doctest in a fresh process, so that it meets the copy and not this process's modules."""
    assert doctest.DocTestParser().get_examples(block.text)
    session = folder / "session.txt"
    session.write_text(block.text)
    ended = run(folder, "-m", "doctest", str(session))
    assert ended.returncode == 0, ended.stdout + ended.stderr
