"""`tearoff schema`: the API's schema, and whether the committed file is of today."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.house import OperatorError, err
from graphql_schema.schema import schema as api


def schema(
    check: Annotated[
        Path | None, typer.Option(help="Compare with this file instead, and fail when it is another schema.")
    ] = None,
) -> None:
    """Print the GraphQL schema (SDL)."""
    text = f"{api.as_str().rstrip()}\n"
    if check is None:
        typer.echo(text, nl=False)
        return
    try:
        written = check.read_text(encoding="utf-8")
    except OSError as failure:
        raise OperatorError(f"{check} cannot be read: {failure.strerror}.") from None
    if written != text:
        raise OperatorError(f"{check} is not the schema of this version: run `make schema`.")
    err.print(f"{check} is up to date.")
