"""The build hook: the GraphiQL page is built when its sources changed, and only then."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hatchling.bridge.app import Application

ROOT = Path(__file__).parents[1]


@pytest.fixture
def hook_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """hatch_build.py stands beside the packages, not in one."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "hatch_build", module)
    spec.loader.exec_module(module)
    return module


class Builder:
    """The hook on a small project, with the programs it runs written down instead of run."""

    def __init__(self, module: ModuleType, root: Path) -> None:
        self.root, self.ran = root, list[tuple[str, ...]]()
        self.ui, self.page = root / "ui", root / "graphql_schema" / "static"
        (self.ui / "src").mkdir(parents=True)
        (self.ui / "public").mkdir()
        (self.ui / "node_modules").mkdir()
        for name in ("package.json", "package-lock.json", "vite.config.js", "index.html", "src/main.jsx"):
            (self.ui / name).write_text(name)
        self.page.mkdir(parents=True)
        # Of hatchling's own objects the hook uses none but the application it speaks through.
        self.hook = module.PageHook(str(root), {}, None, None, str(root), "wheel", Application())
        self.hook._run = lambda *command: self.ran.append(command[1:])

    def build(self) -> list[str]:
        """The names of the programs that this build ran."""
        self.ran.clear()
        self.hook.initialize("editable", {})
        return [Path(command[0]).name for command in self.ran]


@pytest.fixture
def builder(hook_module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builder:
    monkeypatch.delenv("TEAROFF_SKIP_UI", raising=False)
    return Builder(hook_module, tmp_path)


def test_a_first_build_installs_the_packages_and_builds_the_page(builder: Builder) -> None:
    assert builder.build() == ["npm-cli.js", "vite.js"]
    assert builder.ran[0][1:3] == ("ci", "--ignore-scripts")


def test_nothing_is_done_when_nothing_has_changed(builder: Builder) -> None:
    builder.build()
    assert builder.build() == []


def test_a_changed_source_builds_the_page_with_the_packages_that_are_there(builder: Builder) -> None:
    builder.build()
    (builder.ui / "src" / "main.jsx").write_text("changed")
    assert builder.build() == ["vite.js"]


def test_a_changed_lock_installs_the_packages_again(builder: Builder) -> None:
    builder.build()
    (builder.ui / "package-lock.json").write_text("changed")
    assert builder.build() == ["npm-cli.js", "vite.js"]


def test_a_page_that_was_removed_is_built_again(builder: Builder) -> None:
    builder.build()
    builder.hook.clean([])
    assert not builder.page.exists()
    builder.page.mkdir()
    assert builder.build() == ["vite.js"]


def test_a_failed_build_is_not_taken_for_a_finished_one(builder: Builder) -> None:
    def fail(*command: str) -> None:
        raise RuntimeError("no room on disk")

    ran, builder.hook._run = builder.hook._run, fail
    with pytest.raises(RuntimeError, match="no room on disk"):
        builder.hook.initialize("editable", {})
    builder.hook._run = ran
    assert builder.build() == ["npm-cli.js", "vite.js"]


def test_the_page_can_be_left_out(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAROFF_SKIP_UI", "1")
    assert builder.build() == []


def test_what_a_program_says_is_shown_when_it_fails(hook_module: ModuleType, tmp_path: Path) -> None:
    builder = Builder(hook_module, tmp_path)
    del builder.hook._run
    with pytest.raises(RuntimeError, match="it went wrong"):
        builder.hook._run(sys.executable, "-c", "raise SystemExit('it went wrong')")
