"""`tearoff key`: the keys to a project, made, listed and revoked from the operator's own terminal."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.markup import escape

from app import ids
from app.cli.house import OperatorError, err, out, print_table
from app.cli.opened import opened
from app.cli.project import chosen_project
from app.database.keyset import PageRequest
from app.problem import Problems
from app.projects.keys import create_key, revoke_key
from app.projects.read import keys_page
from app.projects.values import ApiKey, KeyDraft, KeyKind, KeyWithSecret
from app.settings import load

PAGE = 100

T = TypeVar("T")

group = typer.Typer(help="Keys: who may ask, and for what.", no_args_is_help=True)

ProjectOption = Annotated[
    str | None,
    typer.Option("--project", help="Name or id of the project; not needed where there is only one."),
]


@group.command()
def create(
    name: Annotated[str, typer.Argument(help="What people call it, as in [bold]Checkout server[/].")],
    kind: Annotated[
        KeyKind,
        typer.Option(
            case_sensitive=False,
            help="SERVER: everything. MERCHANT: one redemption point. STOREFRONT: lives in a browser.",
        ),
    ] = KeyKind.SERVER,
    redemption_point: Annotated[str | None, typer.Option(help="Where a merchant key redeems.")] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            help="Web page a storefront key is bound to, as https://shop.example; several times for more."
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Days until it ends; without, it does not end.")
    ] = None,
    creates_projects: Annotated[
        bool, typer.Option("--creates-projects", help="A server key may also create projects.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Make a key. Its secret is printed once and kept nowhere."""
    now = datetime.now(UTC)
    draft = KeyDraft(
        kind=kind,
        name=name,
        redemption_point=redemption_point,
        origins=tuple(origin or ()),
        expires_at=None if days is None else now + timedelta(days=days),
        creates_projects=creates_projects,
    )
    made = asyncio.run(_create(project, draft, now))
    err.print(f"{ids.show(ids.API_KEY, made.key.id)} was made. Keep its secret; it is not shown again:")
    out.print(made.secret)


@group.command("list")
def list_keys(project: ProjectOption = None) -> None:
    """List the keys of a project, the newest first."""
    keys = asyncio.run(_list(project))
    print_table(
        ("Id", "Kind", "Name", "Begins with", "For", "State"),
        (
            (
                ids.show(ids.API_KEY, key.id),
                key.kind.lower(),
                escape(key.name),
                f"{key.prefix}…",
                escape(_whom(key)),
                _state(key),
            )
            for key in keys
        ),
    )


@group.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Its id, key_…, as `tearoff key list` shows it.")],
    project: ProjectOption = None,
) -> None:
    """End a key, with effect from the next request on; its sockets are closed."""
    try:
        wanted = ids.read_as(ids.API_KEY, key)
    except ids.IdError:
        raise OperatorError("This is not the id of a key: `tearoff key list` shows them.") from None
    revoked = asyncio.run(_revoke(project, wanted))
    out.print(f"{key} ({escape(revoked.name)}) is revoked.")


async def _create(project: str | None, draft: KeyDraft, now: datetime) -> KeyWithSecret:
    async with opened(load()):
        return _told(await create_key((await chosen_project(project)).id, draft, now))


async def _list(project: str | None) -> list[ApiKey]:
    async with opened(load()):
        chosen = (await chosen_project(project)).id
        found: list[ApiKey] = []
        after: str | None = None
        while True:
            page = await keys_page(chosen, PageRequest(PAGE, after))
            found.extend(page.items)
            if not page.has_next:
                return found
            after = page.cursors[-1]


async def _revoke(project: str | None, key: UUID) -> ApiKey:
    async with opened(load()):
        return _told(await revoke_key((await chosen_project(project)).id, key, datetime.now(UTC)))


def _told(answer: T | Problems) -> T:
    if isinstance(answer, Problems):
        raise OperatorError(" ".join(problem.message for problem in answer.all))
    return answer


def _whom(key: ApiKey) -> str:
    """The redemption point, or the first origin and how many there are besides."""
    more = f" and {len(key.origins) - 1} more" if len(key.origins) > 1 else ""
    return key.redemption_point or f"{''.join(key.origins[:1])}{more}"


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return f"[red]revoked {key.revoked_at:%Y-%m-%d}[/]"
    if key.expires_at is None:
        return "[green]valid[/]"
    has_ended = key.expires_at <= datetime.now(UTC)
    return (
        f"[red]ended {key.expires_at:%Y-%m-%d}[/]"
        if has_ended
        else f"[green]until {key.expires_at:%Y-%m-%d}[/]"
    )
