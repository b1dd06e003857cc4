"""Starting an export: checked, bound to the settled place of the log, and queued as a job."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import asyncpg
import orjson

from app import door
from app.database import Connection, transaction
from app.events import wake
from app.events.cursor import Cursor
from app.events.read import LONGEST_DEED, head, place_before, read_page
from app.exports.values import CONDITIONS, KIND, OF_THE_LOG, ExportFilter, Format, Wanted, What
from app.idempotency import KEY_REUSED, LONGEST_KEY, key_id
from app.ids import earliest_at
from app.jobs.create import create
from app.jobs.read import by_ids
from app.jobs.values import Job
from app.problem import Problem, Problems

START_EXPORT = "start_export"  # the deed, for idempotency keys
JOB_ANSWERED = "JOB"
# What is made later has a larger id, but for clocks that are apart; without a bound a busy mint is never at its end.
_CLOCKS_APART = timedelta(minutes=5)

_EARLIER = "SELECT request_hash, answer_id FROM idempotency_keys WHERE id = $1"
_KEEP_KEY = """
INSERT INTO idempotency_keys (id, project_id, deed, key, request_hash, answer_kind, answer_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


_EVERYTHING = ExportFilter()


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What shall be exported; `after` is a cursor of the log, for what stands there only."""

    what: What
    format: Format
    filter: ExportFilter = _EVERYTHING
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The job; `replayed` when an earlier request with the same idempotency key had started it."""

    job: Job
    replayed: bool


async def start_export(
    project: UUID,
    order: ExportOrder,
    now: datetime,
    *,
    key: UUID | None = None,
    idempotency_key: str | None = None,
) -> Started | Problems:
    """Queue an export; `key` is the API key that asks. Call it outside a transaction.

    Codes: FILTER_DOES_NOT_APPLY, AFTER_DOES_NOT_APPLY, TOO_MANY_JOBS, IDEMPOTENCY_KEY_REUSED, NOT_FOUND (the job of
    that key is forgotten) and those of `door.text`. Raises CursorExpired where the log begins later than what is asked.
    """
    faults = (
        *_faults(order),
        *door.text(("idempotency_key",), idempotency_key, LONGEST_KEY, shortest=1),
    )
    if faults:
        return Problems(faults)
    wanted = await _bound(project, order)
    try:
        answer = await _start(project, order, wanted, now, key, idempotency_key)
    except asyncpg.UniqueViolationError:  # the same key at the same instant, and now it is there to be read
        answer = await _start(project, order, wanted, now, key, idempotency_key)
    wake.ring()
    return answer


async def _bound(project: UUID, order: ExportOrder) -> Wanted:
    """The order with its beginning and its end, which what happens later does not move."""
    asked, after = order.filter, order.after
    end = await head()
    if order.what in OF_THE_LOG:
        if after is not None:
            await read_page(project, after, limit=1)  # to see whether the log still has what stands behind it
        if asked.since is not None:
            first = await place_before(project, asked.since)
            after = first if after is None else max(after, first)
        if asked.before is not None and asked.before < datetime.now(UTC):
            # Events stand in the order of their transactions: one that took long may stand behind later ones.
            end = min(end, await place_before(project, asked.before + LONGEST_DEED))
    below = earliest_at(datetime.now(UTC) + _CLOCKS_APART)
    return Wanted(order.what, order.format, asked, after, end, below)


async def _start(
    project: UUID,
    order: ExportOrder,
    wanted: Wanted,
    now: datetime,
    key: UUID | None,
    idempotency_key: str | None,
) -> Started | Problems:
    kept = None if idempotency_key is None else key_id(project, START_EXPORT, idempotency_key)
    async with transaction() as connection:
        if kept is not None:
            earlier = await connection.fetchrow(_EARLIER, kept)
            if earlier is not None:
                if earlier["request_hash"] != _hash(order):
                    return KEY_REUSED
                return await _replayed(project, earlier["answer_id"])
        job = await create(connection, project, KIND, wanted.to_json(), key, now)
        if isinstance(job, Job) and kept is not None:
            await _keep_key(connection, project, kept, idempotency_key, order, job, now)
    return job if isinstance(job, Problems) else Started(job, replayed=False)


async def _replayed(project: UUID, id_: UUID) -> Started | Problems:
    job = (await by_ids(project, [id_])).get(id_)
    if job is None:
        message = "The job that was started with this key has been forgotten: use a new key."
        return Problems.one("idempotency_key", "NOT_FOUND", message)
    return Started(job, replayed=True)


async def _keep_key(
    connection: Connection,
    project: UUID,
    kept: UUID,
    idempotency_key: str | None,
    order: ExportOrder,
    job: Job,
    now: datetime,
) -> None:
    given = (kept, project, START_EXPORT, idempotency_key, _hash(order))
    await connection.execute(_KEEP_KEY, *given, JOB_ANSWERED, job.id, now)


def _hash(order: ExportOrder) -> bytes:
    """The same for the same request."""
    asked = order.filter
    after = None if order.after is None else order.after.encode()
    given = [order.what, order.format, after, *(getattr(asked, field.name) for field in fields(asked))]
    return sha256(orjson.dumps(given)).digest()


def _faults(order: ExportOrder) -> tuple[Problem, ...]:
    asked, allowed = order.filter, CONDITIONS[order.what]
    found = [
        *door.text(("filter", "channel"), asked.channel),
        *door.text(("filter", "redemption_point"), asked.redemption_point),
    ]
    what = order.what.value.lower().replace("_", " ")
    for field in fields(asked):
        if getattr(asked, field.name) is not None and field.name not in allowed:
            message = f"An export of {what} cannot be narrowed by this."
            found.append(Problem(("filter", field.name), "FILTER_DOES_NOT_APPLY", message))
    if order.after is not None and order.what not in OF_THE_LOG:
        message = f"An export of {what} has all of them as they stand; what happens then is in the feeds."
        found.append(Problem(("after",), "AFTER_DOES_NOT_APPLY", message))
    return tuple(found)
