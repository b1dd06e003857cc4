"""Making a pool, and putting somebody else's codes into it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app import door
from app.database import transaction
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.events.wake import ring
from app.ids import new_id
from app.pools.values import LONGEST_CODE, MOST_AT_ONCE, Filled, Pool
from app.problem import Problem, Problems

_MAKE = """
INSERT INTO pools (id, project_id, name, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (project_id, name) DO NOTHING
RETURNING id
"""
# In the order of the codes, so that two who send the same ones wait for each other instead of locking up.
_FILL = """
INSERT INTO pool_codes (id, project_id, pool_id, code, created_at)
SELECT new.id, $1, $2, new.code, $3
FROM unnest($4::uuid[], $5::text[]) AS new (id, code)
ORDER BY new.code
ON CONFLICT (project_id, pool_id, code) DO NOTHING
"""


async def create_pool(project: UUID, name: str, now: datetime) -> Pool | Problems:
    """A new, empty pool. Codes: REQUIRED, TOO_LONG, INVALID_TEXT, NAME_TAKEN."""
    if faults := door.text(("name",), name, shortest=1):
        return Problems(faults)
    pool = Pool(new_id(), name, now)
    async with transaction() as connection:
        if await connection.fetchval(_MAKE, pool.id, project, name, now) is None:
            return Problems.one("name", "NAME_TAKEN", "Another pool of the project has this name.")
        await append(connection, [_event(project, EventKind.POOL_CREATED, pool.id, 0, now)])
    ring()
    return pool


async def add_codes(project: UUID, pool: UUID, codes: Sequence[str], now: datetime) -> Filled | Problems:
    """Put codes into a pool, up to 5,000 at once. Safe to repeat: a code that is there already is not added again.

    Codes: NOT_FOUND, NO_CODES, TOO_MANY_CODES, REQUIRED, TOO_LONG, INVALID_TEXT.
    """
    if faults := _faults(codes):
        return Problems(faults)
    wanted = [(new_id(), code) for code in dict.fromkeys(codes)]
    async with transaction() as connection:
        there = "SELECT 1 FROM pools WHERE project_id = $1 AND id = $2"
        if await connection.fetchval(there, project, pool) is None:
            return Problems.one("pool", "NOT_FOUND", "There is no such pool.")
        ids, texts = [id_ for id_, _ in wanted], [code for _, code in wanted]
        done = await connection.execute(_FILL, project, pool, now, ids, texts)
        added = int(done.rpartition(" ")[2])
        if added:
            await append(connection, [_event(project, EventKind.POOL_FILLED, pool, added, now)])
    ring()
    return Filled(pool, added, len(codes) - added)


def _faults(codes: Sequence[str]) -> tuple[Problem, ...]:
    if not codes:
        return (Problem(("codes",), "NO_CODES", "Give at least one code."),)
    if len(codes) > MOST_AT_ONCE:
        return (Problem(("codes",), "TOO_MANY_CODES", f"Give at most {MOST_AT_ONCE} codes at once."),)
    found: list[Problem] = []
    for place, code in enumerate(codes):
        found += door.text(("codes", str(place)), code, LONGEST_CODE, shortest=1)
    return tuple(found)


def _event(project: UUID, kind: EventKind, pool: UUID, added: int, now: datetime) -> NewEvent:
    """Never a code: whoever reads the log could use it."""
    return NewEvent(project, kind, {"pool_id": pool.hex, "added": added}, now)
