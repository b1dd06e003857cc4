"""Rows from the log: redemptions, rejected redemptions and publications, each as its event tells it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any  # event payloads are JSON
from uuid import UUID

import asyncpg

from app import ids
from app.customers.read import by_ids as customers_by_ids
from app.database import fetch
from app.engine.money import amount_of
from app.events.kinds import EventKind
from app.events.log import Event
from app.exports.values import ExportFilter, What
from app.exports.write import Row, own
from app.vouchers.read_publications import publications_by_ids

KINDS = {
    What.REDEMPTIONS: EventKind.REDEMPTION_GRANTED,
    What.REJECTED_REDEMPTIONS: EventKind.REDEMPTION_REJECTED,
    What.PUBLICATIONS: EventKind.VOUCHER_PUBLISHED,
}

_WHERE = ("channel", "redemption_point", "customer_id", "customer_source_id", "key_id")
_CODES = ("codes", "voucher_ids", "campaign_ids", "partner_ids")
COLUMNS: Mapping[What, tuple[str, ...]] = {
    What.REDEMPTIONS: (
        *("cursor", "id", "granted_at", "created_at", "currency", "subtotal", "shipping", "discount"),
        *("shipping_discount", "total", *_CODES, "discounts", *_WHERE),
        *("state", "returned_subtotal", "returned_discount", "rolled_back_at", "metadata"),
    ),
    What.REJECTED_REDEMPTIONS: (
        *("cursor", "id", "created_at", "currency", "subtotal", "shipping"),
        *(*_CODES, "reasons", *_WHERE, "metadata"),
    ),
    What.PUBLICATIONS: (
        *("cursor", "id", "created_at", "code", "voucher_id", "campaign_id", "customer_id"),
        *("customer_source_id", "channel", "source_id", "key_id", "metadata"),
    ),
}

# How redemptions stand by now: rollbacks are told by events of their own.
_STANDING = """
SELECT id, state, returned_subtotal, returned_discount, rolled_back_at FROM redemptions
WHERE project_id = $1 AND id = ANY ($2::uuid[])
"""


def accepts(asked: ExportFilter, what: What, event: Event) -> bool:
    """Whether the event is wanted."""
    told = event.payload
    if what is What.PUBLICATIONS:
        customer, campaigns, point = told["customer"], [told["campaign"]], None
    else:
        customer, point = told["customer_id"], told["redemption_point"]
        campaigns = [code[name] for code in told["vouchers"] for name in ("campaign_id", "main_campaign_id")]
    return (
        (asked.customer is None or asked.customer.hex == customer)
        and (asked.campaign is None or asked.campaign.hex in campaigns)
        and asked.channel in (None, told["channel"])
        and asked.redemption_point in (None, point)
        and (
            asked.partner is None
            or any(code.get("partner_id") == asked.partner.hex for code in told["vouchers"])
        )
        and (asked.since is None or event.at >= asked.since)
        and (asked.before is None or event.at < asked.before)
    )


async def rows_of(project: UUID, what: What, events: Sequence[Event]) -> list[Row]:
    """The rows of these events, in their order; one statement or two, whatever their number."""
    if not events:
        return []
    if what is What.PUBLICATIONS:
        return await _publications(project, events)
    sources = await _source_ids(project, {event.payload["customer_id"] for event in events} - {None})
    if what is What.REJECTED_REDEMPTIONS:
        return [_rejected(event, sources) for event in events]
    wanted = [UUID(event.payload["id"]) for event in events]
    standing = {row["id"]: row for row in await fetch(_STANDING, project, wanted)}
    return [_redemption(event, sources, standing.get(id_)) for id_, event in zip(wanted, events, strict=True)]


async def _source_ids(project: UUID, customers: set[str]) -> dict[str, str]:
    known = await customers_by_ids(project, [UUID(each) for each in sorted(customers)]) if customers else {}
    return {customer.id.hex: customer.source_id for customer in known.values()}


def _attempt(event: Event, sources: Mapping[str, str]) -> dict[str, Any]:
    """What both kinds of attempts have."""
    told = event.payload
    codes, currency, customer = told["vouchers"], told["currency"], told["customer_id"]
    return {
        "cursor": event.cursor.encode(),
        "created_at": datetime.fromisoformat(told["created_at"]),
        "currency": currency,
        "subtotal": amount_of(told["subtotal"], currency),
        "shipping": amount_of(told["shipping"], currency),
        "codes": [code["code"] for code in codes],
        "voucher_ids": [_shown(ids.VOUCHER, code["voucher_id"]) for code in codes],
        "campaign_ids": [_shown(ids.CAMPAIGN, code["campaign_id"]) for code in codes],
        # For whom the campaigns ran then; events of older versions do not tell.
        "partner_ids": [_shown(ids.PARTNER, code.get("partner_id")) for code in codes],
        "channel": own(told["channel"]),
        "redemption_point": own(told["redemption_point"]),
        "customer_id": _shown(ids.CUSTOMER, customer),
        "customer_source_id": own(sources.get(customer)) if customer else None,
        "key_id": _shown(ids.API_KEY, told["key_id"]),
        "metadata": told["metadata"],
    }


def _redemption(event: Event, sources: Mapping[str, str], standing: asyncpg.Record | None) -> Row:
    told = event.payload
    currency, shipping_discount = told["currency"], told.get("shipping_discount", 0)

    def amount(minor: int) -> Any:
        return amount_of(minor, currency)

    stands = standing or {
        "state": told.get("state", "REDEEMED"),
        "returned_subtotal": told.get("returned_subtotal", 0),
        "returned_discount": told.get("returned_discount", 0),
        "rolled_back_at": None,
    }
    return {
        **_attempt(event, sources),
        "id": _shown(ids.REDEMPTION, told["id"]),
        "granted_at": event.at,
        "discount": amount(told["discount"]),
        "shipping_discount": amount(shipping_discount),
        "total": amount(told["subtotal"] + told["shipping"] - told["discount"]),
        "discounts": [f"{amount(code['discount']):f}" for code in told["vouchers"]],
        "state": stands["state"],
        "returned_subtotal": amount(stands["returned_subtotal"]),
        "returned_discount": amount(stands["returned_discount"]),
        "rolled_back_at": stands["rolled_back_at"],
    }


def _rejected(event: Event, sources: Mapping[str, str]) -> Row:
    reasons = [reason["code"] for code in event.payload["vouchers"] for reason in code["reasons"]]
    return {
        **_attempt(event, sources),
        "id": _shown(ids.REJECTED_REDEMPTION, event.payload["id"]),
        "reasons": list(dict.fromkeys(reasons)),
    }


async def _publications(project: UUID, events: Sequence[Event]) -> list[Row]:
    made = await publications_by_ids(project, [UUID(event.payload["publication"]) for event in events])
    sources = await _source_ids(project, {event.payload["customer"] for event in events})
    rows: list[Row] = []
    for event in events:
        told = event.payload
        kept = made.get(UUID(told["publication"]))
        by = None if kept is None or kept.created_by is None else kept.created_by
        rows.append(
            {
                "cursor": event.cursor.encode(),
                "id": _shown(ids.PUBLICATION, told["publication"]),
                "created_at": event.at,
                "code": own(told["code"]),
                "voucher_id": _shown(ids.VOUCHER, told["voucher"]),
                "campaign_id": _shown(ids.CAMPAIGN, told["campaign"]),
                "customer_id": _shown(ids.CUSTOMER, told["customer"]),
                "customer_source_id": own(sources.get(told["customer"])),
                "channel": own(told["channel"]),
                "source_id": own(told["source_id"]),
                "key_id": None if by is None else ids.show(ids.API_KEY, by),
                "metadata": {} if kept is None else kept.metadata,
            }
        )
    return rows


def _shown(prefix: str, hex_: str | None) -> str | None:
    return None if hex_ is None else ids.show(prefix, UUID(hex_))
