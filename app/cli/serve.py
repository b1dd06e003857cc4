"""`tearoff serve`: the service in production, with the database it is pointed at."""

import asyncio
from contextlib import nullcontext

import typer

from app.cli.opened import reachable
from app.cli.options import Host, Port, Workers, given
from app.embedded_postgres import EmbeddedPostgres
from app.serve import serve as serve_until_stopped
from app.settings import Settings, load


def serve(host: Host = None, port: Port = None, workers: Workers = None) -> None:
    """Serve the API until SIGTERM; requests under way end first.

    Tables are not touched: run [bold]tearoff migrate[/] before. Where they are out of date, the service opens as
    soon as they are not any more.
    """
    settings = load(**given(host=host, port=port, workers=workers))
    # Held here, so that the embedded server is not stopped between this look and the service's start.
    with EmbeddedPostgres.start(settings.postgres_dir) if settings.embedded else nullcontext():
        asyncio.run(_look(settings))
        status = serve_until_stopped(settings)
    raise typer.Exit(status)


async def _look(settings: Settings) -> None:
    async with reachable(settings):
        pass
