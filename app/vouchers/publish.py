"""Publishing: giving a named code, or the next free codes of a campaign, to a customer; never one code to two."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import orjson

from app import door
from app.database import Connection, columns, statement, transaction
from app.events import wake
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.ids import new_id
from app.problem import Problem, Problems
from app.vouchers.codes import is_code, normalise
from app.vouchers.read_publications import PUBLICATION_COLUMNS, publication_of
from app.vouchers.values import Publication, Published, PublishOrder, VoucherKind

MOST_PUBLISHED = 100
LONGEST_CHANNEL = 100

# Makes or finds the customer inside the publishing transaction; problems stop it and undo everything.
FindCustomer = Callable[[Connection], Awaitable[UUID | Problems]]

_TAKE_FREE = statement(__package__, "take_free.sql")
# One at a time may publish under a source id: the second then reads what the first has written.
_LOCK_SOURCE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_BY_SOURCE = f"""
SELECT request_hash, {PUBLICATION_COLUMNS} FROM publications
WHERE project_id = $1 AND source_id = $2 ORDER BY position
"""  # noqa: S608
_OF_HOLDER = f"""
SELECT {PUBLICATION_COLUMNS} FROM publications
WHERE project_id = $1 AND voucher_id = $2 AND customer_id = $3 ORDER BY id LIMIT 1
"""  # noqa: S608
_CAMPAIGN = "SELECT state, ends_at FROM campaigns WHERE project_id = $1 AND id = $2"
_NAMED = """
SELECT vouchers.id, vouchers.code, vouchers.campaign_id, vouchers.kind, vouchers.enabled, vouchers.holder_id,
       vouchers.expires_at, campaigns.state, campaigns.ends_at
FROM vouchers
JOIN campaigns ON campaigns.project_id = vouchers.project_id AND campaigns.id = vouchers.campaign_id
WHERE vouchers.project_id = $1 AND vouchers.code_key = $2
"""
_GIVE = "UPDATE vouchers SET holder_id = $3, published_at = $4 WHERE project_id = $1 AND id = $2"
_RECORD = """
INSERT INTO publications (id, project_id, campaign_id, voucher_id, customer_id, channel, source_id, position,
                          request_hash, metadata, created_at, created_by)
SELECT id, $4, $5, voucher_id, $6, $7, $8, position, $9, $10, $11, $12
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) AS given (id, voucher_id, position)
"""


class _Given(NamedTuple):
    voucher: UUID
    code: str


class _Settled(Exception):  # noqa: N818 - carries an answer out of a transaction that shall leave no trace
    def __init__(self, answer: Published | Problems) -> None:
        self.answer = answer


async def publish(
    project: UUID, order: PublishOrder, customer: UUID | FindCustomer, by: UUID | None, now: datetime
) -> Published | Problems:
    """Give codes to a customer, in one transaction with whatever `customer` does to find or make them.

    All or nothing: problems and replays leave no trace, not even of the customer. Replayed, with the first
    answer again, are an order with a known `source_id`, and a unique code that the customer holds already.
    A generic code is recorded anew each time. Paused and draft campaigns may be published from. `by` is the
    key that asks. Codes: CODE_OR_CAMPAIGN, OUT_OF_RANGE, NOT_FOUND, CODE_NOT_FOUND, VOUCHER_DISABLED,
    EXPIRED, CAMPAIGN_ENDED, CODE_HELD_BY_ANOTHER_CUSTOMER, NO_FREE_CODES, SOURCE_ID_REUSED and those of
    `door.text` and `door.metadata`.
    """
    faults = _faults(order)
    if faults:
        return Problems(faults)
    try:
        async with transaction() as connection:
            published = await _publish(connection, project, order, customer, by, now)
    except _Settled as settled:
        return settled.answer
    wake.ring()
    return published


async def _publish(
    connection: Connection,
    project: UUID,
    order: PublishOrder,
    customer: UUID | FindCustomer,
    by: UUID | None,
    now: datetime,
) -> Published:
    if order.source_id is not None:
        await connection.execute(_LOCK_SOURCE, f"{project.hex} {order.source_id}")
    receiver = customer if isinstance(customer, UUID) else await customer(connection)
    if isinstance(receiver, Problems):
        raise _Settled(receiver)
    request_hash = _hash(order, receiver)
    if order.source_id is not None:
        await _replay(connection, project, order.source_id, request_hash)
    if order.code is not None:
        campaign, given = await _give_named(connection, project, order.code, receiver, now)
    else:
        assert order.campaign is not None  # noqa: S101 - _faults has seen to it
        campaign = order.campaign
        given = await _give_free(connection, project, campaign, order.count, receiver, now)
    publications = tuple(
        Publication(
            id=new_id(),
            campaign_id=campaign,
            voucher_id=one.voucher,
            customer_id=receiver,
            channel=order.channel,
            source_id=order.source_id,
            metadata=order.metadata,
            created_at=now,
            created_by=by,
        )
        for one in given
    )
    await _record(connection, project, publications, request_hash)
    await _tell(connection, project, publications, given)
    return Published(publications, replayed=False)


async def _replay(connection: Connection, project: UUID, source_id: str, request_hash: bytes) -> None:
    rows = await connection.fetch(_BY_SOURCE, project, source_id)
    if not rows:
        return
    if rows[0]["request_hash"] != request_hash:
        raise _refusal(
            "source_id", "SOURCE_ID_REUSED", "Something else was published under this source id before."
        )
    raise _Settled(Published(tuple(map(publication_of, rows)), replayed=True))


async def _give_named(
    connection: Connection, project: UUID, code: str, customer: UUID, now: datetime
) -> tuple[UUID, Sequence[_Given]]:
    case_sensitive = bool(
        await connection.fetchval("SELECT case_sensitive_codes FROM projects WHERE id = $1", project)
    )
    if not is_code(code, case_sensitive):
        raise _refusal("code", "CODE_NOT_FOUND", "There is no such code.")
    key = normalise(code, case_sensitive)
    found = await connection.fetchrow(_NAMED, project, key)
    if found is not None and found["kind"] == VoucherKind.UNIQUE.value:
        # Read again, locked: another publisher may be giving it away. A generic code stays unlocked,
        # for many publishers give it out at the same time.
        found = await connection.fetchrow(_NAMED + "FOR NO KEY UPDATE OF vouchers", project, key)
    if found is None:
        raise _refusal("code", "CODE_NOT_FOUND", "There is no such code.")
    if not found["enabled"]:
        raise _refusal("code", "VOUCHER_DISABLED", "The code is disabled.")
    if found["expires_at"] is not None and found["expires_at"] <= now:
        raise _refusal("code", "EXPIRED", "The code has expired.")
    _refuse_ended("code", found["state"], found["ends_at"], now)
    voucher, campaign = found["id"], found["campaign_id"]
    if found["kind"] == VoucherKind.UNIQUE.value:
        if found["holder_id"] not in (None, customer):
            raise _refusal("code", "CODE_HELD_BY_ANOTHER_CUSTOMER", "Another customer holds the code.")
        if found["holder_id"] == customer:
            row = await connection.fetchrow(_OF_HOLDER, project, voucher, customer)
            if row is not None:
                raise _Settled(Published((publication_of(row),), replayed=True))
        await connection.execute(_GIVE, project, voucher, customer, now)
    return campaign, [_Given(voucher, found["code"])]


async def _give_free(
    connection: Connection, project: UUID, campaign: UUID, count: int, customer: UUID, now: datetime
) -> Sequence[_Given]:
    found = await connection.fetchrow(_CAMPAIGN, project, campaign)
    if found is None:
        raise _refusal("campaign", "NOT_FOUND", "There is no such campaign.")
    _refuse_ended("campaign", found["state"], found["ends_at"], now)
    rows = await connection.fetch(_TAKE_FREE, project, campaign, count, customer, now)
    if len(rows) < count:
        message = f"The campaign has {len(rows)} free codes left, {count} were asked for."
        raise _refusal("campaign", "NO_FREE_CODES", message)
    return sorted(_Given(row["id"], row["code"]) for row in rows)


def _refuse_ended(path: str, state: str, ends_at: datetime | None, now: datetime) -> None:
    if state == "ENDED" or (ends_at is not None and ends_at <= now):
        raise _refusal(path, "CAMPAIGN_ENDED", "The campaign has ended.")


async def _record(
    connection: Connection, project: UUID, publications: Sequence[Publication], request_hash: bytes
) -> None:
    one = publications[0]
    rows = [(made.id, made.voucher_id, position) for position, made in enumerate(publications)]
    await connection.execute(
        _RECORD,
        *columns(rows, 3),
        project,
        one.campaign_id,
        one.customer_id,
        one.channel,
        one.source_id,
        request_hash,
        dict(one.metadata),
        one.created_at,
        one.created_by,
    )


async def _tell(
    connection: Connection, project: UUID, publications: Sequence[Publication], given: Sequence[_Given]
) -> None:
    events = [
        NewEvent(
            project,
            EventKind.VOUCHER_PUBLISHED,
            {
                "publication": made.id.hex,
                "voucher": made.voucher_id.hex,
                "code": one.code,
                "campaign": made.campaign_id.hex,
                "customer": made.customer_id.hex,
                "channel": made.channel,
                "source_id": made.source_id,
            },
            made.created_at,
        )
        for made, one in zip(publications, given, strict=True)
    ]
    await append(connection, events)


def _hash(order: PublishOrder, customer: UUID) -> bytes:
    """The same for the same request: who gets what, through which channel, with which metadata."""
    asked = [
        order.code,
        order.campaign and order.campaign.hex,
        order.count,
        customer.hex,
        order.channel,
        dict(order.metadata),
    ]
    return sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).digest()


def _refusal(path: str, code: str, message: str) -> _Settled:
    return _Settled(Problems.one(path, code, message))


def _faults(order: PublishOrder) -> tuple[Problem, ...]:
    found = (
        *door.text(("channel",), order.channel, LONGEST_CHANNEL, shortest=1),
        *door.text(("source_id",), order.source_id, shortest=1),
        *door.metadata(("metadata",), order.metadata),
    )
    if (order.code is None) == (order.campaign is None):
        message = "Give either a code, or a campaign whose next free codes shall be published."
        return (*found, Problem(("code",), "CODE_OR_CAMPAIGN", message))
    if not 1 <= order.count <= MOST_PUBLISHED or (order.code is not None and order.count != 1):
        message = f"From 1 to {MOST_PUBLISHED} codes of a campaign, or one named code, can be published."
        return (*found, Problem(("count",), "OUT_OF_RANGE", message))
    return found
