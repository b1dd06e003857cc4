"""Drafting: segments are made and changed, every change has a version and is told, and names are taken once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import execute
from app.engine.rules.all_of import AllOf
from app.engine.rules.any_of import AnyOf
from app.engine.rules.cart_currency import CartCurrency
from app.engine.rules.in_segment import InSegment
from app.engine.rules.none_of import NoneOf
from app.engine.unit import Rule
from app.ids import new_id
from app.segments import read
from app.segments.draft import create_segment, update_segment
from app.segments.values import MOST_SEGMENTS, Segment, SegmentChanges, SegmentDraft, SegmentKind
from tests.conftest import NOW
from tests.segments.shop import NEWCOMERS, a_segment, faults, told

LATER = NOW + timedelta(hours=1)
IN_EURO = CartCurrency(("EUR",))


async def test_a_segment_is_made_and_told(project: UUID) -> None:
    made = await create_segment(project, SegmentDraft("Friends", "of the house"), NOW)
    assert isinstance(made, Segment)
    assert made == Segment(made.id, "Friends", "of the house", None, 1, NOW, NOW)
    assert made.kind is SegmentKind.LIST
    live = await a_segment(project, "Newcomers", NEWCOMERS)
    assert (live.kind, live.rule) == (SegmentKind.LIVE, NEWCOMERS)
    assert await read.by_ids(project, [made.id, live.id]) == {made.id: made, live.id: live}
    assert await told(project) == [
        ("SEGMENT_CREATED", {"segment_id": made.id.hex, "name": "Friends", "kind": "LIST", "version": 1}),
        ("SEGMENT_CREATED", {"segment_id": live.id.hex, "name": "Newcomers", "kind": "LIVE", "version": 1}),
    ]


async def test_only_given_fields_change_and_the_version_rises(project: UUID) -> None:
    made = await a_segment(project, "Newcomers", NEWCOMERS)
    changes = SegmentChanges(name="Nobody", rule=NoneOf((NEWCOMERS,)))
    changed = await update_segment(project, made.id, changes, 1, LATER)
    assert changed == Segment(made.id, "Nobody", "", NoneOf((NEWCOMERS,)), 2, NOW, LATER)
    assert await read.find(project, "Nobody") == changed
    described = await update_segment(project, made.id, SegmentChanges(description="x"), None, LATER)
    assert described == Segment(made.id, "Nobody", "x", NoneOf((NEWCOMERS,)), 3, NOW, LATER)
    assert [kind for kind, _ in await told(project)] == [
        *("SEGMENT_CREATED", "SEGMENT_UPDATED", "SEGMENT_UPDATED"),
    ]


async def test_saying_nothing_new_changes_nothing(project: UUID) -> None:
    made = await a_segment(project, "Newcomers", NEWCOMERS)
    same = SegmentChanges(name="Newcomers", rule=NEWCOMERS)
    assert await update_segment(project, made.id, same, 1, LATER) == made
    assert [kind for kind, _ in await told(project)] == ["SEGMENT_CREATED"]


async def test_a_name_is_taken_once(project: UUID) -> None:
    friends, others = await a_segment(project, "Friends"), await a_segment(project, "Others")
    assert faults(await create_segment(project, SegmentDraft("Friends"), NOW)) == [("name", "NAME_TAKEN")]
    taken = await update_segment(project, others.id, SegmentChanges(name="Friends"), None, LATER)
    assert faults(taken) == [("name", "NAME_TAKEN")]
    assert await read.by_ids(project, [friends.id, others.id]) == {friends.id: friends, others.id: others}


async def test_whoever_comes_too_late_is_told(project: UUID) -> None:
    made = await a_segment(project)
    late = await update_segment(project, made.id, SegmentChanges(name="Mine"), 7, LATER)
    assert faults(late) == [("expected_version", "VERSION_CONFLICT")]
    nobody = await update_segment(project, new_id(), SegmentChanges(name="Mine"), None, LATER)
    assert faults(nobody) == [("id", "NOT_FOUND")]
    assert await read.find(project, "Friends") == made


async def test_of_many_changes_at_once_to_one_version_one_is_made(project: UUID) -> None:
    made = await a_segment(project)
    answers = await asyncio.gather(
        *(update_segment(project, made.id, SegmentChanges(name=f"Name {n}"), 1, LATER) for n in range(8))
    )
    assert sum(isinstance(answer, Segment) for answer in answers) == 1
    assert (await read.by_ids(project, [made.id]))[made.id].version == 2


async def test_a_list_stays_a_list(project: UUID) -> None:
    made = await a_segment(project)
    refused = await update_segment(project, made.id, SegmentChanges(rule=NEWCOMERS), None, LATER)
    assert faults(refused) == [("rule", "SEGMENT_IS_A_LIST")]
    assert await read.find(project, "Friends") == made


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (IN_EURO, "rule.cart_currency"),
        (InSegment(new_id()), "rule.in_segment"),
        (AllOf((NEWCOMERS, IN_EURO)), "rule.all_of.rules.1.cart_currency"),
        (NoneOf((AnyOf((IN_EURO, NEWCOMERS)),)), "rule.none_of.rules.0.any_of.rules.0.cart_currency"),
    ],
)
async def test_a_rule_about_something_else_is_refused_where_it_stands(
    project: UUID, rule: Rule, path: str
) -> None:
    refused = await create_segment(project, SegmentDraft("Live", rule=rule), NOW)
    assert faults(refused) == [(path, "NOT_ABOUT_CUSTOMERS")]
    live = await a_segment(project, "Newcomers", NEWCOMERS)
    assert faults(await update_segment(project, live.id, SegmentChanges(rule=rule), None, NOW)) == [
        (path, "NOT_ABOUT_CUSTOMERS")
    ]
    assert await read.all_segments(project) == [live]


@pytest.mark.parametrize(
    ("draft", "path", "code"),
    [
        (SegmentDraft(" "), "name", "REQUIRED"),
        (SegmentDraft("n" * 201), "name", "TOO_LONG"),
        (SegmentDraft("n\0"), "name", "INVALID_TEXT"),
        (SegmentDraft("n", "d" * 10_001), "description", "TOO_LONG"),
    ],
)
async def test_faulty_texts_are_told_and_nothing_is_made(
    project: UUID, draft: SegmentDraft, path: str, code: str
) -> None:
    assert faults(await create_segment(project, draft, NOW)) == [(path, code)]
    assert await read.all_segments(project) == []


async def test_a_project_has_so_many_segments_and_no_more(project: UUID) -> None:
    await execute(
        "INSERT INTO segments (id, project_id, name, description, version, created_at, updated_at)"
        " SELECT gen_random_uuid(), $1, 'S ' || n, '', 1, $2, $2 FROM generate_series(2, $3::int) n",
        project,
        NOW,
        MOST_SEGMENTS,
    )
    answers = await asyncio.gather(
        *(create_segment(project, SegmentDraft(f"Last {n}"), NOW) for n in range(4))
    )
    refused = [answer for answer in answers if not isinstance(answer, Segment)]
    assert [faults(answer) for answer in refused] == [[("", "TOO_MANY_SEGMENTS")]] * 3
    assert len(await read.all_segments(project)) == MOST_SEGMENTS
