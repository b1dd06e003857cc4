"""tearoff schema."""

from pathlib import Path

from graphql import build_schema
from typer.testing import CliRunner

from app.cli import app

RUNNER = CliRunner()


def test_the_schema_is_printed_as_it_is_written() -> None:
    printed = RUNNER.invoke(app, ["schema"])
    assert printed.exit_code == 0
    assert printed.stdout.endswith("}\n")
    assert {"Campaign", "Redemption", "RejectedRedemption"} <= set(build_schema(printed.stdout).type_map)


def test_a_file_of_today_passes_and_one_of_yesterday_does_not(tmp_path: Path) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text(RUNNER.invoke(app, ["schema"]).stdout, encoding="utf-8")
    assert RUNNER.invoke(app, ["schema", "--check", str(file)]).exit_code == 0
    file.write_text("type Query { yesterday: Int }\n")
    stale = RUNNER.invoke(app, ["schema", "--check", str(file)])
    assert stale.exit_code == 1
    assert stale.stderr == f"Error: {file} is not the schema of this version: run `make schema`.\n"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    missing = RUNNER.invoke(app, ["schema", "--check", str(tmp_path / "none")])
    assert missing.exit_code == 1
    assert missing.stderr == f"Error: {tmp_path / 'none'} cannot be read: No such file or directory.\n"
