"""How commands speak: what they print, and how they end when something is in the way."""

from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from app.embedded_postgres import EmbeddedPostgresError
from app.serve import ServeError
from app.settings import SettingsError

# Answers go to standard output, everything about them to standard error.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class OperatorError(Exception):
    """Something that only the operator can put right; its text is one sentence, and what could be done."""


IN_THE_WAY = (OperatorError, SettingsError, EmbeddedPostgresError, ServeError)


class House(TyperGroup):
    """A group whose commands end with one sentence and status 1 when something is in the way."""

    def invoke(self, ctx: Any) -> Any:  # typer keeps the type of its contexts to itself
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except IN_THE_WAY as obstacle:
            err.print(f"[bold red]Error:[/] {_plain(obstacle)}")
            raise typer.Exit(1) from None


def _plain(obstacle: Exception) -> str:
    """The sentence, whose brackets are no markup."""
    return str(obstacle).replace("[", r"\[")
