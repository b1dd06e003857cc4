"""What the tests of exports share: something to export, an export carried out, and its file."""

import asyncio
import csv
import io
from typing import Any
from uuid import UUID

import orjson

from app.database import execute, fetchval
from app.events.read import head
from app.exports.read import Export, export_of, stretch
from app.exports.start import ExportOrder, Started, start_export
from app.exports.values import ExportFilter, Format, What
from app.exports.work import ExportWork
from app.ids import new_id
from app.jobs.carry_out import Turn
from app.jobs.values import Job
from tests.conftest import NOW
from tests.events.conftest import eventually
from tests.jobs.works import now_of

_LAST = """
SELECT (epoch, tx, position) <= ($2::smallint, $3::xid8, $4::bigint) FROM events
WHERE project_id = $1 ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1
"""
_MANY = """
WITH made AS (SELECT gen_random_uuid() AS id, number FROM generate_series(1, $2::int) AS number)
INSERT INTO events (project_id, kind, at, payload)
SELECT $1, 'REDEMPTION_GRANTED', $3,
       ($4::jsonb || jsonb_build_object('id', replace(id::text, '-', ''), 'discount', number))::json
FROM made ORDER BY number
"""


async def settled(project: UUID) -> None:
    """Wait until all events of the project are settled: other tests' open transactions may hold them back."""

    async def is_settled() -> bool:
        return await fetchval(_LAST, project, *await head()) is not False

    await eventually(is_settled, every=0.02)


async def started(
    project: UUID, what: What = What.REDEMPTIONS, form: Format = Format.CSV, **more: Any
) -> Job:
    """A queued export of what is there; `after` and the conditions of a filter may be given."""
    if more.pop("wait", True):
        await settled(project)
    order = ExportOrder(what, form, after=more.pop("after", None), filter=ExportFilter(**more))
    answer = await start_export(project, order, NOW)
    assert isinstance(answer, Started), answer
    return answer.job


async def carried_out(job: Job, **more: Any) -> Job:
    """The export once it is done."""
    await Turn(ExportWork(**more), asyncio.Event()).carry_out(job.project, job.id)
    return await now_of(job)


async def exported(
    project: UUID, what: What = What.REDEMPTIONS, form: Format = Format.CSV, **more: Any
) -> bytes:
    """The file of an export."""
    return await file_of(await carried_out(await started(project, what, form, **more)))


async def file_of(job: Job) -> bytes:
    """All that an export has written."""
    return b"".join([piece async for piece in stretch(job, 0, made(job).size - 1)])


def made(job: Job) -> Export:
    """How far the export is."""
    found = export_of(job)
    assert found is not None
    return found


def rows_of(file: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file, as any reader of CSV has them."""
    return list(csv.DictReader(io.StringIO(file.decode(), newline="")))


def objects_of(file: bytes) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [orjson.loads(line) for line in file.splitlines()]


async def many_redemptions(project: UUID, count: int) -> None:
    """Events of that many redemptions, in one transaction; the ledger has none of them."""
    told = {
        "customer_id": None,
        "currency": "EUR",
        "subtotal": 100_000_000,
        "shipping": 0,
        "channel": "web",
        "redemption_point": None,
        "key_id": new_id().hex,
        "created_at": NOW.isoformat(),
        "metadata": {"order": "A text of some length, as orders have them: 0123456789 0123456789 0123456789"},
        "vouchers": [
            {"code": "SUMMER", "voucher_id": new_id().hex, "campaign_id": new_id().hex}
            | {"main_campaign_id": None, "discount": 1}
        ],
    }
    await execute(_MANY, project, count, NOW, told)
