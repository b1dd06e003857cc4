"""Reading who is in segments: pages of lists and of live segments, counted, in a number of statements that stands."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.database import execute, fetch
from app.database.keyset import CursorError, PageRequest
from app.engine.rules.none_of import NoneOf
from app.ids import new_id
from app.redemptions.requests import CustomerRef
from app.redemptions.till import Till
from app.segments.as_sql import condition
from app.segments.asking import Asking
from app.segments.read_members import Clock, MemberSort, count_members, members_of
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_campaign, a_voucher, asking, redemption
from tests.segments.shop import NEWCOMERS, a_segment, customers, put

CLOCK = Clock(NOW, "Europe/Warsaw")
OLDEST = MemberSort.OLDEST


async def test_a_list_and_a_live_segment_are_paged_alike(project: UUID, till: Till) -> None:
    people = await customers(project, "ada", "bob", "cyd", "dan", "eve")
    ada, bob, cyd, dan, eve = people
    await a_voucher(project, await a_campaign(project), "TEN")
    redemption(await till.redeem(asking(project, "TEN", customer=CustomerRef(id=bob))))
    friends, newcomers = await a_segment(project), await a_segment(project, "Newcomers", NEWCOMERS)
    await put(project, friends, [eve, ada, cyd, dan])
    both = [friends.id, newcomers.id]
    first = await members_of(project, both, PageRequest(3), CLOCK, OLDEST)
    for segment in both:
        page = first[segment]
        assert (page.items, page.has_next, page.has_previous) == ((ada, cyd, dan), True, False)
        after = PageRequest(3, after=page.cursors[-1])
        rest = (await members_of(project, [segment], after, CLOCK, OLDEST))[segment]
        assert (rest.items, rest.has_next, rest.has_previous) == ((eve,), False, True)
        last = PageRequest(2, backwards=True)
        newest = (await members_of(project, [segment], last, CLOCK))[segment]
        assert newest.items == (cyd, ada)
    assert await count_members(project, both, CLOCK) == {friends.id: 4, newcomers.id: 4}


async def test_a_live_segment_moves_with_the_clock(project: UUID, till: Till) -> None:
    [ada] = await customers(project, "ada")
    await a_voucher(project, await a_campaign(project), "TEN")
    held = asking(project, "TEN", customer=CustomerRef(id=ada), hold_for=timedelta(hours=1))
    redemption(await till.redeem(held))
    old_hands = await a_segment(project, "Old hands", NoneOf((NEWCOMERS,)))
    later = Clock(NOW + timedelta(hours=1), "Europe/Warsaw")
    for clock, expected in ((CLOCK, (ada,)), (later, ())):
        page = (await members_of(project, [old_hands.id], PageRequest(5), clock))[old_hands.id]
        assert page.items == expected
        assert await count_members(project, [old_hands.id], clock) == {old_hands.id: len(expected)}


async def test_the_number_of_statements_does_not_grow_with_segments(
    project: UUID, statements: Statements
) -> None:
    people = await customers(project, "ada", "bob")
    lists = [await a_segment(project, f"List {n}") for n in range(8)]
    live = [await a_segment(project, f"Live {n}", NEWCOMERS) for n in range(8)]
    for one in lists:
        await put(project, one, people)
    for some in ([*lists[:1], *live[:1]], [*lists, *live]):
        wanted = [one.id for one in some]
        with statements.counted() as sent:
            found = await members_of(project, wanted, PageRequest(1), CLOCK)
        assert len(sent) == 3, sent
        assert {id_: page.items for id_, page in found.items()} == dict.fromkeys(wanted, (people[1],))
        with statements.counted() as sent:
            assert await count_members(project, wanted, CLOCK) == dict.fromkeys(wanted, 2)
        assert len(sent) == 3, sent


async def test_nobody_is_in_what_is_not_there_and_nobody_is_seen_over_the_wall(
    project: UUID, another_project: UUID
) -> None:
    nowhere = new_id()
    await customers(project, "ada")
    friends, newcomers = await a_segment(project), await a_segment(project, "Newcomers", NEWCOMERS)
    await put(project, friends, ["ada"])
    for whose, segment in (
        (project, nowhere),
        (another_project, friends.id),
        (another_project, newcomers.id),
    ):
        assert (await members_of(whose, [segment], PageRequest(5), CLOCK))[segment].items == ()
        assert await count_members(whose, [segment], CLOCK) == {segment: 0}
    theirs = await a_segment(another_project, "Newcomers", NEWCOMERS)
    [stranger] = await customers(another_project, "ada")
    assert (await members_of(another_project, [theirs.id], PageRequest(5), CLOCK))[theirs.id].items == (
        stranger,
    )


async def test_a_cursor_of_another_order_is_refused(project: UUID) -> None:
    await customers(project, "ada", "bob")
    live = await a_segment(project, "Newcomers", NEWCOMERS)
    page = (await members_of(project, [live.id], PageRequest(1), CLOCK, OLDEST))[live.id]
    with pytest.raises(CursorError):
        await members_of(project, [live.id], PageRequest(1, after=page.cursors[0]), CLOCK)


async def test_a_page_of_a_live_segment_walks_the_customers_in_order_and_stops_when_it_is_full(
    project: UUID,
) -> None:
    await execute(
        "INSERT INTO customers (id, project_id, source_id, metadata, created_at, updated_at)"
        " SELECT gen_random_uuid(), $1, 'c' || n, '{}', $2, $2 FROM generate_series(1, 3000) n",
        project,
        NOW,
    )
    await execute("ANALYZE customers")
    live = await a_segment(project, "Newcomers", NEWCOMERS)
    page = (await members_of(project, [live.id], PageRequest(100), CLOCK))[live.id]
    assert len(page.items) == 100
    assert await count_members(project, [live.id], CLOCK) == {live.id: 3000}
    values: list[object] = [project]
    holds = condition(NEWCOMERS, Asking(values, NOW, CLOCK.zone))
    rows = await fetch(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT c.id FROM customers c WHERE c.project_id = $1 AND {holds}"
        " ORDER BY c.id DESC LIMIT 101",
        *values,
    )
    walk = rows[0][0][0]["Plan"]["Plans"][0]
    assert walk["Index Name"] == "customers_in_project"
    assert walk["Actual Rows"] + walk.get("Rows Removed by Filter", 0) == 101
