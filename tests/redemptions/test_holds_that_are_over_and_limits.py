"""A limit may be set as low as the true use: holds that are over count no more, though nobody has tidied them."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.campaigns.draft import update_campaign
from app.campaigns.values import Campaign, CampaignChanges
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.period import Period
from app.redemptions.till import Till
from app.vouchers.update import update_voucher
from app.vouchers.values import Voucher, VoucherChanges
from tests.conftest import NOW
from tests.redemptions.holds import SOON, THEN, a_hold
from tests.redemptions.shop import KEY, a_campaign, a_voucher, asking, problems, redemption

DISCOUNT = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 400, "EUR")
ORDERS = Budget(Measure.ORDER_VALUE, Scope.CAMPAIGN, Period.EVER, 9_999, "EUR")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        (CampaignChanges(max_redemptions=1), "max_redemptions"),
        (CampaignChanges(budgets=(DISCOUNT,)), "budgets.0.most"),
        (CampaignChanges(budgets=(ORDERS,)), "budgets.0.most"),
    ],
)
async def test_what_is_held_stands_in_the_way_of_a_limit_until_it_is_over(
    project: UUID, till: Till, changes: CampaignChanges, path: str
) -> None:
    campaign = await a_campaign(project)
    await a_voucher(project, campaign, "ONE")
    for _ in range(2):
        await a_hold(till, project, "ONE")
    early = await update_campaign(project, campaign, changes, None, KEY, SOON)
    assert problems(early) == [(path, "LIMIT_BELOW_USE")]
    assert isinstance(await update_campaign(project, campaign, changes, None, KEY, THEN), Campaign)


async def test_a_code_s_own_limit_is_not_set_below_its_use(project: UUID, till: Till) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "ONE")
    redemption(await till.redeem(asking(project, "ONE")))
    await a_hold(till, project, "ONE")
    once, twice = VoucherChanges(max_redemptions=1), VoucherChanges(max_redemptions=2)
    refused = await update_voucher(project, voucher, once, SOON)
    assert problems(refused) == [("max_redemptions", "LIMIT_BELOW_USE")]
    assert isinstance(await update_voucher(project, voucher, twice, SOON), Voucher)
    assert isinstance(await update_voucher(project, voucher, once, THEN), Voucher)


async def test_today_s_budget_asks_for_what_was_held_today(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, budgets=(replace(DISCOUNT, most=500),))
    await a_voucher(project, campaign, "ONE")
    await a_hold(till, project, "ONE")
    lower = CampaignChanges(budgets=(DISCOUNT,))
    assert problems(await update_campaign(project, campaign, lower, None, KEY, NOW)) == [
        ("budgets.0.most", "LIMIT_BELOW_USE")
    ]
    assert isinstance(await update_campaign(project, campaign, lower, None, KEY, THEN), Campaign)
