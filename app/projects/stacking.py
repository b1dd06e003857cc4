"""The stacking policy of a project: read by content, and changed."""

from datetime import datetime
from uuid import UUID

import orjson

from app.database import transaction
from app.engine.stacking import DEFAULT, Stacking
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.problem import Problems
from app.projects.read import project_by_id
from app.projects.values import Project

_UPDATE = (
    "UPDATE projects SET stacking = $2::text::json"
    " WHERE id = $1 AND coalesce(stacking::text, $3) <> $2 RETURNING id"
)


async def update_stacking(project: UUID, policy: Stacking, now: datetime) -> Project | Problems:
    """Let the policy hold from the next request on; the same one again changes nothing. Codes: NOT_FOUND.

    What is held is judged by the policy of the moment only if it is confirmed with another cart.
    """
    data = policy.to_json()
    async with transaction() as connection:
        changed = await connection.fetchval(_UPDATE, project, _text(policy), _text(DEFAULT))
        if changed is not None:
            payload = {"project_id": project.hex, "stacking": data}
            await append(connection, [NewEvent(project, EventKind.STACKING_UPDATED, payload, now)])
    if changed is not None:
        ring()
    found = await project_by_id(project)
    return found or Problems.one("", "NOT_FOUND", "There is no such project.")


def _text(policy: Stacking) -> str:
    return orjson.dumps(policy.to_json()).decode()
