"""The activity of customers, kept up as in a server process, for tests that read it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from app.database import execute
from app.reports.activity import NAME, Activity
from tests.events.projected import caught_up_to, projecting, settled_head

# Other tests have filled the log before the project's first event; nobody here asks for theirs.
_PASS_OVER = """
INSERT INTO projection_cursors AS c (name, epoch, tx, position, updated_at)
SELECT $2, epoch, tx, 0, now() FROM events WHERE project_id = $1 ORDER BY epoch, tx, position LIMIT 1
ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch, tx = excluded.tx, position = excluded.position
WHERE (c.epoch, c.tx, c.position) < (excluded.epoch, excluded.tx, excluded.position)
"""


@asynccontextmanager
async def activity_kept_up(project: UUID) -> AsyncIterator[None]:
    """The activity is kept up, and holds all that the project's log does now."""
    await execute(_PASS_OVER, project, NAME)
    async with projecting(Activity()):
        await caught_up_to(NAME, await settled_head(project))
        yield
