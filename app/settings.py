"""What the operator may set: one frozen object read from the environment, documented by docs/settings.md."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from app import setting_values
from app.kept_secret import kept_secret

PREFIX = "TEAROFF_"
_SECRETS = {"database_url", "doorbell_url", "token_secret"}
_SHORTEST_SECRET = 32

# Read by the tools around the service, so they are no misspelled settings.
OTHER_VARIABLES = {
    "TEAROFF_KEY": "API key that `tearoff tail` and `tearoff shoppers` come with.",
    "TEAROFF_POSTGRES_BIN": "Folder of the PostgreSQL programs the embedded server runs, not the wheel's.",
    "TEAROFF_SKIP_UI": "`1`: installing the package does not build the GraphiQL page.",
    "TEAROFF_DEMAND_BROWSER": "`1`: tests fail where there is no Chromium, instead of leaving its part out.",
}


class SettingsError(Exception):
    """The environment asks for something impossible; its text is one sentence for the operator."""


def _kept_secret(fields: dict[str, object]) -> SecretStr:
    """The secret of an embedded installation, made once; with DATABASE_URL there is none to keep."""
    state = fields["state_dir"]
    if fields["database_url"] is not None or not isinstance(state, Path):
        return SecretStr("")
    try:
        return SecretStr(kept_secret(state))
    except OSError as failure:
        raise SettingsError(
            f"TEAROFF_STATE_DIR: {state} cannot keep the token secret ({failure.strerror})."
        ) from None


class Settings(BaseSettings):
    """All settings, checked; attributes are final. Use `load`, which turns mistakes into one sentence."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        env_file=None,
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    database_url: Annotated[str | None, BeforeValidator(setting_values.database_url)] = Field(
        default=None,
        repr=False,
        validation_alias=AliasChoices("TEAROFF_DATABASE_URL", "DATABASE_URL"),
        description="PostgreSQL to use, `postgresql://user:password@host:5432/database`; unset: embedded.",
    )
    state_dir: Annotated[Path, BeforeValidator(setting_values.absolute)] = Field(
        default=Path(".state"),
        validate_default=True,
        description="Folder of what an embedded installation keeps: its database and its token secret.",
    )
    host: str = Field(
        default="127.0.0.1", min_length=1, description="Address to listen on; `0.0.0.0` for all."
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0: any free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Server processes that share the port.")

    pool_min: int = Field(default=2, ge=0, le=100, description="Database connections a process keeps open.")
    pool_max: int = Field(default=12, ge=2, le=100, description="Database connections a process may open.")
    lookup_pool_max: int = Field(
        default=4,
        ge=1,
        le=100,
        description="Further connections a process may open for admission and validation, with plans of their own.",
    )
    statement_timeout_ms: int = Field(
        default=10_000,
        ge=100,
        le=600_000,
        description="Longest time one SQL statement may run, in milliseconds.",
    )
    lock_timeout_ms: int = Field(
        default=5_000, ge=50, le=600_000, description="Longest wait for one row lock, in milliseconds."
    )
    idle_in_transaction_timeout_ms: int = Field(
        default=10_000,
        ge=100,
        le=600_000,
        description="Longest pause inside a transaction, in milliseconds; feeds wait for open transactions.",
    )

    log_format: Annotated[Literal["json", "console"], BeforeValidator(setting_values.lower)] = Field(
        default="json", description="One JSON object per line, or lines for the eye."
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(setting_values.lower)
    ] = Field(default="info", description="The least important message that is still logged.")

    doorbell_url: Annotated[str | None, BeforeValidator(setting_values.doorbell_url)] = Field(
        default=None,
        repr=False,
        description="Redis or Valkey that wakes the feeds of other processes after a commit, `redis://…`,"
        " `rediss://…` or `unix://…`; unset: PostgreSQL does.",
    )
    feed_poll_seconds: float = Field(
        default=1.0, gt=0, le=60, description="Longest delay of a feed whose wake-up was lost, in seconds."
    )
    event_retention_days: int = Field(
        default=400,
        ge=0,
        le=36_500,
        description="Days an event is kept at least in the log, for feeds to go on from; 0: for ever.",
    )
    mailbox_size: int = Field(
        default=256,
        ge=1,
        le=65_536,
        description="Events that wait for one slow subscriber before it catches up alone; at most 4 MiB of events, or"
        " 1 MiB of answers that are made already.",
    )

    max_body_bytes: int = Field(
        default=1_048_576, ge=1_024, le=67_108_864, description="Largest HTTP request body, in bytes."
    )
    max_ws_message_bytes: int = Field(
        default=65_536, ge=1_024, le=16_777_216, description="Largest WebSocket message taken, in bytes."
    )
    max_sockets: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="Most WebSockets and event streams open in one process, admitted or not.",
    )
    max_sockets_per_key: int = Field(
        default=200,
        ge=1,
        le=1_000_000,
        description="Most WebSockets and event streams that one API key has open in one process.",
    )
    connection_init_timeout_seconds: float = Field(
        default=8, gt=0, le=120, description="Time a new socket has to send `connection_init`, in seconds."
    )
    max_query_depth: int = Field(
        default=16,
        ge=1,
        le=64,
        description="Deepest nesting of one operation; GraphiQL's introspection needs 15.",
    )
    max_query_tokens: int = Field(default=4_000, ge=100, le=100_000, description="Most tokens in a document.")
    max_aliases: int = Field(default=30, ge=0, le=1_000, description="Most aliases in one document.")

    till_batch: int = Field(
        default=256, ge=1, le=4_096, description="Most redemption requests served by one transaction."
    )
    till_queue: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="Redemption requests that wait in one process; more are told `SERVICE_UNAVAILABLE`.",
    )
    till_patience_seconds: float = Field(
        default=5,
        gt=0,
        le=60,
        description="Wait for a database that is away, or for locks; then `SERVICE_UNAVAILABLE`; in seconds.",
    )
    till_lock_timeout_ms: int = Field(
        default=1_000,
        ge=50,
        le=60_000,
        description="Wait of a batch for one lock, before the part that needs it is taken out; in milliseconds.",
    )
    idempotency_days: int = Field(
        default=30, ge=1, le=366, description="Days an idempotency key and its first answer are remembered."
    )
    jobs_in_server: bool = Field(
        default=True, description="Whether server processes carry out jobs; `tearoff worker` always does."
    )
    job_days: int = Field(
        default=7, ge=1, le=366, description="Days a job that is over is kept, and the file of an export."
    )
    graceful_shutdown_seconds: float = Field(
        default=10,
        ge=0,
        le=300,
        description="Time that requests under way get to end at shutdown, in seconds.",
    )
    token_secret: SecretStr = Field(
        default_factory=_kept_secret,
        description="Signs customer tokens: at least 32 characters, the same in all processes. Needed with "
        "`DATABASE_URL`; an embedded installation makes its own and keeps it in the state folder.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment; no file is read behind the operator's back."""
        return init_settings, env_settings

    @model_validator(mode="after")
    def _fields_agree(self) -> Self:
        if self.pool_min > self.pool_max:
            raise ValueError("TEAROFF_POOL_MIN should not be greater than TEAROFF_POOL_MAX")
        given = len(self.token_secret.get_secret_value())
        if self.database_url is not None and not given:
            raise ValueError(
                "TEAROFF_TOKEN_SECRET should be set where DATABASE_URL is: it signs the customer tokens"
            )
        if given < _SHORTEST_SECRET:
            raise ValueError(f"TEAROFF_TOKEN_SECRET should have at least {_SHORTEST_SECRET} characters")
        return self

    @property
    def embedded(self) -> bool:
        """Whether the service brings its own PostgreSQL."""
        return self.database_url is None

    @property
    def postgres_dir(self) -> Path:
        """The embedded server's folder."""
        return self.state_dir / "postgres"


def load(**overrides: object) -> Settings:
    """Read the environment; `overrides` (from the command line) win over it.

    Raises SettingsError with one sentence that names the variable and never shows a secret.
    """
    for name in sorted(os.environ):
        if near := _misspelled(name):
            raise SettingsError(f"{name} is not a setting: did you mean {near}?")
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them, and says so better
    except ValidationError as failure:
        wrong = [error for error in failure.errors() if error["type"] != "default_factory_not_called"]
        raise SettingsError("; ".join(_sentence(error) for error in wrong) + ".") from None


def variable(field: str) -> str:
    """The environment variable of a field: `port` is set by TEAROFF_PORT."""
    return PREFIX + field.upper()


def _misspelled(name: str) -> str | None:
    """The setting that was meant; anything less alike is let be: orchestrators add TEAROFF_SERVICE_HOST."""
    if not name.startswith(PREFIX) or name in _variables() or name in OTHER_VARIABLES:
        return None
    return next(iter(get_close_matches(name, _variables(), n=1, cutoff=0.88)), None)


def _variables() -> set[str]:
    return {variable(field) for field in Settings.model_fields}


def _sentence(error: ErrorDetails) -> str:
    if not error["loc"]:  # the fields do not agree with each other; the message names them
        return error["msg"].removeprefix("Value error, ")
    field = str(error["loc"][0]).removeprefix(PREFIX).lower()
    name = variable(field)
    if field == "database_url" and name not in os.environ:
        name = "DATABASE_URL"
    problem = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    shown = "" if field in _SECRETS else f", not {str(error['input'])[:60]!r}"
    return f"{name} {problem}{shown}"
