"""How commands speak: what they print, and how they end when something is in the way."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Column, Table
from typer.core import TyperGroup

from app.embedded_postgres import EmbeddedPostgresError
from app.serve import ServeError
from app.settings import SettingsError

# Wide enough that nothing is shortened where a program reads.
_WIDTH_OF_A_PIPE = 240

# Answers go to standard output, everything about them to standard error.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE)
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


def reason_of(failure: Exception) -> str:
    """Why something of the network went wrong, in words, without a full stop."""
    number = getattr(failure, "errno", None)
    told = getattr(failure, "strerror", None) or str(failure)
    words = os.strerror(number) if isinstance(number, int) and number > 0 else told
    return (words or type(failure).__name__).strip().rstrip(".")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows below their titles; the first column, by which a row is named, is never shortened."""
    first, *others = columns
    folding = (Column(title, overflow="fold") for title in others)
    table = Table(Column(first, no_wrap=True, overflow="ignore"), *folding, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    out.print(table, soft_wrap=False)


def _plain(obstacle: Exception) -> str:
    """The sentence, whose brackets are no markup."""
    return str(obstacle).replace("[", r"\[")
