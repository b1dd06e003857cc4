"""A chore: parts of files that nobody can fetch any more are deleted before their jobs are."""

from datetime import datetime

from app.database import execute

_AT_ONCE = (
    100  # parts, of 256 kB at most: short transactions, every feed waits for the oldest one that writes
)

_FORGET = """
DELETE FROM export_parts WHERE (project_id, job_id, number) IN (
  SELECT p.project_id, p.job_id, p.number
  FROM jobs j JOIN export_parts p ON p.project_id = j.project_id AND p.job_id = j.id
  WHERE j.kind = 'export'
    AND (j.state IN ('FAILED', 'CANCELLED') OR (j.state = 'DONE' AND j.expires_at <= $1))
  LIMIT $2
)
"""


async def forget_exports(now: datetime) -> int:
    """Delete the parts of exports that have failed, were cancelled, or whose time has passed; gives their number."""
    forgotten = 0
    while True:
        gone = int((await execute(_FORGET, now, _AT_ONCE)).split()[-1])
        forgotten += gone
        if gone < _AT_ONCE:
            return forgotten
