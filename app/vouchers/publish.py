"""Publishing: giving a named code, or the next free codes of a campaign, to a customer; never one code to two."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import orjson

from app import door
from app.database import Connection, columns, transaction
from app.events import wake
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.ids import new_id
from app.problem import Problem, Problems
from app.vouchers.codes import LONGEST_CODE
from app.vouchers.give import Given, Settled, give_free, give_named, refusal
from app.vouchers.read_publications import PUBLICATION_COLUMNS, publication_of
from app.vouchers.values import Publication, Published, PublishOrder

MOST_PUBLISHED = 100

# Makes or finds the customer inside the publishing transaction; problems stop it and undo everything.
FindCustomer = Callable[[Connection], Awaitable[UUID | Problems]]

# One at a time may publish under a source id: the second then reads what the first has written.
_LOCK_SOURCE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_BY_SOURCE = f"""
SELECT request_hash, {PUBLICATION_COLUMNS} FROM publications
WHERE project_id = $1 AND source_id = $2 ORDER BY position
"""  # noqa: S608
_IS_CUSTOMER = "SELECT EXISTS (SELECT FROM customers WHERE project_id = $1 AND id = $2)"
_RECORD = """
INSERT INTO publications (id, project_id, campaign_id, voucher_id, customer_id, channel, source_id, position,
                          request_hash, metadata, created_at, created_by)
SELECT id, $4, $5, voucher_id, $6, $7, $8, position, $9, $10, $11, $12
FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) AS given (id, voucher_id, position)
"""


async def publish(
    project: UUID, order: PublishOrder, customer: UUID | FindCustomer, by: UUID | None, now: datetime
) -> Published | Problems:
    """Give codes to a customer, in one transaction with whatever `customer` does to find or make them.

    All or nothing: problems and replays leave no trace, not even of the customer. Replayed, with the first
    answer again, are an order with a known `source_id`, and a unique code that the customer holds already.
    A generic code is recorded anew each time. Paused and draft campaigns may be published from. `by` is the
    key that asks. Call it outside a transaction. Codes: CODE_OR_CAMPAIGN, OUT_OF_RANGE, NOT_FOUND,
    CODE_NOT_FOUND, VOUCHER_DISABLED, EXPIRED, CAMPAIGN_ENDED, CODE_HELD_BY_ANOTHER_CUSTOMER, CODE_USED_UP,
    CAMPAIGN_IS_PROMOTION, NO_FREE_CODES, SOURCE_ID_REUSED and those of `door.text` and `door.metadata`.
    """
    faults = _faults(order)
    if faults:
        return Problems(faults)
    answer = await _attempt(project, order, customer, by, now, patient=False)
    if isinstance(answer, Problems) and answer.all[0].code == "NO_FREE_CODES":
        # Publishers that each held a part of what another needed may all have found too few.
        answer = await _attempt(project, order, customer, by, now, patient=True)
    if isinstance(answer, Published) and not answer.replayed:
        wake.ring()
    return answer


async def _attempt(
    project: UUID,
    order: PublishOrder,
    customer: UUID | FindCustomer,
    by: UUID | None,
    now: datetime,
    patient: bool,
) -> Published | Problems:
    try:
        async with transaction() as connection:
            return await _publish(connection, project, order, customer, by, now, patient)
    except Settled as settled:
        return settled.answer


async def _publish(
    connection: Connection,
    project: UUID,
    order: PublishOrder,
    customer: UUID | FindCustomer,
    by: UUID | None,
    now: datetime,
    patient: bool,
) -> Published:
    if order.source_id is not None:
        await connection.execute(_LOCK_SOURCE, f"{project.hex} {order.source_id}")
    receiver = await _receiver(connection, project, customer)
    request_hash = _hash(order, receiver)
    if order.source_id is not None:
        await _replay(connection, project, order.source_id, request_hash)
    if order.code is not None:
        campaign, given = await give_named(connection, project, order.code, receiver, now)
    else:
        assert order.campaign is not None  # noqa: S101 - _faults has seen to it
        campaign = order.campaign
        given = await give_free(connection, project, campaign, order.count, receiver, now, patient)
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


async def _receiver(connection: Connection, project: UUID, customer: UUID | FindCustomer) -> UUID:
    if isinstance(customer, UUID):
        if not await connection.fetchval(_IS_CUSTOMER, project, customer):
            raise refusal("customer", "NOT_FOUND", "There is no such customer.")
        return customer
    found = await customer(connection)
    if isinstance(found, Problems):
        raise Settled(found)
    return found


async def _replay(connection: Connection, project: UUID, source_id: str, request_hash: bytes) -> None:
    rows = await connection.fetch(_BY_SOURCE, project, source_id)
    if not rows:
        return
    if rows[0]["request_hash"] != request_hash:
        raise refusal(
            "source_id", "SOURCE_ID_REUSED", "Something else was published under this source id before."
        )
    raise Settled(Published(tuple(map(publication_of, rows)), replayed=True))


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
    connection: Connection, project: UUID, publications: Sequence[Publication], given: Sequence[Given]
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


def _faults(order: PublishOrder) -> tuple[Problem, ...]:
    found = (
        *door.text(("code",), order.code, LONGEST_CODE),
        *door.text(("channel",), order.channel, door.LONGEST_CHANNEL, shortest=1),
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
