"""After any edit each counter belongs to a limit or budget that stands now, or it is gone."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from app.campaigns.draft import update_campaign
from app.campaigns.values import Campaign, CampaignChanges
from app.database import execute, fetch
from app.engine.budget import Budget
from app.engine.counter import CounterKey, Measure, Scope
from app.engine.offer import CampaignStanding, Limits, Offer, Presented
from app.engine.period import Period, Window
from app.ids import new_id
from tests.campaigns.shop import FIVE_EURO, KEY, a_campaign, count, counters
from tests.conftest import NOW

CUSTOMER = new_id()
DAYS = [NOW - timedelta(days=40), NOW]  # a period that is over, and the present one


def _limited(**limits: int) -> Offer:
    return replace(FIVE_EURO, limits=Limits(**limits))


def _budget(measure: Measure, scope: Scope, period: Period, most: int = 99) -> Budget:
    return Budget(measure, scope, period, most, "EUR" if measure.is_money else None)


# What a campaign may promise before an edit and after it.
PROMISES: dict[str, CampaignChanges] = {
    "nothing": CampaignChanges(offer=FIVE_EURO, max_redemptions=None, budgets=()),
    "limits": CampaignChanges(offer=_limited(per_voucher=9, per_customer=9, per_campaign=9), budgets=()),
    "own limit": CampaignChanges(offer=FIVE_EURO, max_redemptions=50, budgets=()),
    "days": CampaignChanges(
        offer=FIVE_EURO,
        max_redemptions=50,
        budgets=(
            _budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY),
            _budget(Measure.DISCOUNT, Scope.CUSTOMER, Period.EVER),
            _budget(Measure.POINTS, Scope.VOUCHER, Period.DAY),
        ),
    ),
    "weeks": CampaignChanges(
        offer=_limited(per_voucher=9),
        max_redemptions=None,
        budgets=(
            _budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.WEEK),
            _budget(Measure.REDEMPTIONS, Scope.CAMPAIGN, Period.DAY),
            _budget(Measure.DISCOUNT, Scope.CUSTOMER, Period.EVER),
        ),
    ),
    "elsewhere": CampaignChanges(
        offer=FIVE_EURO,
        max_redemptions=50,
        time_zone="Asia/Tokyo",
        budgets=(
            _budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 98),
            _budget(Measure.REDEMPTIONS, Scope.VOUCHER, Period.EVER),
        ),
    ),
}


async def _change(project: UUID, campaign: Campaign, changes: CampaignChanges) -> Campaign:
    changed = await update_campaign(project, campaign.id, changes, None, KEY, NOW)
    assert isinstance(changed, Campaign), changed
    return changed


async def _voucher(project: UUID, campaign: UUID, limit: int | None = None) -> UUID:
    voucher = new_id()
    await execute(
        "INSERT INTO vouchers (id, project_id, campaign_id, code, code_key, kind, enabled, max_redemptions,"
        " metadata, created_at) VALUES ($1, $2, $3, $4, $4, 'UNIQUE', true, $5, '{}', $6)",
        voucher,
        project,
        campaign,
        voucher.hex,
        limit,
        NOW,
    )
    return voucher


def _keys(campaign: Campaign, vouchers: dict[UUID, int | None]) -> set[CounterKey]:
    """Every counter that the engine would ask for, on both days."""
    standing = CampaignStanding(
        campaign.id,
        "LIVE",
        max_redemptions=campaign.max_redemptions,
        zone=campaign.time_zone,
        budgets=campaign.budgets,
    )
    return {
        key
        for at in DAYS
        for voucher, limit in vouchers.items()
        for key, _ in Presented(
            "A", voucher, max_redemptions=limit, campaign=standing, offer=campaign.offer
        ).caps(CUSTOMER, "EUR", at)
    }


async def _kept(project: UUID) -> set[CounterKey]:
    rows = await fetch("SELECT * FROM counters WHERE project_id = $1", project)
    return {
        CounterKey(
            row["scope"],
            row["subject_id"],
            row["customer_id"],
            Measure(row["measure"]),
            row["currency"],
            None
            if row["window_start"] is None
            else Window(Period.EVER, row["window_start"], row["window_end"]),
        )
        for row in rows
    }


def _without_names(keys: set[CounterKey]) -> set[CounterKey]:
    """The keys as the table tells them apart: it keeps when a period starts and ends, not what it is called."""
    return {
        key._replace(window=None if key.window is None else key.window._replace(period=Period.EVER))
        for key in keys
    }


@pytest.mark.parametrize(("before", "after"), list(permutations(PROMISES, 2)))
async def test_after_any_edit_each_counter_has_its_cap(project: UUID, before: str, after: str) -> None:
    created = await a_campaign(project)
    vouchers = {await _voucher(project, created.id, limit): limit for limit in (None, 3)}
    old = await _change(project, created, PROMISES[before])
    for key in _keys(old, vouchers):
        await count(
            project,
            key.scope,
            key.subject,
            1,
            key.customer,
            measure=key.measure,
            currency=key.currency,
            window=key.window,
        )
    new = await _change(project, old, PROMISES[after])
    kept, allowed = await _kept(project), _without_names(_keys(old, vouchers) & _keys(new, vouchers))
    assert kept <= allowed
    # What counts for ever is dear to count anew, and is never forgotten without need.
    assert {key for key in allowed if key.window is None} <= kept


async def test_an_edit_of_other_things_forgets_nothing(project: UUID) -> None:
    campaign = await a_campaign(project)
    stands = await _change(project, campaign, PROMISES["days"])
    vouchers: dict[UUID, int | None] = {await _voucher(project, campaign.id): None}
    for key in _keys(stands, vouchers):
        await count(
            project,
            key.scope,
            key.subject,
            1,
            key.customer,
            measure=key.measure,
            currency=key.currency,
            window=key.window,
        )
    before = await _kept(project)
    raised = tuple(replace(budget, most=budget.most + 1) for budget in stands.budgets)
    assert len(before) == 6
    for changes in (
        CampaignChanges(description="new", name="Other"),
        CampaignChanges(max_redemptions=51),
        CampaignChanges(budgets=raised),
        CampaignChanges(budgets=raised[::-1]),
        CampaignChanges(offer=replace(FIVE_EURO, lane="other")),
    ):
        await _change(project, campaign, changes)
        assert await _kept(project) == before


async def test_counters_of_other_campaigns_and_of_customers_pasts_stay(project: UUID) -> None:
    campaign, other = await a_campaign(project), await a_campaign(project, "Other")
    elsewhere = await _voucher(project, other.id)
    expected = [
        ("campaign", other.id, 2),
        ("customer", other.id, 3),
        ("past", CUSTOMER, 0),
        ("voucher", elsewhere, 4),
    ]
    for scope, subject, used in expected:
        await count(project, scope, subject, used)
    for promise in PROMISES.values():
        await _change(project, campaign, promise)
    assert await counters(project) == expected


async def test_a_main_campaigns_counters_follow_its_own_promises(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True)
    sub = await a_campaign(project, "Sub", main_id=main.id)
    each = _budget(Measure.DISCOUNT, Scope.CUSTOMER, Period.EVER)
    limited = await _change(project, main, CampaignChanges(max_redemptions=9, budgets=(each,)))
    await count(project, "campaign", main.id, 1)
    await count(project, "customer", main.id, 2, CUSTOMER, measure=Measure.DISCOUNT, currency="EUR")
    await _change(project, sub, PROMISES["limits"])
    await _change(project, sub, PROMISES["nothing"])
    assert await counters(project) == [("campaign", main.id, 1), ("customer", main.id, 2)]
    await _change(project, limited, CampaignChanges(max_redemptions=None))
    assert await counters(project) == [("customer", main.id, 2)]
    await _change(project, limited, CampaignChanges(budgets=()))
    assert await counters(project) == []
