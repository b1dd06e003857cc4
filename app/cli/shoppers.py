"""`tearoff shoppers`: simulated shoppers, so that feeds and lists move."""

import asyncio
from contextlib import suppress
from typing import Annotated

import typer
from rich.live import Live
from rich.markup import escape

from app.cli.house import OperatorError, err, out
from app.cli.options import Key, Url, service
from app.shoppers import Shoppers, ShoppersError, Tally


def shoppers(
    rate: Annotated[float, typer.Option(min=0.01, max=1_000, help="Shoppers a second.")] = 5.0,
    duration: Annotated[float | None, typer.Option(min=0.1, help="Seconds; without, until Ctrl-C.")] = None,
    url: Url = None,
    key: Key = None,
) -> None:
    """Send shoppers to the sample shop, over HTTP; Ctrl-C ends it.

    Most buy something. Some mistype the code, have too little in the cart, come too late, use a friend's code or
    pay in dollars: watch them with [bold]tearoff tail[/].
    """
    where, with_key = service(url, key)
    crowd = Shoppers(where, with_key)
    with suppress(KeyboardInterrupt), Live(console=err, transient=True, auto_refresh=False) as live:
        try:
            asyncio.run(crowd.shop(rate, duration, lambda tally: live.update(status(tally), refresh=True)))
        except ShoppersError as obstacle:
            raise OperatorError(str(obstacle)) from None
    for line in summary(crowd.tally):
        out.print(line)


def status(tally: Tally) -> str:
    """The line that is shown while they come."""
    return (
        f"{tally.came} shoppers, {tally.redeemed} redemptions, {tally.rejected.total()} refusals"
        f"  [dim]Ctrl-C ends it[/]"
    )


def summary(tally: Tally) -> list[str]:
    """What became of them, a line for each kind of end."""
    pace = tally.came / tally.seconds if tally.seconds else 0.0
    lines = [
        f"[bold]{tally.came} shoppers in {tally.seconds:.1f} seconds[/], {pace:.1f} a second",
        f"  [green]{tally.redeemed:>6}[/] redeemed a code",
        f"  [cyan]{tally.looked:>6}[/] only looked",
    ]
    lines += [f"  [red]{count:>6}[/] refused: {escape(code)}" for code, count in tally.rejected.most_common()]
    lines += [f"  [yellow]{count:>6}[/] failed: {escape(what)}" for what, count in tally.failed.most_common()]
    if tally.turned_away:
        lines.append(f"  [yellow]{tally.turned_away:>6}[/] went home: too many were waiting for an answer")
    return lines
