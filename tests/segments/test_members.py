"""Members of a list: put on it and taken off it in bulk, each with an answer, safely repeated."""

import asyncio
import random
from uuid import UUID

import pytest

from app.ids import new_id
from app.segments.members import add_members, remove_members
from app.segments.values import MOST_MEMBERS_AT_ONCE, MemberOutcome, MemberResult, MembersChanged
from tests.conftest import NOW, Statements
from tests.redemptions.shop import a_customer
from tests.segments.shop import NEWCOMERS, a_segment, customers, faults, on_list, put, told

ADDED, ALREADY, REMOVED, NOT_THERE, UNKNOWN = (
    MemberOutcome.ADDED,
    MemberOutcome.ALREADY_THERE,
    MemberOutcome.REMOVED,
    MemberOutcome.NOT_THERE,
    MemberOutcome.UNKNOWN_CUSTOMER,
)


async def test_customers_are_put_on_a_list_by_either_id_each_with_an_answer(project: UUID) -> None:
    friends = await a_segment(project)
    ada, bob = await customers(project, "ada", "bob")
    changed = await put(project, friends, [ada, "bob", "nobody", new_id(), "ada", "\0"])
    assert changed == MembersChanged(
        friends,
        [
            MemberResult(ada, ADDED),
            MemberResult(bob, ADDED),
            MemberResult(None, UNKNOWN),
            MemberResult(None, UNKNOWN),
            MemberResult(ada, ALREADY),
            MemberResult(None, UNKNOWN),
        ],
    )
    assert await on_list(project, friends.id) == {ada, bob}
    [(kind, payload)] = await told(project, "SEGMENT_MEMBERS_ADDED")
    assert (kind, payload) == (
        "SEGMENT_MEMBERS_ADDED",
        {
            "segment_id": friends.id.hex,
            "name": "Friends",
            "kind": "LIST",
            "version": 1,
            "customer_ids": [ada.hex, bob.hex],
        },
    )


async def test_customers_are_taken_off_a_list(project: UUID) -> None:
    friends = await a_segment(project)
    ada, bob, eve = await customers(project, "ada", "bob", "eve")
    await put(project, friends, [ada, bob])
    changed = await remove_members(project, friends.id, ["ada", eve, "nobody", ada], NOW)
    assert isinstance(changed, MembersChanged)
    assert [(one.customer, one.outcome) for one in changed.results] == [
        *((ada, REMOVED), (eve, NOT_THERE), (None, UNKNOWN), (ada, NOT_THERE)),
    ]
    assert await on_list(project, friends.id) == {bob}
    [(_, payload)] = await told(project, "SEGMENT_MEMBERS_REMOVED")
    assert payload["customer_ids"] == [ada.hex]


async def test_what_changes_nothing_tells_nothing(project: UUID) -> None:
    friends = await a_segment(project)
    await put(project, friends, await customers(project, "ada"))
    before = await told(project)
    again = await put(project, friends, ["ada"])
    assert [one.outcome for one in again.results] == [ALREADY]
    gone = await remove_members(project, friends.id, ["bob"], NOW)
    assert isinstance(gone, MembersChanged)
    assert await told(project) == before


@pytest.mark.parametrize("change", [add_members, remove_members])
async def test_what_cannot_be_changed_is_refused_as_a_whole(project: UUID, change) -> None:  # type: ignore[no-untyped-def]
    friends, live = await a_segment(project), await a_segment(project, "Live", NEWCOMERS)
    ada = await a_customer(project)
    before = await told(project)
    for segment, given, fault in (
        (friends.id, [], ("customers", "EMPTY_BATCH")),
        (friends.id, ["ada"] * (MOST_MEMBERS_AT_ONCE + 1), ("customers", "TOO_MANY_ITEMS")),
        (live.id, [ada], ("segment", "SEGMENT_IS_LIVE")),
        (new_id(), [ada], ("segment", "NOT_FOUND")),
    ):
        assert faults(await change(project, segment, given, NOW)) == [fault]
    assert faults(await change(new_id(), friends.id, [ada], NOW)) == [("segment", "NOT_FOUND")]
    assert await told(project) == before
    assert await on_list(project, friends.id) == set()


async def test_customers_of_another_project_are_unknown(project: UUID, another_project: UUID) -> None:
    friends = await a_segment(project)
    stranger = await a_customer(another_project, "stranger")
    changed = await put(project, friends, [stranger, "stranger"])
    assert [one.outcome for one in changed.results] == [UNKNOWN, UNKNOWN]
    assert await on_list(project, friends.id) == set()


async def test_a_thousand_cost_four_statements(project: UUID, statements: Statements) -> None:
    friends = await a_segment(project)
    names = [f"c-{n}" for n in range(20)]
    await customers(project, *names)
    with statements.counted() as sent:
        changed = await put(project, friends, (names * 50)[:MOST_MEMBERS_AT_ONCE])
    assert len(changed.results) == MOST_MEMBERS_AT_ONCE
    assert len(sent) == 4, sent  # the segment, the customers, the list, the log


async def test_many_at_once_put_each_customer_there_once_and_never_lock_each_other_up(project: UUID) -> None:
    friends = await a_segment(project)
    names = [f"c-{n}" for n in range(12)]
    everybody = await customers(project, *names)
    dice = random.Random(7)  # noqa: S311 - an order, not a secret
    answers = await asyncio.gather(
        *(put(project, friends, dice.sample(names, len(names))) for _ in range(10)),
    )
    outcomes = [one.outcome for answer in answers for one in answer.results]
    assert (outcomes.count(ADDED), outcomes.count(ALREADY)) == (12, 108)
    assert await on_list(project, friends.id) == set(everybody)
