"""Drafting: what is made is what was told, names are unique, and a fault makes nothing."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from app.campaigns.draft import create_campaign
from app.campaigns.read import count_campaigns, find
from app.campaigns.values import Campaign, CampaignDraft, CampaignState
from app.database import fetchval, transaction
from app.engine.offer import Limits
from app.engine.rules.contains_products import ContainsProducts
from app.ids import new_id
from app.problem import Problem, Problems
from tests.campaigns.shop import (
    DAILY,
    FIVE_EURO,
    KEY,
    TEN_PERCENT,
    a_campaign,
    faults_of,
    logged,
    offers_kept,
    update,
)
from tests.conftest import NOW, Statements

JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)

# 100 texts of 255 letters, three bytes each.
MANY_PRODUCTS = ContainsProducts(tuple("茶" * 250 + f"{n:05}" for n in range(100)))


async def test_a_campaign_is_made_as_drafted(project: UUID) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=1_000)
    draft = CampaignDraft(
        "Summer sale",
        main_id=main.id,
        description="Ten per cent off.",
        category="season",
        time_zone="Asia/Tokyo",
        starts_at=JUNE,
        ends_at=JULY,
        max_redemptions=500,
        offer=replace(TEN_PERCENT, version=7),
        metadata={"deal": {"page": 1}},
        budgets=(DAILY,),
    )
    made = await create_campaign(project, draft, KEY, NOW)
    assert isinstance(made, Campaign)
    assert made == Campaign(
        id=made.id,
        main_id=main.id,
        is_main=False,
        name="Summer sale",
        description="Ten per cent off.",
        category="season",
        state=CampaignState.DRAFT,
        time_zone="Asia/Tokyo",
        starts_at=JUNE,
        ends_at=JULY,
        max_redemptions=500,
        offer=TEN_PERCENT,
        offer_version=1,
        metadata={"deal": {"page": 1}},
        version=1,
        created_at=NOW,
        updated_at=NOW,
        budgets=(DAILY,),
    )
    assert await find(project, made.id) == made
    assert await offers_kept(project, made.id) == [(1, TEN_PERCENT, KEY)]
    assert (await logged(project))[1:] == [
        (
            "CAMPAIGN_CREATED",
            {
                "campaign_id": made.id.hex,
                "main_campaign_id": main.id.hex,
                "name": "Summer sale",
                "state": "DRAFT",
                "version": 1,
                "partner_id": None,
            },
        )
    ]


async def test_a_draft_without_zone_takes_the_projects(project: UUID) -> None:
    assert (await a_campaign(project)).time_zone == "Europe/Warsaw"


async def test_a_draft_may_wait_for_its_offer(project: UUID) -> None:
    made = await a_campaign(project, offer=None)
    assert (made.offer, made.offer_version) == (None, None)
    assert await find(project, made.id) == made


@pytest.mark.parametrize(
    ("draft", "faults"),
    [
        (CampaignDraft(""), [("name", "REQUIRED")]),
        (CampaignDraft("n" * 201), [("name", "TOO_LONG")]),
        (CampaignDraft("n\0"), [("name", "INVALID_TEXT")]),
        (CampaignDraft("n", description="d" * 10_001), [("description", "TOO_LONG")]),
        (CampaignDraft("n", category=" "), [("category", "REQUIRED")]),
        (CampaignDraft("n", time_zone="Mars/X"), [("time_zone", "UNKNOWN_TIME_ZONE")]),
        (CampaignDraft("n", max_redemptions=0), [("max_redemptions", "OUT_OF_RANGE")]),
        (CampaignDraft("n", max_redemptions=2**63), [("max_redemptions", "OUT_OF_RANGE")]),
        (CampaignDraft("n", starts_at=JULY, ends_at=JUNE), [("ends_at", "DATES_REVERSED")]),
        (CampaignDraft("n", starts_at=JUNE, ends_at=JUNE), [("ends_at", "DATES_REVERSED")]),
        (
            CampaignDraft("n", ends_at=datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))),
            [("ends_at", "INVALID_TIME")],
        ),
        (CampaignDraft("n", metadata={"a": "\0"}), [("metadata", "INVALID_TEXT")]),
        (CampaignDraft("n", is_main=True, offer=FIVE_EURO), [("offer", "MAIN_HAS_NO_OFFER")]),
        (CampaignDraft("n", budgets=(DAILY, DAILY)), [("budgets.1", "DUPLICATE_BUDGET")]),
        (CampaignDraft("n", main_id=new_id()), [("main_id", "NOT_FOUND")]),
        (
            CampaignDraft("n", offer=replace(FIVE_EURO, limits=Limits(per_customer=2**31))),
            [("offer.limits.per_customer", "OUT_OF_RANGE")],
        ),
        (CampaignDraft("n", offer=replace(FIVE_EURO, lane="a\0")), [("offer", "INVALID_TEXT")]),
        (
            CampaignDraft("n", offer=replace(FIVE_EURO, rule=MANY_PRODUCTS)),
            [("offer", "TOO_LONG")],
        ),
        (CampaignDraft("", category="\0"), [("name", "REQUIRED"), ("category", "INVALID_TEXT")]),
    ],
)
async def test_a_faulty_draft_is_told_and_makes_nothing(
    project: UUID, draft: CampaignDraft, faults: list[tuple[str, str]]
) -> None:
    assert faults_of(await create_campaign(project, draft, KEY, NOW)) == faults
    assert await count_campaigns(project) == 0
    assert await logged(project) == []


async def test_the_tree_has_two_levels(project: UUID) -> None:
    main, sub = await a_campaign(project, "Year", is_main=True), await a_campaign(project, "Sub")
    under_sub = await create_campaign(project, CampaignDraft("n", main_id=sub.id), KEY, NOW)
    main_under_main = await create_campaign(
        project, CampaignDraft("n", is_main=True, main_id=main.id), KEY, NOW
    )
    assert faults_of(under_sub) == [("main_id", "NOT_A_MAIN_CAMPAIGN")]
    assert faults_of(main_under_main) == [("main_id", "MAIN_HAS_NO_MAIN")]
    assert await count_campaigns(project) == 2


async def test_a_main_campaign_of_another_project_is_not_there(project: UUID, another_project: UUID) -> None:
    main = await a_campaign(another_project, "Year", is_main=True)
    answer = await create_campaign(project, CampaignDraft("n", main_id=main.id), KEY, NOW)
    assert faults_of(answer) == [("main_id", "NOT_FOUND")]


async def test_in_a_project_that_is_not_there_nothing_is_made(project: UUID) -> None:
    assert faults_of(await create_campaign(new_id(), CampaignDraft("n"), KEY, NOW)) == [("", "NOT_FOUND")]


async def test_a_name_is_taken_once_per_project(project: UUID, another_project: UUID) -> None:
    await a_campaign(project, "Summer")
    taken = await create_campaign(project, CampaignDraft("Summer"), KEY, NOW)
    assert taken == Problems(
        (Problem(("name",), "NAME_TAKEN", "Another campaign of the project has this name."),)
    )
    assert (await a_campaign(another_project, "Summer")).name == "Summer"
    assert len(await logged(project)) == 1


async def test_a_taken_name_leaves_the_transaction_around_it_alive(project: UUID) -> None:
    await a_campaign(project, "Summer")
    async with transaction() as connection:
        winter = await a_campaign(project, "Winter")
        assert faults_of(await create_campaign(project, CampaignDraft("Summer"), KEY, NOW)) == [
            ("name", "NAME_TAKEN")
        ]
        assert faults_of(await update(project, winter, name="Summer")) == [("name", "NAME_TAKEN")]
        assert await connection.fetchval("SELECT 1") == 1
    assert await find(project, winter.id) == winter
    assert [kind for kind, _ in await logged(project)] == ["CAMPAIGN_CREATED", "CAMPAIGN_CREATED"]


async def test_of_many_who_want_one_name_one_gets_it(project: UUID) -> None:
    answers = await asyncio.gather(
        *(create_campaign(project, CampaignDraft("Summer"), KEY, NOW) for _ in range(8))
    )
    assert sum(isinstance(answer, Campaign) for answer in answers) == 1
    assert await count_campaigns(project) == 1


async def test_creating_is_one_look_and_one_short_transaction(project: UUID, statements: Statements) -> None:
    with statements.counted() as sent:
        await a_campaign(project)
    assert len(sent) == 4
    assert await fetchval("SELECT count(*) FROM offers WHERE project_id = $1", project) == 1
