"""Changes: what is told replaces, None empties, UNSET stays; an offer that differs is the next version."""

from dataclasses import replace

from app.campaigns.values import Campaign, CampaignChanges, CampaignState
from app.ids import new_id
from tests.campaigns.shop import DAILY, FIVE_EURO, TEN_PERCENT
from tests.conftest import NOW

CAMPAIGN = Campaign(
    id=new_id(),
    main_id=None,
    is_main=False,
    name="Summer",
    description="",
    category="season",
    state=CampaignState.LIVE,
    time_zone="UTC",
    starts_at=NOW,
    ends_at=None,
    max_redemptions=5,
    offer=replace(TEN_PERCENT, version=4),
    offer_version=4,
    metadata={"a": 1},
    version=9,
    created_at=NOW,
    updated_at=NOW,
)


def test_changes_that_tell_nothing_leave_the_campaign_as_it_is() -> None:
    assert CampaignChanges().told_of(CAMPAIGN) == CAMPAIGN


def test_budgets_are_replaced_and_may_be_emptied() -> None:
    told = CampaignChanges(budgets=(DAILY,)).told_of(CAMPAIGN)
    assert told == replace(CAMPAIGN, budgets=(DAILY,))
    assert CampaignChanges(description="x").told_of(told).budgets == (DAILY,)
    assert CampaignChanges(budgets=()).told_of(told) == CAMPAIGN


def test_none_empties_and_unset_stays() -> None:
    changed = CampaignChanges(category=None, starts_at=None, max_redemptions=None).told_of(CAMPAIGN)
    assert changed == replace(CAMPAIGN, category=None, starts_at=None, max_redemptions=None)


def test_the_version_of_a_told_offer_is_not_believed() -> None:
    assert CampaignChanges(offer=replace(TEN_PERCENT, version=77)).told_of(CAMPAIGN) == CAMPAIGN
    changed = CampaignChanges(offer=replace(FIVE_EURO, version=77)).told_of(CAMPAIGN)
    assert changed == replace(CAMPAIGN, offer=replace(FIVE_EURO, version=5), offer_version=5)
