"""`tearoff sample`: the sample shop, made if it is not there, and its keys."""

import asyncio
from datetime import UTC, datetime

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from app.cli.house import err, out
from app.cli.opened import opened
from app.sample.keys import FILE, SampleKeys
from app.sample.seed import Sample, make_sample
from app.settings import Settings, load

# Where storefronts are developed, beside the service's own page.
_DEVELOPMENT_PORTS = (3000, 5173)

_FOR = {
    "server": "everything",
    "merchant": "the till at Nowy Świat 12",
    "storefront": "a shop in the browser",
}


def sample() -> None:
    """Make the sample shop, if it is not there yet, and show its keys.

    A shop with campaigns, a thousand codes, customers with wallets and some weeks of purchases, to try things on.
    """
    settings = load()
    made = asyncio.run(_sample(settings))
    out.print("The sample shop was made." if made.is_new else "The sample shop is there.")
    print_keys(made.keys)
    err.print(f"[dim]Kept in {settings.state_dir / FILE}, so that they can be shown again.[/]")


def print_keys(keys: SampleKeys) -> None:
    """The keys, one a line, each with what it is for."""
    for name, key in keys.named().items():
        out.print(f"  [bold]{name:<11}[/] {key.secret}  [dim]{_FOR[name]}[/]")


async def make_sample_with_bars(settings: Settings) -> Sample:
    """The sample shop, with bars for the longer steps; the database must be open."""
    ports = dict.fromkeys((settings.port, *_DEVELOPMENT_PORTS))
    origins = [f"http://{host}:{port}" for port in ports for host in ("localhost", "127.0.0.1")]
    bars: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description:<22}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True) as progress:

        def tell(doing: str, done: int, of: int) -> None:
            if doing not in bars:
                bars[doing] = progress.add_task(doing, total=of)
            progress.update(bars[doing], completed=done)

        return await make_sample(settings.state_dir, origins, datetime.now(UTC), tell)


async def _sample(settings: Settings) -> Sample:
    async with opened(settings):
        return await make_sample_with_bars(settings)
