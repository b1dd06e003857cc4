"""What is installed is pinned by hash, the same for service and tests, and names no address."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def pins(lock: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Per package: the requirement's line and its hashes."""
    found = {}
    for entry in re.split(r"\n(?=[a-z])", (ROOT / lock).read_text().strip()):
        requirement = entry.split(" \\\n")[0]
        found[requirement.split("==")[0]] = (requirement, frozenset(re.findall(r"--hash=(\S+)", entry)))
    return found


def test_tests_run_with_what_the_service_runs_with() -> None:
    service, tests = (pins(lock) for lock in LOCKS)
    assert {name: tests.get(name) for name in service} == service


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_by_hash(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 30
    assert [
        name for name, (requirement, hashes) in found.items() if "==" not in requirement or not hashes
    ] == []


@pytest.mark.parametrize("lock", [*LOCKS, "ui/package-lock.json"])
def test_no_lock_says_where_packages_come_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r'"resolved"|--(?:extra-)?index-url|--find-links|^.* @ .*$', text, re.MULTILINE) == []


def test_the_pages_packages_are_pinned_by_hash() -> None:
    packages = json.loads((ROOT / "ui" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
    wanted = json.loads((ROOT / "ui" / "package.json").read_text())
    versions = {**wanted["dependencies"], **wanted["devDependencies"]}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in versions} == versions
