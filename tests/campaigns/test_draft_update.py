"""Updating: it changes what is told and nothing else, versions count, and a fault changes nothing."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.campaigns.launch import end
from app.campaigns.read import find
from app.campaigns.values import Campaign, CampaignState
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.offer import Offer
from app.engine.period import Period
from app.engine.rewards.percent_off import PercentOff
from app.ids import new_id
from app.problem import Problems
from tests.campaigns.shop import (
    DAILY,
    FIVE_EURO,
    KEY,
    LATER,
    TEN_PERCENT,
    a_campaign,
    faults_of,
    logged,
    offers_kept,
    update,
)
from tests.conftest import NOW

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)


async def test_an_update_changes_what_is_told_and_nothing_else(project: UUID) -> None:
    before = await a_campaign(project, category="season", starts_at=JUNE, ends_at=JULY, metadata={"a": 1})
    after = await update(project, before, 1, description="New words", category=None, starts_at=None)
    assert after == replace(
        before, description="New words", category=None, starts_at=None, version=2, updated_at=LATER
    )
    assert await find(project, before.id) == after
    assert await offers_kept(project, before.id) == [(1, TEN_PERCENT, KEY)]
    kind, payload = (await logged(project))[-1]
    assert (kind, payload["version"]) == ("CAMPAIGN_UPDATED", 2)


async def test_a_changed_offer_is_the_next_version_and_the_old_one_stays(project: UUID) -> None:
    before = await a_campaign(project)
    after = await update(project, before, offer=FIVE_EURO)
    assert isinstance(after, Campaign)
    second = replace(FIVE_EURO, version=2)
    assert (after.offer, after.offer_version, after.version) == (second, 2, 2)
    assert await find(project, before.id) == after
    assert await offers_kept(project, before.id) == [(1, TEN_PERCENT, KEY), (2, second, KEY)]


async def test_a_first_offer_may_come_later(project: UUID) -> None:
    before = await a_campaign(project, offer=None)
    after = await update(project, before, offer=replace(FIVE_EURO, version=9))
    assert isinstance(after, Campaign)
    assert (after.offer, after.offer_version) == (FIVE_EURO, 1)


async def test_budgets_are_replaced_as_a_whole_and_raise_the_version(project: UUID) -> None:
    before = await a_campaign(project, budgets=(DAILY,))
    each = Budget(Measure.REDEMPTIONS, Scope.CUSTOMER, Period.MONTH, 2)
    after = await update(project, before, budgets=(each,))
    assert after == replace(before, budgets=(each,), version=2, updated_at=LATER)
    assert await find(project, before.id) == after
    assert await update(project, before, budgets=(each,)) == after
    assert [kind for kind, _ in await logged(project)] == ["CAMPAIGN_CREATED", "CAMPAIGN_UPDATED"]
    assert await offers_kept(project, before.id) == [(1, TEN_PERCENT, KEY)]


async def test_telling_nothing_new_changes_nothing(project: UUID) -> None:
    before = await a_campaign(project)
    same_offer = Offer(
        5, TEN_PERCENT.rule, PercentOff(Decimal("10")), limits=TEN_PERCENT.limits, lane=TEN_PERCENT.lane
    )
    assert await update(project, before, name="Summer", offer=same_offer) == before
    assert await update(project, before) == before
    assert len(await logged(project)) == 1
    assert len(await offers_kept(project, before.id)) == 1


async def test_another_version_than_expected_is_a_conflict_that_names_the_current_one(project: UUID) -> None:
    before = await a_campaign(project)
    now_two = await update(project, before, 1, description="first")
    conflict = await update(project, before, 1, description="second")
    assert conflict == Problems.one(
        "expected_version",
        "VERSION_CONFLICT",
        "The campaign is at version 2, not 1: it was changed in the meantime.",
    )
    assert await find(project, before.id) == now_two


async def test_of_two_updates_from_one_version_exactly_one_wins(project: UUID) -> None:
    before = await a_campaign(project)
    answers = await asyncio.gather(
        *(update(project, before, 1, description=f"writer {n}", offer=FIVE_EURO) for n in range(6))
    )
    (winner,) = [answer for answer in answers if isinstance(answer, Campaign)]
    assert await find(project, before.id) == winner
    assert [faults_of(answer) for answer in answers if answer is not winner] == [
        [("expected_version", "VERSION_CONFLICT")]
    ] * 5
    assert len(await offers_kept(project, before.id)) == 2
    assert [kind for kind, _ in await logged(project)] == ["CAMPAIGN_CREATED", "CAMPAIGN_UPDATED"]


async def test_updates_without_expectation_follow_one_another(project: UUID) -> None:
    before = await a_campaign(project)
    await asyncio.gather(*(update(project, before, metadata={"writer": n}) for n in range(6)))
    after = await find(project, before.id)
    assert after is not None
    assert after.version == 7


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"name": ""}, [("name", "REQUIRED")]),
        ({"starts_at": JULY}, [("ends_at", "DATES_REVERSED")]),
        ({"max_redemptions": -1}, [("max_redemptions", "OUT_OF_RANGE")]),
        ({"metadata": {"a": "x" * 9_000}}, [("metadata", "TOO_LONG")]),
        ({"time_zone": "x", "category": ""}, [("category", "REQUIRED"), ("time_zone", "UNKNOWN_TIME_ZONE")]),
    ],
)
async def test_a_faulty_update_is_told_and_changes_nothing(
    project: UUID, changes: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    before = await a_campaign(project, ends_at=JULY)
    assert faults_of(await update(project, before, **changes)) == faults
    assert await find(project, before.id) == before
    assert len(await logged(project)) == 1


async def test_a_main_campaign_takes_no_offer_later_either(project: UUID) -> None:
    main = await a_campaign(project, is_main=True)
    assert faults_of(await update(project, main, offer=FIVE_EURO)) == [("offer", "MAIN_HAS_NO_OFFER")]


async def test_an_ended_campaign_keeps_what_it_promised(project: UUID) -> None:
    before = await a_campaign(project)
    ended = await end(project, before.id, NOW)
    assert isinstance(ended, Campaign)
    refused = await update(
        project, ended, offer=FIVE_EURO, max_redemptions=5, budgets=(DAILY,), description="x"
    )
    assert faults_of(refused) == [
        ("offer", "INVALID_STATE"),
        ("max_redemptions", "INVALID_STATE"),
        ("budgets", "INVALID_STATE"),
    ]
    told = await update(project, ended, description="It was a good one.")
    assert isinstance(told, Campaign)
    assert (told.state, told.description) == (CampaignState.ENDED, "It was a good one.")


async def test_a_campaign_of_another_project_cannot_be_changed(project: UUID) -> None:
    before = await a_campaign(project)
    assert faults_of(await update(new_id(), before, name="Mine")) == [("id", "NOT_FOUND")]
    assert await find(project, before.id) == before
