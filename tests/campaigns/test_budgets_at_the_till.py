"""Budgets at the till: never exceeded by a rush, and exact although they are edited in the middle of one."""

import asyncio
from dataclasses import replace
from uuid import UUID

from app.campaigns.draft import update_campaign
from app.campaigns.values import Campaign, CampaignChanges
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.period import Period
from app.problem import Problems
from app.redemptions.audit import audit
from app.redemptions.requests import CustomerRef
from app.redemptions.usage import uses_of_budgets
from tests.campaigns.shop import KEY, counters
from tests.conftest import NOW
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, granted, rejected, rush, tills

DAILY = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 4_700, "EUR")
PLENTY = 9_000_000


async def _change(project: UUID, campaign: UUID, changes: CampaignChanges) -> Campaign | Problems:
    return await update_campaign(project, campaign, changes, None, KEY, NOW)


async def _used(project: UUID, campaign: UUID) -> list[int | None]:
    return [use.used for use in (await uses_of_budgets(project, [campaign], NOW))[campaign]]


async def test_a_rush_gets_all_of_a_budget_and_not_a_cent_more(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True, budgets=(DAILY,))
    codes = []
    for name in ("A", "B"):
        sub = await a_campaign(project, name, main_id=main)
        await a_voucher(project, sub, f"CODE-{name}")
        codes.append(f"CODE-{name}")
    async with tills(3) as opened:
        # Each takes five euro of forty-seven.
        answers = await rush(opened, [asking(project, codes[n % 2]) for n in range(40)])
    assert (len(granted(answers)), len(rejected(answers))) == (9, 31)
    assert {reason.code for refused in rejected(answers) for reason in refused.reasons} == {
        "MAIN_CAMPAIGN_BUDGET_EXCEEDED"
    }
    assert await _used(project, main) == [4_500]
    lower = await _change(project, main, CampaignChanges(budgets=(replace(DAILY, most=4_499),)))
    assert isinstance(lower, Problems)
    assert isinstance(
        await _change(project, main, CampaignChanges(budgets=(replace(DAILY, most=4_500),))), Campaign
    )
    assert (await audit(project)).drift == 0


async def test_a_budget_that_comes_late_counts_what_was_redeemed_before(project: UUID) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "SUMMER")
    async with tills(2) as opened:
        assert len(granted(await rush(opened, [asking(project, "SUMMER") for _ in range(5)]))) == 5
        assert await counters(project) == []
        for change, winners in (
            (CampaignChanges(budgets=(DAILY,)), 4),
            (CampaignChanges(budgets=(replace(DAILY, period=Period.WEEK, most=5_700),)), 2),
            (CampaignChanges(time_zone="Pacific/Kiritimati"), 0),
            (CampaignChanges(budgets=()), 6),
            (CampaignChanges(budgets=(replace(DAILY, period=Period.EVER, most=9_000),)), 1),
        ):
            assert isinstance(await _change(project, campaign, change), Campaign)
            answers = await rush(opened, [asking(project, "SUMMER") for _ in range(6)])
            assert len(granted(answers)) == winners
            assert (await audit(project)).drift == 0
    assert await _used(project, campaign) == [9_000]


async def test_budgets_edited_in_the_middle_of_a_rush_stay_exact(project: UUID) -> None:
    campaign = await a_campaign(project)
    for code in ("A", "B", "C"):
        await a_voucher(project, campaign, f"CODE-{code}")
    uses = Budget(Measure.REDEMPTIONS, Scope.CAMPAIGN, Period.EVER, PLENTY)
    each = Budget(Measure.ORDER_VALUE, Scope.CUSTOMER, Period.MONTH, PLENTY, "EUR")
    of_codes = Budget(Measure.DISCOUNT, Scope.VOUCHER, Period.EVER, PLENTY, "EUR")
    daily = replace(DAILY, most=PLENTY)
    promises = (
        CampaignChanges(budgets=(daily, uses)),
        CampaignChanges(budgets=(uses, of_codes)),
        CampaignChanges(budgets=(each, daily, of_codes), time_zone="Asia/Tokyo"),
        CampaignChanges(budgets=()),
        CampaignChanges(budgets=(uses, daily, each, of_codes), max_redemptions=1_000),
    )

    async def edit() -> None:
        for promise in promises * 4:
            assert isinstance(await _change(project, campaign, promise), Campaign)

    for n in range(4):
        await a_customer(project, f"c-{n}")
    async with tills(3) as opened:
        people = [CustomerRef(source_id=f"c-{n}") for n in range(4)]
        buying = rush(
            opened,
            [asking(project, "CODE-A", f"CODE-{'BC'[n % 2]}", customer=people[n % 4]) for n in range(60)],
        )
        answers, _ = await asyncio.gather(buying, edit())
    assert len(granted(answers)) == 60
    found = await audit(project)
    assert (found.drift, [check for check in found.checks if check.drift]) == (0, [])
    assert await _used(project, campaign) == [120, 60_000, None, None]
