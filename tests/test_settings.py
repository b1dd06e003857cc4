"""The operator's settings: read from the environment, refused with one sentence, documented."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.settings import Settings, SettingsError, load

SECRET = "a-secret-that-is-long-enough-to-sign-with"
DATABASE = "postgresql://shop:hunter2@db.example:5432/tearoff"


@pytest.fixture(autouse=True)
def _only_the_variables_of_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("TEAROFF_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TEAROFF_STATE_DIR", str(tmp_path / "state"))


def refusal(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    cause = refused.value
    assert cause.__suppress_context__ or not cause.__context__, "the sentence is all there is to see"
    return str(refused.value)


def test_an_empty_environment_gives_an_embedded_installation_on_the_local_port_8000() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.database_url is None
    assert settings.embedded
    assert settings.postgres_dir == settings.state_dir / "postgres"


def test_the_state_folder_is_beside_the_service_and_stays_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TEAROFF_STATE_DIR")
    monkeypatch.chdir(tmp_path)
    assert load().state_dir == tmp_path / ".state"


@pytest.mark.parametrize("name", ["DATABASE_URL", "TEAROFF_DATABASE_URL"])
def test_a_database_is_taken_with_and_without_the_prefix(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, DATABASE)
    monkeypatch.setenv("TEAROFF_TOKEN_SECRET", SECRET)
    settings = load()
    assert settings.database_url == DATABASE
    assert not settings.embedded
    assert not settings.state_dir.exists(), "nothing is kept on disk beside a database of one's own"


def test_the_prefixed_database_wins_over_the_plain_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/other")
    monkeypatch.setenv("TEAROFF_DATABASE_URL", DATABASE)
    monkeypatch.setenv("TEAROFF_TOKEN_SECRET", SECRET)
    assert load().database_url == DATABASE


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("TEAROFF_PORT", "")
    settings = load()
    assert settings.embedded
    assert settings.port == 8000


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAROFF_PORT", "9000")
    assert load(port=9001).port == 9001


def test_no_env_file_is_read_behind_the_operators_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("TEAROFF_PORT=9000\n")
    monkeypatch.chdir(tmp_path)
    assert load().port == 8000


def test_settings_are_final() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load().port = 1


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"TEAROFF_PORT": "99999"},
            "TEAROFF_PORT should be less than or equal to 65535, not '99999'.",
        ),
        (
            {"TEAROFF_PORT": "tcp://10.0.0.1:8000"},
            "TEAROFF_PORT should be a valid integer, unable to parse string as an integer, "
            "not 'tcp://10.0.0.1:8000'.",
        ),
        (
            {"TEAROFF_TILL_PATIENCE_SECONDS": "0"},
            "TEAROFF_TILL_PATIENCE_SECONDS should be greater than 0, not '0'.",
        ),
        (
            {"TEAROFF_TILL_LOCK_TIMEOUT_MS": "10"},
            "TEAROFF_TILL_LOCK_TIMEOUT_MS should be greater than or equal to 50, not '10'.",
        ),
        ({"TEAROFF_LOG_FORMAT": "xml"}, "TEAROFF_LOG_FORMAT should be 'json' or 'console', not 'xml'."),
        (
            {"TEAROFF_WORKERS": "0", "TEAROFF_MAX_ALIASES": "-1"},
            "TEAROFF_WORKERS should be greater than or equal to 1, not '0'; "
            "TEAROFF_MAX_ALIASES should be greater than or equal to 0, not '-1'.",
        ),
        (
            {"TEAROFF_POOL_MIN": "20", "TEAROFF_POOL_MAX": "10"},
            "TEAROFF_POOL_MIN should not be greater than TEAROFF_POOL_MAX.",
        ),
        ({"TEAROFF_PROT": "9000"}, "TEAROFF_PROT is not a setting: did you mean TEAROFF_PORT?"),
        ({"DATABASE_URL": "mysql://a:hunter2@b/c"}, "DATABASE_URL should start with postgresql://."),
        (
            {"TEAROFF_DATABASE_URL": "postgresql://a:hunter2@b"},
            "TEAROFF_DATABASE_URL should name a database, as postgresql://host:5432/database does.",
        ),
        (
            {"DATABASE_URL": "http://[hunter2"},
            "DATABASE_URL should be an address such as postgresql://user:password@host:5432/database.",
        ),
        (
            {"DATABASE_URL": DATABASE},
            "TEAROFF_TOKEN_SECRET should be set where DATABASE_URL is: it signs the customer tokens.",
        ),
        (
            {"DATABASE_URL": DATABASE, "TEAROFF_TOKEN_SECRET": "hunter2"},
            "TEAROFF_TOKEN_SECRET should have at least 32 characters.",
        ),
    ],
)
def test_a_wrong_setting_is_refused_with_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], sentence: str
) -> None:
    assert refusal(monkeypatch, variables) == sentence


def test_what_an_orchestrator_adds_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAROFF_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("TEAROFF_SERVICE_PORT", "8000")
    monkeypatch.setenv("TEAROFF_PORT_8000_TCP", "tcp://10.0.0.1:8000")
    assert load().port == 8000


def test_secrets_are_not_shown_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", DATABASE)
    monkeypatch.setenv("TEAROFF_TOKEN_SECRET", SECRET)
    shown = repr(load())
    assert "hunter2" not in shown
    assert SECRET not in shown


def test_an_embedded_installation_keeps_one_token_secret_that_only_its_owner_reads() -> None:
    with ThreadPoolExecutor(8) as processes:
        found = set(processes.map(lambda _: load().token_secret.get_secret_value(), range(32)))
    state = load().state_dir
    assert found == {(state / "token_secret").read_text()}
    assert len(found.pop()) == 64
    assert (state / "token_secret").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in state.iterdir()] == ["token_secret"]


def test_a_state_folder_that_cannot_be_written_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    state = tmp_path / "file" / "state"
    sentence = refusal(monkeypatch, {"TEAROFF_STATE_DIR": str(state)})
    assert sentence == f"TEAROFF_STATE_DIR: {state} cannot keep the token secret (Not a directory)."


def test_wrong_settings_leave_nothing_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refusal(monkeypatch, {"TEAROFF_PORT": "none"})
    assert not (tmp_path / "state").exists()


def test_every_setting_has_its_sentence() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_documented_table_is_current() -> None:
    root = Path(__file__).parents[1]
    page = subprocess.run(
        [sys.executable, "-m", "app.settings_page"], cwd=root, capture_output=True, check=True
    )
    assert page.stdout == (root / "docs" / "settings.md").read_bytes(), "run `make schema`"


def test_an_address_that_no_doorbell_is_at_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for address in ("amqp://shop:hunter2@bells.example", "redis://:hunter2@bells.example:many/0"):
        said = refusal(monkeypatch, {"TEAROFF_DOORBELL_URL": address})
        assert said.startswith("TEAROFF_DOORBELL_URL should ")
        assert "hunter2" not in said
    for address in (
        "redis://:hunter2@bells.example:6379/0",
        "rediss://bells.example",
        "unix:///run/redis.sock",
    ):
        monkeypatch.setenv("TEAROFF_DOORBELL_URL", address)
        assert load().doorbell_url == address
        assert "hunter2" not in repr(load())
