"""What the tests of this room share: an offer, a campaign that was not refused, uses, and the log."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.campaigns.draft import create_campaign, update_campaign
from app.campaigns.values import Campaign, CampaignChanges, CampaignDraft
from app.database import execute, fetch
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.period import Period, Window
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.ids import earliest_at, new_id
from app.problem import Problems
from tests.conftest import NOW

KEY = new_id()
LATER = NOW + timedelta(hours=1)
TEN_PERCENT = Offer(1, MinimumSpend(Money(5000, "EUR")), PercentOff(Decimal(10)), Limits(per_customer=2))
DAILY = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 50_000, "EUR")
FIVE_EURO = Offer(1, None, AmountOff(Money(500, "EUR")))


async def a_campaign(project: UUID, name: str = "Summer", **more: Any) -> Campaign:
    """A sub-campaign with an offer (a main one with `is_main=True`), in state DRAFT."""
    if not more.get("is_main"):
        more.setdefault("offer", TEN_PERCENT)
    made = await create_campaign(project, CampaignDraft(name, **more), KEY, NOW)
    assert isinstance(made, Campaign), made
    return made


async def update(
    project: UUID, campaign: Campaign, expected: int | None = None, **changes: Any
) -> Campaign | Problems:
    """Change a campaign an hour later."""
    return await update_campaign(project, campaign.id, CampaignChanges(**changes), expected, KEY, LATER)


def faults_of(answer: object) -> list[tuple[str, str]]:
    """Path and code of each problem of an answer that must be a refusal."""
    assert isinstance(answer, Problems), answer
    return [(".".join(problem.path), problem.code) for problem in answer.all]


async def logged(project: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Kind and payload of all events of the project, in order."""
    rows = await fetch("SELECT kind, payload FROM events WHERE project_id = $1 ORDER BY position", project)
    return [(row["kind"], row["payload"]) for row in rows]


async def offers_kept(project: UUID, campaign: UUID) -> list[tuple[int, Offer, UUID]]:
    """Version, offer and maker of all kept offers of a campaign."""
    rows = await fetch(
        "SELECT version, offer, created_by FROM offers WHERE project_id = $1 AND campaign_id = $2"
        " ORDER BY version",
        project,
        campaign,
    )
    return [(row["version"], Offer.from_json(row["offer"]), row["created_by"]) for row in rows]


async def use(
    project: UUID,
    campaign: UUID,
    times: int = 1,
    *,
    given_back: bool = False,
    at: datetime = NOW,
    main: UUID | None = None,
    discount: int = 0,
    subtotal: int = 0,
    currency: str = "EUR",
    points: int = 0,
    returned: int = 0,
    codes: int = 1,
) -> None:
    """Lines of the ledger: so many redemptions of the campaign, each with so many of its codes.

    `discount` and `points` are those of each code; `returned` was taken back of each amount, and of the subtotal.
    """
    for _ in range(times):
        redemption = UUID(int=earliest_at(at).int | new_id().int & (1 << 62) - 1)
        await execute(
            "INSERT INTO redemptions (id, project_id, currency, subtotal, shipping, discount, line_discounts, cart,"
            " channel, key_id, metadata, created_at, state, returned_subtotal, returned_discount)"
            " VALUES ($1, $2, $3, $4, 0, 0, '{}', '{}', 'test', $5, '{}', $6, 'REDEEMED', $7, 0)",
            redemption,
            project,
            currency,
            subtotal,
            KEY,
            at,
            min(returned, subtotal),
        )
        for position in range(codes):
            await execute(
                "INSERT INTO redeemed_vouchers (id, project_id, redemption_id, position, voucher_id, campaign_id,"
                " main_campaign_id, offer_version, code, discount, returned_discount, line_discounts, spent,"
                " spent_unit, returned_spent, given_back, created_at)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 'X', $8, $9, '{}', $10, $11, $12, $13, $14)",
                new_id(),
                project,
                redemption,
                position,
                new_id(),
                campaign,
                main,
                discount,
                min(returned, discount),
                points,
                "points" if points else None,
                min(returned, points),
                given_back,
                at,
            )


async def count(
    project: UUID,
    scope: str,
    subject: UUID,
    used: int,
    customer: UUID | None = None,
    *,
    measure: Measure = Measure.REDEMPTIONS,
    currency: str | None = None,
    window: Window | None = None,
) -> None:
    """A counter that stands at `used`."""
    await execute(
        "INSERT INTO counters (id, project_id, scope, subject_id, customer_id, used, measure, currency, window_start,"
        " window_end) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new_id(),
        project,
        scope,
        subject,
        customer,
        used,
        measure.value,
        currency,
        None if window is None else window.starts,
        None if window is None else window.ends,
    )


async def counters(project: UUID) -> list[tuple[str, UUID, int]]:
    """All counters of the project: scope, subject, uses."""
    rows = await fetch(
        "SELECT scope, subject_id, used FROM counters WHERE project_id = $1 ORDER BY scope, subject_id, used",
        project,
    )
    return [(row["scope"], row["subject_id"], row["used"]) for row in rows]
