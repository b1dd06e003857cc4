"""`tearoff audit`: prove that nothing was lost or doubled, in the whole database or in one project."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from app import ids
from app.cli.house import OperatorError, err, out
from app.cli.opened import opened
from app.redemptions.audit import LedgerAudit
from app.redemptions.audit import audit as audit_ledger
from app.settings import Settings, load


def audit(
    project: Annotated[
        str | None,
        typer.Option("--project", metavar="ID", help="Only this project (proj_…), else all of them."),
    ] = None,
) -> None:
    """Compare counters, redemptions, balances, payments, gifts and events with each other.

    It reads the whole ledger as it is at one instant while the service goes on. Exit status 1 when anything drifts.
    """
    found = asyncio.run(_audit(load(), _project(project)))
    table = Table("What", "Looked at", "Drift", box=None)
    for check in found.checks:
        table.add_row(check.name, f"{check.checked:,}", f"{check.drift:,}")
    out.print(table)
    for check in found.checks:
        for example in check.examples:
            err.print(f"{check.name}: {example}")
    if found.drift:
        things = "1 thing does" if found.drift == 1 else f"{found.drift:,} things do"
        raise OperatorError(f"{things} not agree with the ledger.")


def _project(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return ids.read_as(ids.PROJECT, text)
    except ids.IdError:
        raise OperatorError("A project's id starts with proj_.") from None


async def _audit(settings: Settings, project: UUID | None) -> LedgerAudit:
    async with opened(settings):
        return await audit_ledger(project)
