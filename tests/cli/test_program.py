"""The program: what it offers, and how it ends when it is asked for something impossible."""

import re
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from app.cli import app
from tests.cli.conftest import Tearoff, refused

COMMANDS = [
    "up",
    "shoppers",
    "tail",
    "sample",
    "serve",
    "worker",
    "migrate",
    "key",
    "project",
    "mint",
    "audit",
    "rebuild",
    "schema",
]
GROUPS = {"key": {"create", "list", "revoke"}, "project": {"list"}}
RUNNER = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "120", "TERM": "dumb"})


@pytest.fixture
def abroad(tmp_path: Path) -> Tearoff:
    """Commands that do not get as far as a database."""
    return Tearoff(tmp_path, None)


def test_every_command_is_listed_with_a_sentence() -> None:
    listed = RUNNER.invoke(app, ["--help"]).output
    found = dict(re.findall(r"│ ([a-z]+) +([A-Z][^│]+)", listed))
    assert sorted(found) == sorted(COMMANDS)
    assert all(sentence.strip().endswith((".", ";")) or len(sentence) > 40 for sentence in found.values())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_every_option(command: str) -> None:
    explained = RUNNER.invoke(app, [command, "--help"])
    assert explained.exit_code == 0
    group = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]  # a group
    assert all(option.help for option in group.params)
    subcommands = getattr(group, "commands", {})
    assert set(subcommands) == GROUPS.get(command, set())
    for subcommand in subcommands.values():
        assert subcommand.help
        assert all(option.help for option in subcommand.params)


async def test_a_wrong_setting_is_told_in_one_sentence(abroad: Tearoff) -> None:
    said = await abroad.here("serve", TEAROFF_PORT="eighty")
    assert refused(said).startswith("TEAROFF_PORT should be a valid integer")
    assert said.out == ""


async def test_a_misspelled_setting_is_found_by_every_command(abroad: Tearoff) -> None:
    assert refused(await abroad.here("migrate", TEAROFF_PROT="1")) == (
        "TEAROFF_PROT is not a setting: did you mean TEAROFF_PORT?"
    )


async def test_the_module_is_the_program_and_tells_apart_what_does_not_exist(abroad: Tearoff) -> None:
    said = await abroad("sevre")
    assert said.status == 2
    assert "No such command 'sevre'" in said.err


async def test_an_embedded_server_that_cannot_start_is_told_in_one_sentence(abroad: Tearoff) -> None:
    said = await abroad.here("migrate", TEAROFF_POSTGRES_BIN="/nowhere")
    assert refused(said) == "TEAROFF_POSTGRES_BIN: there are no postgres and initdb in /nowhere."
