"""Reading exports: how far one is, and its file, stretch by stretch."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from app.database import fetchrow
from app.exports.values import KIND, OF_THE_LOG, Format, Progress, Wanted, What
from app.jobs.values import Job

_PART = """
SELECT first_byte, bytes FROM export_parts
WHERE project_id = $1 AND job_id = $2 AND number = $3
"""
_PART_AT = """
SELECT number FROM export_parts
WHERE project_id = $1 AND job_id = $2 AND first_byte <= $3 ORDER BY number DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Export:
    """What a job of this room has written: `rows` rows in `size` bytes.

    `cursor` is the place in the log that it has reached, from which the next export or a feed goes on; of tables of
    state the place behind which the log tells all changes.
    """

    what: What
    format: Format
    rows: int
    size: int
    cursor: str | None


def export_of(job: Job) -> Export | None:
    """The export that the job is, None for a job of another kind."""
    if job.kind != KIND:
        return None
    wanted, progress = Wanted.from_json(job.input), Progress.from_json(job.place)
    if wanted.what in OF_THE_LOG:
        cursor = progress.at or (None if wanted.after is None else wanted.after.encode())
    else:
        cursor = wanted.end.encode()
    return Export(wanted.what, wanted.format, progress.rows, progress.size, cursor)


async def stretch(job: Job, first: int, last: int) -> AsyncGenerator[bytes, None]:
    """The bytes `first` to `last`, both included, of the file; a part in memory at a time, and no connection held.

    Ends early if the export is forgotten meanwhile.
    """
    found = await fetchrow(_PART_AT, job.project, job.id, first)
    number = None if found is None else found["number"]
    while number is not None and first <= last:
        part = await _part(job.project, job.id, number)
        if part is None:
            return
        begins, content = part
        piece = content[first - begins : last + 1 - begins]
        yield piece
        first += len(piece)
        number += 1


async def _part(project: UUID, job: UUID, number: int) -> tuple[int, bytes] | None:
    row = await fetchrow(_PART, project, job, number)
    return None if row is None else (row["first_byte"], row["bytes"])
