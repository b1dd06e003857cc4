"""Forgetting the counters of periods that are long over: nobody counts against them any more."""

from datetime import datetime, timedelta

from app.database import fetch, transaction
from app.database.standing_edits import begin_editing

# A rollback still counts in the period of its redemption; a counter that is gone is then counted anew, so this is only
# about doing that seldom.
KEPT = timedelta(days=35)

_AT_ONCE = 2_000  # redemptions of the project wait meanwhile

_PROJECTS = "SELECT DISTINCT project_id FROM counters WHERE window_end < $1 AND window_end IS NOT NULL"
_FORGET = """
DELETE FROM counters
WHERE id = ANY (ARRAY(SELECT id FROM counters WHERE project_id = $1 AND window_end < $2 ORDER BY window_end LIMIT $3))
"""


async def forget_past_windows(now: datetime, kept: timedelta = KEPT) -> int:
    """Delete counters whose period ended longer ago than `kept`; gives their number. A chore for a quiet hour.

    Counters may go only while nobody redeems in the project (counters.py), so each step takes the project's lock alone.
    """
    over, forgotten = now - kept, 0
    for row in await fetch(_PROJECTS, over):
        gone = _AT_ONCE
        while gone == _AT_ONCE:
            async with transaction() as connection:
                await begin_editing(connection, row["project_id"])
                done = await connection.execute(_FORGET, row["project_id"], over, _AT_ONCE)
            gone = int(done.split()[-1])
            forgotten += gone
    return forgotten
