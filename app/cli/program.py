"""The program `tearoff`: its commands, in the order in which somebody new needs them."""

import typer

from app.cli.audit import audit
from app.cli.house import House
from app.cli.key import group as key_group
from app.cli.migrate import migrate
from app.cli.mint import mint
from app.cli.project import group as project_group
from app.cli.rebuild import rebuild
from app.cli.sample import sample
from app.cli.schema import schema
from app.cli.serve import serve
from app.cli.shoppers import shoppers
from app.cli.tail import tail
from app.cli.up import up
from app.cli.worker import worker

app = typer.Typer(
    name="tearoff",
    cls=House,
    help="An open promotion engine with a live GraphQL API.\n\nSettings come from the environment (docs/settings.md);"
    " options win over them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.command()(up)
app.command(rich_help_panel="Watching and trying")(shoppers)
app.command(rich_help_panel="Watching and trying")(tail)
app.command(rich_help_panel="Watching and trying")(sample)
app.command(rich_help_panel="Running")(serve)
app.command(rich_help_panel="Running")(worker)
app.command(rich_help_panel="Running")(migrate)
app.add_typer(key_group, name="key", rich_help_panel="Keeping")
app.add_typer(project_group, name="project", rich_help_panel="Keeping")
app.command(rich_help_panel="Keeping")(mint)
app.command(rich_help_panel="Keeping")(audit)
app.command(rich_help_panel="Keeping")(rebuild)
app.command(rich_help_panel="Keeping")(schema)


def main() -> None:
    """Run the command that the process was started with."""
    app()
