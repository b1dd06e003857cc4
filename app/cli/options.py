"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.house import OperatorError
from app.sample.keys import FILE, read_keys
from app.settings import load

Host = Annotated[
    str | None, typer.Option(help="Address to listen on; [bold]0.0.0.0[/] for all. Default: TEAROFF_HOST.")
]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on; 0 for any free one. Default: TEAROFF_PORT.")
]
Workers = Annotated[
    int | None, typer.Option(help="Server processes that share the port. Default: TEAROFF_WORKERS.")
]
Url = Annotated[
    str | None, typer.Option(help="Where the service is. Default: this host, the port of TEAROFF_PORT.")
]
Key = Annotated[
    str | None,
    typer.Option(envvar="TEAROFF_KEY", help=f"Key to come with. Default: the server key in {FILE}."),
]


def given(**options: object) -> dict[str, object]:
    """The options that were given, as overrides of settings."""
    return {name: value for name, value in options.items() if value is not None}


def service(url: str | None, key: str | None) -> tuple[str, str]:
    """The service's address without a slash at its end, and the key to come with. Raises OperatorError."""
    if url is None or key is None:
        settings = load()
        url = url or f"http://127.0.0.1:{settings.port}"
        key = key or _sample_key(settings.state_dir)
    if not url.startswith(("http://", "https://")):
        raise OperatorError("--url should start with http:// or https://, as http://127.0.0.1:8000 does.")
    return url.rstrip("/").removesuffix("/graphql"), key


def _sample_key(state: Path) -> str:
    kept = read_keys(state).server
    if kept is None:
        raise OperatorError(
            f"There is no {FILE} in {state}: give a key with --key or TEAROFF_KEY, or start the sample shop "
            "with `tearoff up`."
        )
    return kept.secret
