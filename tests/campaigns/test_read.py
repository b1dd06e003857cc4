"""Reading campaigns: found by id and name, listed, nested, filtered, and never over the wall."""

from uuid import UUID

from app.campaigns.launch import launch
from app.campaigns.read import (
    CampaignFilter,
    CampaignSort,
    by_ids,
    campaigns_page,
    count_campaigns,
    count_subcampaigns_of,
    find,
    subcampaigns_of,
)
from app.campaigns.values import Campaign, CampaignState
from app.database.keyset import PageRequest
from app.ids import new_id
from tests.campaigns.shop import a_campaign
from tests.conftest import NOW, Statements


async def _tree(project: UUID) -> tuple[Campaign, Campaign, Campaign, Campaign]:
    """A main campaign with two subs (one live, with an offer), and a sub of its own."""
    main = await a_campaign(project, "Year", is_main=True)
    live = await a_campaign(project, "summer", main_id=main.id, category="season")
    launched = await launch(project, live.id, NOW)
    assert isinstance(launched, Campaign)
    draft = await a_campaign(project, "Sumo", main_id=main.id, offer=None)
    alone = await a_campaign(project, "Autumn", category="season")
    return main, launched, draft, alone


async def test_a_campaign_is_found_by_id_and_by_name_with_its_offer(project: UUID) -> None:
    main, live, draft, _ = await _tree(project)
    assert await find(project, live.id) == live
    assert await find(project, "summer") == live
    assert await find(project, "Summer") is None
    assert await find(project, "\0") is None
    assert await by_ids(project, [main.id, draft.id, new_id()]) == {main.id: main, draft.id: draft}


async def test_campaigns_are_listed_in_each_order(project: UUID) -> None:
    main, live, draft, alone = await _tree(project)
    by_name = (await campaigns_page(project, PageRequest(9), sort=CampaignSort.NAME)).items
    assert sorted(campaign.name for campaign in by_name) == ["Autumn", "Sumo", "Year", "summer"]
    for sort, expected in (
        (CampaignSort.NEWEST, (alone, draft, live, main)),
        (CampaignSort.OLDEST, (main, live, draft, alone)),
        (CampaignSort.NAME, by_name),
        (CampaignSort.NAME_DESCENDING, by_name[::-1]),
    ):
        first = await campaigns_page(project, PageRequest(3), sort=sort)
        rest = await campaigns_page(project, PageRequest(3, after=first.cursors[-1]), sort=sort)
        assert first.items + rest.items == expected
        assert (first.has_next, rest.has_next) == (True, False)


async def test_filters_narrow_the_list_and_its_count(project: UUID) -> None:
    main, live, draft, alone = await _tree(project)
    for only, expected in (
        (CampaignFilter(), (main, live, draft, alone)),
        (CampaignFilter(states=(CampaignState.LIVE,)), (live,)),
        (CampaignFilter(states=(CampaignState.LIVE, CampaignState.DRAFT)), (main, live, draft, alone)),
        (CampaignFilter(category="season"), (live, alone)),
        (CampaignFilter(main_id=main.id), (live, draft)),
        (CampaignFilter(is_main=True), (main,)),
        (CampaignFilter(is_main=False, category="season", main_id=main.id), (live,)),
        (CampaignFilter(name_prefix="SUM"), (live, draft)),
        (CampaignFilter(name_prefix="%"), ()),
        (CampaignFilter(name_prefix="\0"), ()),
        (CampaignFilter(category="\ud800"), ()),
    ):
        page = await campaigns_page(project, PageRequest(9), only, CampaignSort.OLDEST)
        assert page.items == expected
        assert await count_campaigns(project, only) == len(expected)


async def test_sub_campaigns_of_many_mains_cost_one_statement(project: UUID, statements: Statements) -> None:
    mains = [await a_campaign(project, f"Main {n}", is_main=True) for n in range(5)]
    subs = {
        main.id: [await a_campaign(project, f"Sub {n} of {main.name}", main_id=main.id) for n in range(3)]
        for main in mains
    }
    ids = [main.id for main in mains]
    with statements.counted() as sent:
        found = await subcampaigns_of(project, ids, PageRequest(2), sort=CampaignSort.OLDEST)
    assert len(sent) == 1
    assert {main: list(page.items) for main, page in found.items()} == {
        main: of_main[:2] for main, of_main in subs.items()
    }
    assert await count_subcampaigns_of(project, ids) == dict.fromkeys(ids, 3)


async def test_campaigns_of_another_project_are_not_there(project: UUID, another_project: UUID) -> None:
    main, live, _, _ = await _tree(project)
    assert await find(another_project, live.id) is None
    assert await find(another_project, "summer") is None
    assert await by_ids(another_project, [main.id, live.id]) == {}
    assert (await campaigns_page(another_project, PageRequest(9))).items == ()
    assert (await subcampaigns_of(another_project, [main.id], PageRequest(9)))[main.id].items == ()
    assert await count_campaigns(another_project) == 0
    assert await count_subcampaigns_of(another_project, [main.id]) == {main.id: 0}
    assert (
        await campaigns_page(another_project, PageRequest(9), CampaignFilter(main_id=main.id))
    ).items == ()
