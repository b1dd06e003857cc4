"""Doing exports: each step reads some pages, writes them down as parts, and moves the place on, all at once or not."""

import time
from collections.abc import Sequence
from dataclasses import replace

import asyncpg

from app.database import Connection, columns, fetchval
from app.events.cursor import BEGINNING, Cursor
from app.events.read import CursorExpired, read_page
from app.exports import log_rows, table_rows
from app.exports.values import KIND, OF_THE_LOG, Progress, Wanted
from app.exports.write import Row, body, head
from app.jobs.values import CannotGoOn, Job, Step

PART_BYTES = (
    262_144  # of the file in one row of the table; a step writes about as much, so memory stays bounded
)
PAGE_ROWS = 200  # what is turned into text without a pause: some ten milliseconds
STEP_SECONDS = 1.0  # a step ends after so long even if it found little: whoever watches sees that it goes on

_COUNT = """
SELECT count(*) FROM events
WHERE project_id = $1 AND kind = $2
  AND (epoch, tx, position) > ($3::smallint, $4::xid8, $5::bigint)
  AND (epoch, tx, position) <= ($6::smallint, $7::xid8, $8::bigint)
"""
_WRITE = """
INSERT INTO export_parts (project_id, job_id, number, first_byte, bytes)
SELECT $1, $2, * FROM unnest($3::int[], $4::bigint[], $5::bytea[])
"""


class ExportWork:
    """Does the jobs of this room; anybody may have one, for all it knows stands in the job."""

    kind = KIND

    def __init__(self, *, part_bytes: int = PART_BYTES, step_seconds: float = STEP_SECONDS) -> None:
        self._part_bytes = part_bytes
        self._step_seconds = step_seconds

    async def step(self, job: Job) -> Step:
        """Read until a part is full, the time is over, or everything is read."""
        wanted, progress = Wanted.from_json(job.input), Progress.from_json(job.place)
        source = _Log(job, wanted) if wanted.what in OF_THE_LOG else _Table(job, wanted)
        total = job.total if job.place is not None else await _counted(source)
        names, done = source.columns, job.done
        text = [] if job.place is not None else [head(wanted.format, names)]
        begun, is_last = time.monotonic(), False
        while not is_last and time.monotonic() - begun < self._step_seconds:
            rows, looked_at, at, is_last = await source.read(progress.at)
            text.append(body(wanted.format, names, rows))
            progress = replace(progress, at=at, rows=progress.rows + len(rows))
            done += looked_at
            if sum(map(len, text)) >= self._part_bytes:
                break
        written = b"".join(text)
        pieces = [
            written[start : start + self._part_bytes] for start in range(0, len(written), self._part_bytes)
        ]
        place = replace(progress, parts=progress.parts + len(pieces), size=progress.size + len(written))

        async def write(connection: Connection) -> None:
            await _write(connection, job, progress, pieces)

        # Rows of a table may come and go while it is read: at the end everything was looked at.
        return Step(place.to_json(), done, done if is_last else total, is_last, write if pieces else None)


class _Log:
    """Rows from the log, up to the place that was settled when they were asked for."""

    def __init__(self, job: Job, wanted: Wanted) -> None:
        self._job, self._wanted = job, wanted
        self._kind = log_rows.KINDS[wanted.what]
        self.columns = log_rows.COLUMNS[wanted.what]

    async def count(self) -> int:
        after, end = self._wanted.after or BEGINNING, self._wanted.end
        return int(await fetchval(_COUNT, self._job.project, self._kind.value, *after, *end))

    async def read(self, at: str | None) -> tuple[list[Row], int, str, bool]:
        """Rows, how many events were looked at, the place they lead to, and whether that is the end."""
        wanted = self._wanted
        after = wanted.after if at is None else Cursor.decode(at)
        if after is not None and after >= wanted.end:
            return [], 0, after.encode(), True
        try:
            page = await read_page(self._job.project, after, PAGE_ROWS, [self._kind], PART_BYTES)
        except CursorExpired:
            raise CannotGoOn("The part of the event log that was to come next has been let go.") from None
        events = [event for event in page.events() if event.cursor <= wanted.end]
        accepted = [event for event in events if log_rows.accepts(wanted.filter, wanted.what, event)]
        rows = await log_rows.rows_of(self._job.project, wanted.what, accepted)
        is_last = page.reached >= wanted.end
        return rows, len(events), (wanted.end if is_last else page.reached).encode(), is_last


class _Table:
    """Rows of a table of state, up to the ids that there were when they were asked for."""

    def __init__(self, job: Job, wanted: Wanted) -> None:
        self._job, self._wanted = job, wanted
        self.columns = table_rows.COLUMNS[wanted.what]

    async def count(self) -> int:
        return await table_rows.count(self._job.project, self._wanted.what, self._wanted.filter)

    async def read(self, at: str | None) -> tuple[list[Row], int, str | None, bool]:
        """As `_Log.read`."""
        wanted, project = self._wanted, self._job.project
        page = await table_rows.page(project, wanted.what, wanted.filter, at, PAGE_ROWS)
        items = [item for item in page.items if item.id < wanted.below]
        accepted = [item for item in items if table_rows.accepts(wanted.filter, item)]
        is_last = not page.has_next or len(items) < len(page.items)
        rows = await table_rows.rows_of(project, accepted)
        return rows, len(items), page.cursors[-1] if page.cursors else at, is_last


async def _counted(source: _Log | _Table) -> int | None:
    """How much there is to look at; None where counting would take too long."""
    try:
        return await source.count()
    except asyncpg.QueryCanceledError:
        return None


async def _write(connection: Connection, job: Job, progress: Progress, pieces: Sequence[bytes]) -> None:
    rows, first_byte = [], progress.size
    for number, piece in enumerate(pieces, progress.parts):
        rows.append((number, first_byte, piece))
        first_byte += len(piece)
    await connection.execute(_WRITE, job.project, job.id, *columns(rows, 3))
