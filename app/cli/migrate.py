"""`tearoff migrate`: bring the database's tables to the shape that this version needs."""

import asyncio

from app.cli.house import err, out
from app.cli.opened import missing_migrations, reachable
from app.database.migrate import migrate as bring_up_to_date
from app.settings import Settings, load


def migrate() -> None:
    """Bring the database's tables up to date.

    Safe at any time and from many hosts at once: who comes second waits.
    """
    applied = asyncio.run(_migrate(load()))
    for name in applied:
        out.print(f"Applied {name}.")
    if not applied:
        out.print("The tables are up to date.")


async def _migrate(settings: Settings) -> list[str]:
    async with reachable(settings) as credentials:
        missing = await missing_migrations(credentials)
        if missing:
            with err.status(f"Applying {len(missing)} migration{'s' * (len(missing) > 1)}"):
                await bring_up_to_date(credentials)
        else:
            await bring_up_to_date(credentials)  # it also looks whether the database was restored from a dump
        return missing
