"""Simulating: what really happened comes out to the cent when nothing is edited; drafts and edits tell what would."""

from uuid import UUID

import pytest

from app.campaigns.values import CampaignChanges
from app.redemptions.past_attempts import Period
from app.redemptions.simulate import Report, Sample, simulate
from tests.redemptions.holds import Clock, a_till_by
from tests.redemptions.market import a_week, granted_attempts, net_discount, refused_attempts
from tests.redemptions.shop import tally

EVERYTHING = Sample()
UNEDITED = CampaignChanges()


async def report(project: UUID, campaign: object, over: Period, sample: Sample = EVERYTHING) -> Report:
    told = await simulate(project, campaign, over, sample, over.ends)  # type: ignore[arg-type]  # a draft or an edit
    assert isinstance(told, Report), told
    return told


@pytest.mark.parametrize("seed", [7, 8])
async def test_the_real_configuration_reproduces_the_real_ledger_to_the_cent(
    project: UUID, seed: int
) -> None:
    clock = Clock()
    async with a_till_by(clock) as till:
        market = await a_week(project, till, clock, attempts=160, seed=seed)
    before = await tally(project)
    over = Period(market.starts, market.ends)
    for name, campaign in market.campaigns.items():
        told = (await report(project, (campaign, UNEDITED), over)).simulated
        granted = await granted_attempts(project, campaign)
        refused = await refused_attempts(project, campaign)
        assert granted > 3, name
        assert refused > 3, name
        assert (told.granted, told.granted_then) == (granted, granted), name
        assert (told.attempts, told.newly_granted, told.newly_refused) == (granted + refused, 0, 0), name
        [sums] = told.sums
        net = await net_discount(project, campaign, market.ends)
        assert (sums.discount, sums.discount_then) == (net, net), name
        assert (sums.order_value, sums.granted) == (sums.order_value_then, granted), name
    assert await tally(project) == before
