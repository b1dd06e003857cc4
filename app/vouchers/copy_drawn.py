"""Drawn codes as PostgreSQL's COPY takes them: encoded before the transaction begins, so that it stays short."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from struct import pack
from uuid import UUID

import orjson

from app.database import Connection
from app.vouchers.values import MintOrder

COLUMNS = (
    "id",
    "project_id",
    "campaign_id",
    "code",
    "code_key",
    "kind",
    "enabled",
    "starts_at",
    "expires_at",
    "max_redemptions",
    "metadata",
    "created_at",
)

# The binary format of COPY: a signature, flags and the length of an extension; rows; a row of -1 fields. A row is the
# number of its fields, then each field's length and bytes.
_HEADER = b"PGCOPY\n\xff\r\n\0" + pack(">ii", 0, 0)
_TRAILER = pack(">h", -1)
_NULL = pack(">i", -1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_JSONB = b"\x01"  # the version of its binary form: the text follows


def image(
    project: UUID,
    campaign: UUID,
    order: MintOrder,
    drawn: Mapping[str, str],
    ids: Sequence[UUID],
    now: datetime,
) -> bytes:
    """The vouchers of the drawn codes (by their keys; ids in the same order) in the binary format of COPY.

    They come in the order of their keys: two mints that draw the same codes then never wait for each other in a circle.
    """
    before_id = pack(">h", len(COLUMNS)) + pack(">i", 16)
    after_id = _field(project.bytes) + _field(campaign.bytes)
    after_key = b"".join(
        (
            _field(order.kind.value.encode()),
            _field(b"\x01"),
            _instant(order.starts_at),
            _instant(order.expires_at),
            _NULL if order.max_redemptions is None else _field(pack(">q", order.max_redemptions)),
            _field(_JSONB + orjson.dumps(dict(order.metadata))),
            _instant(now),
        )
    )
    id_of = dict(zip(drawn, ids, strict=True))
    pieces = [_HEADER]
    for key in sorted(drawn):
        code = drawn[key]
        of_code = _field(code.encode())
        of_key = of_code if key == code else _field(key.encode())
        pieces += (before_id, id_of[key].bytes, after_id, of_code, of_key, after_key)
    pieces.append(_TRAILER)
    return b"".join(pieces)


async def copy_into(connection: Connection, table: str, rows: bytes) -> int:
    """COPY the image into a table that has the columns of vouchers; gives how many rows it wrote."""

    async def whole() -> AsyncIterator[bytes]:
        yield rows

    tag: str = await connection.copy_to_table(table, source=whole(), columns=COLUMNS, format="binary")
    return int(tag.rpartition(" ")[2])


def _field(value: bytes) -> bytes:
    return pack(">i", len(value)) + value


def _instant(at: datetime | None) -> bytes:
    return _NULL if at is None else _field(pack(">q", (at - _EPOCH) // timedelta(microseconds=1)))
