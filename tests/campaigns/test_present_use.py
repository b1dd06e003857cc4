"""A limit or a budget of the whole campaign is measured against its present use."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.campaigns.draft import update_campaign
from app.campaigns.read import find
from app.campaigns.values import Campaign, CampaignChanges
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.offer import Limits, Offer
from app.engine.period import Period, window_of
from app.problem import Problem, Problems
from tests.campaigns.shop import (
    FIVE_EURO,
    KEY,
    a_campaign,
    count,
    counters,
    logged,
    use,
)
from tests.conftest import NOW


async def _change(project: UUID, campaign: Campaign, **changes: object) -> Campaign | Problems:
    return await update_campaign(
        project,
        campaign.id,
        CampaignChanges(**changes),  # type: ignore[arg-type]  # each test names real fields
        None,
        KEY,
        NOW,
    )


def _below(path: str, used: int, limit: int) -> Problem:
    message = f"The campaign has been redeemed {used} times already, so its limit cannot be {limit}."
    return Problem(tuple(path.split(".")), "LIMIT_BELOW_USE", message)


def _limited(**limits: int) -> Offer:
    return replace(FIVE_EURO, limits=Limits(**limits))


async def test_a_limit_below_the_counted_use_is_refused_with_the_use(project: UUID) -> None:
    campaign = await a_campaign(project, max_redemptions=50)
    await count(project, "campaign", campaign.id, 30)
    refused = await _change(project, campaign, max_redemptions=29)
    assert refused == Problems((_below("max_redemptions", 30, 29),))
    assert await find(project, campaign.id) == campaign
    assert len(await logged(project)) == 1


async def test_a_limit_may_be_lowered_to_the_use_itself_and_raised_at_will(project: UUID) -> None:
    campaign = await a_campaign(project, max_redemptions=50)
    await count(project, "campaign", campaign.id, 30)
    for limit in (30, 31, 1_000):
        changed = await _change(project, campaign, max_redemptions=limit)
        assert isinstance(changed, Campaign)
        assert changed.max_redemptions == limit
    assert await counters(project) == [("campaign", campaign.id, 30)]


async def test_other_edits_do_not_ask_about_the_use(project: UUID) -> None:
    campaign = await a_campaign(project, max_redemptions=50)
    await count(project, "campaign", campaign.id, 60)  # lowered once by hand, perhaps
    assert isinstance(await _change(project, campaign, description="new"), Campaign)
    assert isinstance(await _change(project, campaign, max_redemptions=55), Problems)
    assert isinstance(await _change(project, campaign, max_redemptions=None), Campaign)


async def test_the_first_limit_is_measured_against_the_ledger(project: UUID) -> None:
    campaign = await a_campaign(project)
    await use(project, campaign.id, 3)
    await use(project, campaign.id, 4, given_back=True)
    assert await _change(project, campaign, max_redemptions=2) == Problems((_below("max_redemptions", 3, 2),))
    assert isinstance(await _change(project, campaign, max_redemptions=3), Campaign)


async def test_a_main_campaigns_limit_covers_its_sub_campaigns(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True)
    for name, times in (("A", 2), ("B", 3)):
        sub = await a_campaign(project, name, main_id=main.id)
        await use(project, sub.id, times, main=main.id)
    await use(project, (await a_campaign(project, "Elsewhere")).id, 7)
    assert await _change(project, main, max_redemptions=4) == Problems((_below("max_redemptions", 5, 4),))
    assert isinstance(await _change(project, main, max_redemptions=5), Campaign)


async def test_the_offers_limit_is_measured_too(project: UUID) -> None:
    campaign = await a_campaign(project, offer=_limited(per_campaign=50))
    await count(project, "campaign", campaign.id, 30)
    refused = await _change(project, campaign, offer=_limited(per_campaign=20), max_redemptions=10)
    assert refused == Problems(
        (_below("max_redemptions", 30, 10), _below("offer.limits.per_campaign", 30, 20))
    )
    assert isinstance(await _change(project, campaign, offer=_limited(per_campaign=30)), Campaign)


def _budget(measure: Measure, most: int, period: Period = Period.EVER, currency: str = "EUR") -> Budget:
    return Budget(measure, Scope.CAMPAIGN, period, most, currency if measure.is_money else None)


@pytest.mark.parametrize(
    ("measure", "used", "message"),
    [
        (
            Measure.REDEMPTIONS,
            4,
            "The campaign has been redeemed 4 times already, so its budget cannot be 3.",
        ),
        (
            Measure.DISCOUNT,
            1_800,
            "The campaign has given 18.00 EUR of discount already, so its budget cannot be 17.99 EUR.",
        ),
        (
            Measure.ORDER_VALUE,
            9_800,
            "The campaign's orders come to 98.00 EUR already, so its budget cannot be 97.99 EUR.",
        ),
        (Measure.POINTS, 116, "The campaign has taken 116 points already, so its budget cannot be 115."),
    ],
)
async def test_a_budget_below_what_the_ledger_says_is_refused_with_it(
    project: UUID, measure: Measure, used: int, message: str
) -> None:
    campaign = await a_campaign(project)
    # Two orders with two codes each, of which 50 cents (or points) came back with each code.
    await use(project, campaign.id, 2, codes=2, discount=500, subtotal=4_950, points=79, returned=50)
    await use(project, campaign.id, 1, discount=70, subtotal=700, points=7, given_back=True)
    if measure.is_money:
        await use(project, campaign.id, 1, discount=999, subtotal=9_990, currency="JPY")
    refused = await _change(project, campaign, budgets=(_budget(measure, used - 1),))
    assert refused == Problems((Problem(("budgets", "0", "most"), "LIMIT_BELOW_USE", message),))
    assert await find(project, campaign.id) == campaign
    changed = await _change(project, campaign, budgets=(_budget(measure, used),))
    assert isinstance(changed, Campaign)
    assert changed.budgets == (_budget(measure, used),)


async def test_a_main_campaigns_budget_covers_its_sub_campaigns(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True)
    for name in ("A", "B"):
        sub = await a_campaign(project, name, main_id=main.id)
        await use(project, sub.id, main=main.id, discount=200)
    refused = await _change(project, main, budgets=(_budget(Measure.DISCOUNT, 399),))
    assert isinstance(refused, Problems)
    assert isinstance(await _change(project, main, budgets=(_budget(Measure.DISCOUNT, 400),)), Campaign)


@pytest.mark.parametrize(
    ("period", "today"),
    [
        (Period.DAY, "today"),
        (Period.WEEK, "this week"),
        (Period.MONTH, "this month"),
        (Period.YEAR, "this year"),
    ],
)
async def test_a_budget_of_a_period_is_measured_against_the_present_one(
    project: UUID, period: Period, today: str
) -> None:
    campaign = await a_campaign(project, time_zone="Asia/Tokyo")
    window = window_of(period, NOW, "Asia/Tokyo")
    assert window is not None
    for at in (window.starts, window.ends - timedelta(milliseconds=1)):
        await use(project, campaign.id, at=at)
    for at in (window.starts - timedelta(milliseconds=1), window.ends):
        await use(project, campaign.id, at=at)
    refused = await _change(project, campaign, budgets=(_budget(Measure.REDEMPTIONS, 1, period),))
    message = f"The campaign has been redeemed 2 times already {today}, so its budget cannot be 1."
    assert refused == Problems((Problem(("budgets", "0", "most"), "LIMIT_BELOW_USE", message),))
    assert isinstance(
        await _change(project, campaign, budgets=(_budget(Measure.REDEMPTIONS, 2, period),)), Campaign
    )


async def test_a_counter_that_is_there_is_believed(project: UUID) -> None:
    daily = _budget(Measure.DISCOUNT, 5_000, Period.DAY)
    campaign = await a_campaign(project, budgets=(daily,))
    window = window_of(Period.DAY, NOW, campaign.time_zone)
    assert window is not None
    yesterday = window_of(Period.DAY, window.starts - timedelta(hours=1), campaign.time_zone)
    for used, day in ((4_000, window), (4_999, yesterday)):
        await count(
            project,
            "campaign",
            campaign.id,
            used,
            measure=Measure.DISCOUNT,
            currency="EUR",
            window=day,
        )
    assert isinstance(await _change(project, campaign, budgets=(replace(daily, most=3_999),)), Problems)
    assert isinstance(await _change(project, campaign, budgets=(replace(daily, most=4_000),)), Campaign)
    assert [used for _, _, used in await counters(project)] == [4_000, 4_999]


async def test_each_budget_that_is_too_low_is_told_in_its_place(project: UUID) -> None:
    campaign = await a_campaign(project)
    await use(project, campaign.id, 2, discount=500)
    refused = await _change(
        project,
        campaign,
        max_redemptions=1,
        budgets=(
            _budget(Measure.REDEMPTIONS, 5, Period.DAY),
            _budget(Measure.DISCOUNT, 999),
            _budget(Measure.REDEMPTIONS, 1, Period.YEAR),
        ),
    )
    assert isinstance(refused, Problems)
    assert [".".join(problem.path) for problem in refused.all] == [
        "max_redemptions",
        "budgets.1.most",
        "budgets.2.most",
    ]


async def test_a_budget_that_stands_already_or_is_not_the_whole_campaigns_is_not_measured(
    project: UUID,
) -> None:
    stands = _budget(Measure.REDEMPTIONS, 1)
    each = Budget(Measure.REDEMPTIONS, Scope.CUSTOMER, Period.EVER, 1)
    campaign = await a_campaign(project, budgets=(stands,))
    await use(project, campaign.id, 3)
    assert isinstance(await _change(project, campaign, budgets=(stands, each)), Campaign)
