"""`tearoff project`: the projects of this installation."""

import asyncio

import typer
from rich.markup import escape

from app import ids
from app.cli.house import OperatorError, out, print_table
from app.cli.opened import opened
from app.projects.read import all_projects
from app.projects.values import Project
from app.settings import Settings, load

group = typer.Typer(help="Projects: what codes, customers and keys never leave.", no_args_is_help=True)


@group.callback()
def _project() -> None:
    pass


@group.command("list")
def list_projects() -> None:
    """List all projects."""
    projects = asyncio.run(_all(load()))
    if not projects:
        out.print("There is no project yet: `tearoff sample` makes the sample shop.")
        return
    print_table(
        ("Id", "Name", "Currency", "Time zone", "Since"),
        (
            (
                ids.show(ids.PROJECT, project.id),
                escape(project.name),
                project.currency,
                project.time_zone,
                f"{project.created_at:%Y-%m-%d}",
            )
            for project in projects
        ),
    )


async def chosen_project(wanted: str | None) -> Project:
    """The project of this id or name; without one the only project there is. Raises OperatorError."""
    projects = await all_projects()
    if wanted is None and len(projects) == 1:
        return projects[0]
    found = [one for one in projects if wanted in (one.name, ids.show(ids.PROJECT, one.id))]
    if len(found) == 1:
        return found[0]
    if not projects:
        raise OperatorError("There is no project yet: `tearoff sample` makes the sample shop.")
    names = ", ".join(f"{one.name!r} ({ids.show(ids.PROJECT, one.id)})" for one in projects[:5])
    problem = "Which project?" if wanted is None else f"{wanted!r} names {len(found) or 'no'} project."
    raise OperatorError(f"{problem} Give --project one of {names}{', …' if len(projects) > 5 else ''}.")


async def _all(settings: Settings) -> list[Project]:
    async with opened(settings):
        return await all_projects()
