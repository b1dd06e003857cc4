"""Sweeping: telling the world of holds that are over and that nobody has come across. Nothing waits for it."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.database import Connection, connect, fetch
from app.events.wake import ring
from app.redemptions.expire import AT_ONCE, expire_holds

# Transactions of one sweep in one project; with more to do it goes on at the next one.
_MOST_ROUNDS = 20

_DUE = """
SELECT DISTINCT project_id FROM redemptions WHERE state = 'HELD' AND expires_at <= $1 ORDER BY project_id
"""


async def sweep_holds(now: datetime, at_once: int = AT_ONCE) -> int:
    """Expire holds that are over by `now`, at most `at_once` in a transaction; how many there were.

    On a connection of its own, which is dialled when there is something to do. Many may sweep at the same time. Where
    somebody holds a lock, the other projects are swept all the same, and then the fault is raised.
    """
    projects: list[UUID] = [row["project_id"] for row in await fetch(_DUE, now)]
    if not projects:
        return 0
    swept, faults = 0, list[asyncpg.PostgresError]()
    connection = await connect(application_name="tearoff sweep")
    try:
        for project in projects:
            try:
                swept += await _sweep(connection, project, now, at_once)
            except asyncpg.PostgresError as fault:
                faults.append(fault)
    finally:
        await connection.close()
    if faults:
        raise faults[0]
    return swept


async def _sweep(connection: Connection, project: UUID, now: datetime, at_once: int) -> int:
    swept = 0
    for _ in range(_MOST_ROUNDS):
        expired = await expire_holds(connection, [project], now, at_once)
        swept += expired
        if expired:
            ring()
        if expired < at_once:
            break
    return swept
