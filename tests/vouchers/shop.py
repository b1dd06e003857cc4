"""What the tests of vouchers and wallets stand on: campaigns, customers, a second project, and the log."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.database import execute, fetch
from app.ids import new_id
from app.problem import Problems
from app.vouchers.mint import mint
from app.vouchers.publish import publish
from app.vouchers.read import by_codes
from app.vouchers.values import Minted, MintOrder, Published, PublishOrder, Voucher, VoucherKind

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)
YESTERDAY = NOW - timedelta(days=1)


async def a_project(case_sensitive_codes: bool = False) -> UUID:
    """Another project, behind a wall of its own."""
    organisation, project = new_id(), new_id()
    await execute(
        "INSERT INTO organisations (id, name, created_at) VALUES ($1, 'Other', $2)", organisation, NOW
    )
    await execute(
        "INSERT INTO projects (id, organisation_id, name, time_zone, currency, case_sensitive_codes, created_at)"
        " VALUES ($1, $2, 'Other shop', 'UTC', 'EUR', $3, $4)",
        project,
        organisation,
        case_sensitive_codes,
        NOW,
    )
    return project


async def a_campaign(
    project: UUID,
    state: str = "LIVE",
    is_main: bool = False,
    ends_at: datetime | None = None,
    offer: dict[str, Any] | None = None,
) -> UUID:
    """A campaign, without an offer unless it is given: vouchers ask for no more than its limits."""
    campaign = new_id()
    await execute(
        "INSERT INTO campaigns (id, project_id, is_main, name, description, state, time_zone, ends_at, metadata,"
        " version, created_at, updated_at) VALUES ($1, $2, $3, $4, '', $5, 'UTC', $6, '{}', 1, $7, $7)",
        campaign,
        project,
        is_main,
        f"Campaign {campaign.hex}",
        state,
        ends_at,
        NOW,
    )
    if offer is not None:
        await execute("UPDATE campaigns SET offer_version = 1 WHERE id = $1", campaign)
        await execute(
            "INSERT INTO offers (id, project_id, campaign_id, version, offer, created_at)"
            " VALUES ($1, $2, $3, 1, $4, $5)",
            new_id(),
            project,
            campaign,
            offer,
            NOW,
        )
    return campaign


async def a_customer(project: UUID) -> UUID:
    customer = new_id()
    await execute(
        "INSERT INTO customers (id, project_id, source_id, metadata, created_at, updated_at)"
        " VALUES ($1, $2, $3, '{}', $4, $4)",
        customer,
        project,
        customer.hex,
        NOW,
    )
    return customer


async def minted(project: UUID, campaign: UUID, order: MintOrder) -> Minted:
    """What mint made; the order is one it must take."""
    answer = await mint(project, campaign, order, NOW)
    assert isinstance(answer, Minted), answer
    return answer


async def a_voucher(project: UUID, campaign: UUID, code: str, **more: Any) -> Voucher:
    """A unique code, or what `more` of a MintOrder says."""
    await minted(project, campaign, MintOrder(codes=(code,), **more))
    return (await by_codes(project, [code], False))[code]


async def a_generic(project: UUID, campaign: UUID, code: str) -> Voucher:
    return await a_voucher(project, campaign, code, kind=VoucherKind.GENERIC)


async def published(project: UUID, order: PublishOrder, customer: UUID) -> Published:
    """What publish gave; the order is one it must take."""
    answer = await publish(project, order, customer, None, NOW)
    assert isinstance(answer, Published), answer
    return answer


async def redeemed(project: UUID, voucher: Voucher, *, rolled_back: bool = False) -> None:
    """One use of the voucher in the ledger, by nobody in particular."""
    await execute(
        "INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id,"
        " offer_version, code, discount, line_discounts, given_back, created_at)"
        " VALUES ($1, $2, $3, 0, $4, $5, 1, $6, 0, '{}', $7, $8)",
        new_id(),
        project,
        new_id(),
        voucher.id,
        voucher.campaign_id,
        voucher.code,
        rolled_back,
        NOW,
    )


def codes_of(answer: object) -> list[str]:
    """The codes of an answer that must be problems."""
    assert isinstance(answer, Problems), answer
    return [problem.code for problem in answer.all]


async def events_of(project: UUID) -> list[tuple[str, dict[str, Any]]]:
    """The project's events in the order of the log: kind and payload."""
    rows = await fetch(
        "SELECT kind, payload FROM events WHERE project_id = $1 ORDER BY epoch, tx, position", project
    )
    return [(row["kind"], row["payload"]) for row in rows]


async def everything(project: UUID) -> list[Any]:
    """All rows that a deed of this room could have moved, to compare before and after."""
    return [
        [
            tuple(row.values())
            for row in await fetch(f"SELECT * FROM {table} WHERE project_id = $1 ORDER BY {order}", project)
        ]
        for table, order in (
            ("vouchers", "id"),
            ("publications", "id"),
            ("customers", "id"),
            ("events", "position"),
        )
    ]
