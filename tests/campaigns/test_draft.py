"""Drafting: what is made is what was told, names are unique, versions count, and a fault changes nothing."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest

from app.campaigns.draft import create_campaign, update_campaign
from app.campaigns.launch import end
from app.campaigns.read import count_campaigns, find
from app.campaigns.values import Campaign, CampaignChanges, CampaignDraft, CampaignState
from app.database import fetchval, transaction
from app.engine.offer import Limits, Offer
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.contains_products import ContainsProducts
from app.ids import new_id
from app.problem import Problem, Problems
from tests.campaigns.shop import FIVE_EURO, KEY, TEN_PERCENT, a_campaign, logged, offers_kept
from tests.conftest import NOW, Statements

LATER = NOW + timedelta(hours=1)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
JULY = datetime(2026, 7, 1, tzinfo=UTC)
# 100 texts of 255 letters, three bytes each.
MANY_PRODUCTS = ContainsProducts(tuple("茶" * 250 + f"{n:05}" for n in range(100)))


def _faults(answer: object) -> list[tuple[str, str]]:
    assert isinstance(answer, Problems), answer
    return [(".".join(problem.path), problem.code) for problem in answer.all]


async def _update(
    project: UUID, campaign: Campaign, expected: int | None = None, **changes: object
) -> Campaign | Problems:
    return await update_campaign(
        project,
        campaign.id,
        CampaignChanges(**changes),
        expected,
        KEY,
        LATER,  # type: ignore[arg-type]
    )


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
        (CampaignDraft("n", main_id=new_id()), [("main_id", "NOT_FOUND")]),
        (
            CampaignDraft("n", offer=replace(FIVE_EURO, limits=Limits(per_customer=2**53))),
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
    assert _faults(await create_campaign(project, draft, KEY, NOW)) == faults
    assert await count_campaigns(project) == 0
    assert await logged(project) == []


async def test_the_tree_has_two_levels(project: UUID) -> None:
    main, sub = await a_campaign(project, "Year", is_main=True), await a_campaign(project, "Sub")
    under_sub = await create_campaign(project, CampaignDraft("n", main_id=sub.id), KEY, NOW)
    main_under_main = await create_campaign(
        project, CampaignDraft("n", is_main=True, main_id=main.id), KEY, NOW
    )
    assert _faults(under_sub) == [("main_id", "NOT_A_MAIN_CAMPAIGN")]
    assert _faults(main_under_main) == [("main_id", "MAIN_HAS_NO_MAIN")]
    assert await count_campaigns(project) == 2


async def test_a_main_campaign_of_another_project_is_not_there(project: UUID, second_project: UUID) -> None:
    main = await a_campaign(second_project, "Year", is_main=True)
    answer = await create_campaign(project, CampaignDraft("n", main_id=main.id), KEY, NOW)
    assert _faults(answer) == [("main_id", "NOT_FOUND")]


async def test_in_a_project_that_is_not_there_nothing_is_made(project: UUID) -> None:
    assert _faults(await create_campaign(new_id(), CampaignDraft("n"), KEY, NOW)) == [("", "NOT_FOUND")]


async def test_a_name_is_taken_once_per_project(project: UUID, second_project: UUID) -> None:
    await a_campaign(project, "Summer")
    taken = await create_campaign(project, CampaignDraft("Summer"), KEY, NOW)
    assert taken == Problems(
        (Problem(("name",), "NAME_TAKEN", "Another campaign of the project has this name."),)
    )
    assert (await a_campaign(second_project, "Summer")).name == "Summer"
    assert len(await logged(project)) == 1


async def test_a_taken_name_leaves_the_transaction_around_it_alive(project: UUID) -> None:
    await a_campaign(project, "Summer")
    async with transaction() as connection:
        winter = await a_campaign(project, "Winter")
        assert _faults(await create_campaign(project, CampaignDraft("Summer"), KEY, NOW)) == [
            ("name", "NAME_TAKEN")
        ]
        assert _faults(await _update(project, winter, name="Summer")) == [("name", "NAME_TAKEN")]
        assert await connection.fetchval("SELECT 1") == 1
    assert await find(project, winter.id) == winter
    assert [kind for kind, _ in await logged(project)] == ["CAMPAIGN_CREATED", "CAMPAIGN_CREATED"]


async def test_of_many_who_want_one_name_one_gets_it(project: UUID) -> None:
    answers = await asyncio.gather(
        *(create_campaign(project, CampaignDraft("Summer"), KEY, NOW) for _ in range(8))
    )
    assert sum(isinstance(answer, Campaign) for answer in answers) == 1
    assert await count_campaigns(project) == 1


async def test_an_update_changes_what_is_told_and_nothing_else(project: UUID) -> None:
    before = await a_campaign(project, category="season", starts_at=JUNE, ends_at=JULY, metadata={"a": 1})
    after = await _update(project, before, 1, description="New words", category=None, starts_at=None)
    assert after == replace(
        before, description="New words", category=None, starts_at=None, version=2, updated_at=LATER
    )
    assert await find(project, before.id) == after
    assert await offers_kept(project, before.id) == [(1, TEN_PERCENT, KEY)]
    kind, payload = (await logged(project))[-1]
    assert (kind, payload["version"]) == ("CAMPAIGN_UPDATED", 2)


async def test_a_changed_offer_is_the_next_version_and_the_old_one_stays(project: UUID) -> None:
    before = await a_campaign(project)
    after = await _update(project, before, offer=FIVE_EURO)
    assert isinstance(after, Campaign)
    second = replace(FIVE_EURO, version=2)
    assert (after.offer, after.offer_version, after.version) == (second, 2, 2)
    assert await find(project, before.id) == after
    assert await offers_kept(project, before.id) == [(1, TEN_PERCENT, KEY), (2, second, KEY)]


async def test_a_first_offer_may_come_later(project: UUID) -> None:
    before = await a_campaign(project, offer=None)
    after = await _update(project, before, offer=replace(FIVE_EURO, version=9))
    assert isinstance(after, Campaign)
    assert (after.offer, after.offer_version) == (FIVE_EURO, 1)


async def test_telling_nothing_new_changes_nothing(project: UUID) -> None:
    before = await a_campaign(project)
    same_offer = Offer(
        5, TEN_PERCENT.rule, PercentOff(Decimal("10")), limits=TEN_PERCENT.limits, lane=TEN_PERCENT.lane
    )
    assert await _update(project, before, name="Summer", offer=same_offer) == before
    assert await _update(project, before) == before
    assert len(await logged(project)) == 1
    assert len(await offers_kept(project, before.id)) == 1


async def test_another_version_than_expected_is_a_conflict_that_names_the_current_one(project: UUID) -> None:
    before = await a_campaign(project)
    now_two = await _update(project, before, 1, description="first")
    conflict = await _update(project, before, 1, description="second")
    assert conflict == Problems.one(
        "expected_version",
        "VERSION_CONFLICT",
        "The campaign is at version 2, not 1: it was changed in the meantime.",
    )
    assert await find(project, before.id) == now_two


async def test_of_two_updates_from_one_version_exactly_one_wins(project: UUID) -> None:
    before = await a_campaign(project)
    answers = await asyncio.gather(
        *(_update(project, before, 1, description=f"writer {n}", offer=FIVE_EURO) for n in range(6))
    )
    (winner,) = [answer for answer in answers if isinstance(answer, Campaign)]
    assert await find(project, before.id) == winner
    assert [_faults(answer) for answer in answers if answer is not winner] == [
        [("expected_version", "VERSION_CONFLICT")]
    ] * 5
    assert len(await offers_kept(project, before.id)) == 2
    assert [kind for kind, _ in await logged(project)] == ["CAMPAIGN_CREATED", "CAMPAIGN_UPDATED"]


async def test_updates_without_expectation_follow_one_another(project: UUID) -> None:
    before = await a_campaign(project)
    await asyncio.gather(*(_update(project, before, metadata={"writer": n}) for n in range(6)))
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
    project: UUID, changes: dict[str, object], faults: list[tuple[str, str]]
) -> None:
    before = await a_campaign(project, ends_at=JULY)
    assert _faults(await _update(project, before, **changes)) == faults
    assert await find(project, before.id) == before
    assert len(await logged(project)) == 1


async def test_a_main_campaign_takes_no_offer_later_either(project: UUID) -> None:
    main = await a_campaign(project, is_main=True)
    assert _faults(await _update(project, main, offer=FIVE_EURO)) == [("offer", "MAIN_HAS_NO_OFFER")]


async def test_an_ended_campaign_keeps_what_it_promised(project: UUID) -> None:
    before = await a_campaign(project)
    ended = await end(project, before.id, NOW)
    assert isinstance(ended, Campaign)
    refused = await _update(project, ended, offer=FIVE_EURO, max_redemptions=5, description="x")
    assert _faults(refused) == [("offer", "INVALID_STATE"), ("max_redemptions", "INVALID_STATE")]
    told = await _update(project, ended, description="It was a good one.")
    assert isinstance(told, Campaign)
    assert (told.state, told.description) == (CampaignState.ENDED, "It was a good one.")


async def test_a_campaign_of_another_project_cannot_be_changed(project: UUID) -> None:
    before = await a_campaign(project)
    assert _faults(await _update(new_id(), before, name="Mine")) == [("id", "NOT_FOUND")]
    assert await find(project, before.id) == before


async def test_creating_is_one_look_and_one_short_transaction(project: UUID, statements: Statements) -> None:
    with statements.counted() as sent:
        await a_campaign(project)
    assert len(sent) == 4
    assert await fetchval("SELECT count(*) FROM offers WHERE project_id = $1", project) == 1
