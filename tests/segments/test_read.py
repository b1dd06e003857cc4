"""Reading segments: found by id and name, listed in every order, filtered, and never over the wall."""

from uuid import UUID

from app.database.keyset import PageRequest
from app.ids import new_id
from app.segments.read import (
    SegmentFilter,
    SegmentSort,
    all_segments,
    by_ids,
    count_segments,
    find,
    segments_page,
)
from app.segments.values import Segment, SegmentKind
from tests.segments.shop import NEWCOMERS, a_segment


async def _three(project: UUID) -> list[Segment]:
    return [
        await a_segment(project, "Friends"),
        await a_segment(project, "newcomers", NEWCOMERS),
        await a_segment(project, "Foes"),
    ]


async def test_a_segment_is_found_by_id_and_by_name(project: UUID) -> None:
    friends, newcomers, _ = await _three(project)
    assert await by_ids(project, [newcomers.id, new_id()]) == {newcomers.id: newcomers}
    assert await find(project, friends.id) == friends
    assert await find(project, "Friends") == friends
    assert [await find(project, ref) for ref in ("friends", "\0", "\ud800", new_id())] == [None] * 4


async def test_segments_are_listed_in_each_order(project: UUID) -> None:
    friends, newcomers, foes = await _three(project)
    assert [one.name for one in await all_segments(project)] == ["Foes", "Friends", "newcomers"]
    for sort, expected in (
        (SegmentSort.NEWEST, (foes, newcomers, friends)),
        (SegmentSort.OLDEST, (friends, newcomers, foes)),
        (SegmentSort.NAME, (foes, friends, newcomers)),
        (SegmentSort.NAME_DESCENDING, (newcomers, friends, foes)),
    ):
        first = await segments_page(project, PageRequest(2), sort=sort)
        rest = await segments_page(project, PageRequest(2, after=first.cursors[-1]), sort=sort)
        assert first.items + rest.items == expected
        assert (first.has_next, rest.has_next) == (True, False)


async def test_filters_narrow_the_list_and_its_count(project: UUID) -> None:
    friends, newcomers, foes = await _three(project)
    for only, expected in (
        (SegmentFilter(), {friends.id, newcomers.id, foes.id}),
        (SegmentFilter(kind=SegmentKind.LIVE), {newcomers.id}),
        (SegmentFilter(kind=SegmentKind.LIST), {friends.id, foes.id}),
        (SegmentFilter(name_prefix="FR"), {friends.id}),
        (SegmentFilter(name_prefix="%"), set()),
        (SegmentFilter(name_prefix="\0"), set()),
        (SegmentFilter(kind=SegmentKind.LIVE, name_prefix="f"), set()),
    ):
        page = await segments_page(project, PageRequest(10), filter=only)
        assert {one.id for one in page.items} == expected
        assert await count_segments(project, only) == len(expected)


async def test_segments_of_another_project_are_not_there(project: UUID, another_project: UUID) -> None:
    friends, _, _ = await _three(project)
    assert await by_ids(another_project, [friends.id]) == {}
    assert await find(another_project, "Friends") is None
    assert await all_segments(another_project) == []
    assert (await segments_page(another_project, PageRequest(5))).items == ()
    assert await count_segments(another_project) == 0
