"""`tearoff up`: everything on one command, for a laptop: database, tables, sample shop, service."""

import asyncio
import os
from contextlib import nullcontext

import typer

from app.cli.house import err, out
from app.cli.opened import opened, reachable
from app.cli.options import Host, Port, Workers, given
from app.cli.sample import make_sample_with_bars
from app.cli.welcome import address, welcome
from app.database.migrate import migrate
from app.embedded_postgres import EmbeddedPostgres
from app.sample.seed import Sample
from app.serve import listening, serve
from app.settings import Settings, load, variable

# For the eye, where the operator has not said otherwise.
_QUIET_LOGS = {"log_format": "console", "log_level": "warning"}


def up(host: Host = None, port: Port = None, workers: Workers = None) -> None:
    """Run the service with a database of its own and a sample shop; Ctrl-C stops both.

    The data stays in the folder TEAROFF_STATE_DIR. With DATABASE_URL that database is used instead.
    """
    logs = {name: value for name, value in _QUIET_LOGS.items() if variable(name) not in os.environ}
    settings = load(**logs, **given(host=host, port=port, workers=workers))
    settings = settings.model_copy(update={"port": _free_port(settings)})
    with err.status("Starting PostgreSQL") if settings.embedded else nullcontext():
        held = EmbeddedPostgres.start(settings.postgres_dir) if settings.embedded else nullcontext()
    with held:
        sample = asyncio.run(_prepare(settings))
        database = (
            f"PostgreSQL in {settings.postgres_dir}" if settings.embedded else "PostgreSQL at DATABASE_URL"
        )
        welcome(address(settings.host, settings.port), sample.keys, database)
        status = serve(settings)
        out.print("Stopped. The data stays.")
    raise typer.Exit(status)


def _free_port(settings: Settings) -> int:
    """The port to listen on, found out before anything else is done. Raises ServeError when it is taken."""
    with listening(settings) as sockets:
        port: int = sockets[0].getsockname()[1]
    return port


async def _prepare(settings: Settings) -> Sample:
    async with reachable(settings) as credentials:
        with err.status("Bringing the tables up to date"):
            await migrate(credentials)
    async with opened(settings):
        return await make_sample_with_bars(settings)
