"""What the tests of this room share: a signer, a key, a customer, and the log of a project."""

from typing import Any
from uuid import UUID

from app.database import execute, fetch
from app.ids import new_id
from app.projects.keys import create_key
from app.projects.tokens import TokenSigner
from app.projects.values import KeyDraft, KeyKind, KeyWithSecret
from tests.conftest import NOW

SIGNER = TokenSigner("a secret of at least thirty-two characters")


async def a_key(project: UUID, kind: KeyKind = KeyKind.SERVER, **more: Any) -> KeyWithSecret:
    """A key that was not refused."""
    if kind is KeyKind.MERCHANT:
        more.setdefault("redemption_point", "till 7")
    made = await create_key(project, KeyDraft(kind, f"{kind.lower()} key", **more), NOW)
    assert isinstance(made, KeyWithSecret), made
    return made


async def a_customer(project: UUID, source_id: str = "c-1") -> UUID:
    """A customer's row."""
    customer = new_id()
    await execute(
        "INSERT INTO customers (id, project_id, source_id, metadata, created_at, updated_at)"
        " VALUES ($1, $2, $3, '{}', $4, $4)",
        customer,
        project,
        source_id,
        NOW,
    )
    return customer


async def logged(project: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Kind and payload of all events of the project, in order."""
    rows = await fetch("SELECT kind, payload FROM events WHERE project_id = $1 ORDER BY position", project)
    return [(row["kind"], row["payload"]) for row in rows]
