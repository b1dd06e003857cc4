"""Forgetting what customers did in the part of the log that has been let go: nobody is shown it any more."""

from app.database import execute, fetchval

# So many pages of the table in one transaction: some hundred thousand rows, most of which stay.
_AT_ONCE = 5_000

_PAGES = "SELECT pg_relation_size('customer_activity') / current_setting('block_size')::bigint"
# The table has no index in the order of the log, which would cost something with every event. It is walked from one
# end to the other instead, once for each part of the log that goes.
_FORGET = """
DELETE FROM customer_activity WHERE ctid >= $1::tid AND ctid < $2::tid
  AND (epoch, tx, position) <= (SELECT epoch, tx, position FROM event_horizon)
"""


async def forget_activity(at_once: int = _AT_ONCE) -> int:
    """Delete the rows of events that the log does not hold any more; gives their number. A chore for a quiet hour."""
    pages: int = await fetchval(_PAGES)
    forgotten = 0
    for page in range(0, pages, at_once):
        done = await execute(_FORGET, (page, 0), (page + at_once, 0))
        forgotten += int(done.split()[-1])
    return forgotten
