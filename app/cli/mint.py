"""`tearoff mint`: codes by the million, with a bar; more than one request of mintVouchers may ask for."""

import asyncio
import signal
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app import ids
from app.campaigns.read import find
from app.cli.house import OperatorError, err, out
from app.cli.opened import opened
from app.cli.project import chosen_project
from app.problem import Problems
from app.settings import Settings, load
from app.vouchers.codes import CHARSET, PATTERN
from app.vouchers.mint import mint as mint_vouchers
from app.vouchers.values import MintOrder

_MOST = 100_000_000
_INTERRUPTED = 130


def mint(
    campaign: Annotated[str, typer.Argument(help="The sub-campaign: its id (camp_…) or its name.")],
    count: Annotated[int, typer.Argument(min=1, max=_MOST, help="How many codes.")],
    pattern: Annotated[
        str, typer.Option(help="How they look: each # is drawn, the rest stays, as in SUMMER-####-####.")
    ] = PATTERN,
    charset: Annotated[str, typer.Option(help="What # is drawn from.")] = CHARSET,
    max_redemptions: Annotated[
        int | None, typer.Option(help="How often each may be redeemed, instead of the offer's limit.")
    ] = None,
    project: Annotated[
        str | None, typer.Option(help="Its id or name. Default: the only project there is.")
    ] = None,
) -> None:
    """Mint unique codes: a million in less than a minute, while the service goes on.

    They are kept as they are made: what was made before Ctrl-C can be given and redeemed. Every call makes new ones.
    """
    order = MintOrder(count=count, pattern=pattern, charset=charset, max_redemptions=max_redemptions)
    progress = _Progress(count)
    try:
        asyncio.run(_mint(load(), project, campaign, order, progress))
    except _InterruptedError:
        err.print(f"Interrupted: {progress.made:,} of {count:,} codes were minted.")
        raise typer.Exit(_INTERRUPTED) from None
    if progress.made < count:
        raise OperatorError(
            f"Only {progress.made:,} of {count:,} codes were minted: meanwhile the campaign was ended, "
            "or its pattern was used up by others."
        )
    out.print(f"{count:,} codes were minted.")


class _Progress:
    """How many are made: a bar on a terminal, a line at every tenth elsewhere."""

    def __init__(self, count: int) -> None:
        self.made = 0
        self._count = count
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
        self._task = self.bar.add_task("Minting", total=count)
        self._interrupted = False

    def __call__(self, made: int) -> None:
        """So many are made."""
        before, self.made = self.made, made
        self.bar.update(self._task, completed=made)
        if self.bar.disable and made * 10 // self._count > before * 10 // self._count:
            err.print(f"{made:,} of {self._count:,}")
        # Between two transactions, so that what was made is told exactly.
        if self._interrupted and made < self._count:
            raise _InterruptedError

    def interrupt(self) -> None:
        """End the minting at the next call."""
        self._interrupted = True


class _InterruptedError(Exception):
    """The operator does not want the rest."""


async def _mint(
    settings: Settings, project: str | None, campaign: str, order: MintOrder, progress: _Progress
) -> None:
    async with opened(settings):
        where = await chosen_project(project)
        try:
            found = await find(where.id, ids.read_as(ids.CAMPAIGN, campaign))
        except ids.IdError:
            found = await find(where.id, campaign)
        if found is None:
            raise OperatorError(f"{where.name!r} has no campaign {campaign!r}.")
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, progress.interrupt)
        with progress.bar:
            answer = await mint_vouchers(where.id, found.id, order, datetime.now(UTC), progress, most=_MOST)
        if isinstance(answer, Problems):
            raise OperatorError(" ".join(problem.message for problem in answer.all))
