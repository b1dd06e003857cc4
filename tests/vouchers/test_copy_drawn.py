"""The image of drawn codes: PostgreSQL reads from it just what the order says, in the order of the keys."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.database import fetch, transaction
from app.ids import new_id
from app.vouchers.copy_drawn import COLUMNS, copy_into, image
from app.vouchers.values import MintOrder, VoucherKind
from tests.vouchers.shop import NOW, a_campaign

BEFORE_2000 = datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
METADATA = {"note": 'a "quoted" \\ tab\there, ß and 🎁', "more": [1, None, {"deep": 1.5}]}


async def _read(project: UUID) -> list[dict[str, Any]]:
    rows = await fetch("SELECT * FROM vouchers WHERE project_id = $1 ORDER BY ctid", project)
    return [dict(row) for row in rows]


@pytest.mark.parametrize(
    "order",
    [
        MintOrder(),
        MintOrder(
            kind=VoucherKind.GENERIC,
            starts_at=BEFORE_2000,
            expires_at=NOW,
            max_redemptions=2**62,
            metadata=METADATA,
        ),
    ],
)
async def test_what_is_copied_is_what_was_ordered(project: UUID, order: MintOrder) -> None:
    campaign = await a_campaign(project)
    drawn = {"ZEBRA": "zebra", "ÄPFEL": "äp-fel", "ANT": "ANT"}
    ids = [new_id() for _ in drawn]
    rows = image(project, campaign, order, drawn, ids, NOW)
    async with transaction() as connection:
        assert await copy_into(connection, "vouchers", rows) == 3
    # What the row says of the rest, an INSERT would leave to the same defaults.
    assert await _read(project) == [
        {
            "id": ids[place],
            "project_id": project,
            "campaign_id": campaign,
            "code": code,
            "code_key": key,
            "kind": order.kind.value,
            "enabled": True,
            "holder_id": None,
            "published_at": None,
            "starts_at": order.starts_at,
            "expires_at": order.expires_at,
            "max_redemptions": order.max_redemptions,
            "metadata": dict(order.metadata),
            "created_at": NOW,
        }
        for place, code, key in ((2, "ANT", "ANT"), (0, "zebra", "ZEBRA"), (1, "äp-fel", "ÄPFEL"))
    ]


async def test_an_image_of_no_codes_is_of_no_rows(project: UUID) -> None:
    async with transaction() as connection:
        rows = image(project, new_id(), MintOrder(), {}, [], NOW)
        assert await copy_into(connection, "vouchers", rows) == 0
    assert await _read(project) == []


async def test_every_column_that_must_be_filled_is(project: UUID) -> None:
    needed = await fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'vouchers' AND is_nullable = 'NO' AND column_default IS NULL"
    )
    assert {row["column_name"] for row in needed} <= set(COLUMNS)
