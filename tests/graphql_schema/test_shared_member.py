"""A member is written to at once while its client keeps up; what waits for it is bounded by count and by bytes."""

import asyncio

import pytest

from app.events.cursor import Cursor
from graphql_schema.delivery import Operation
from graphql_schema.shared_batch import Batch, Encoded
from graphql_schema.shared_member import Fell, Member, Over, Room
from tests.graphql_schema.little_shop import make_context
from tests.graphql_schema.sharing import Ear, turns


def place(number: int) -> Cursor:
    return Cursor(0, 0, number)


def batch(*numbers: int, size: int = 0) -> Batch:
    return Batch([Encoded(b'{"data":{"n":%d}}' % n + b" " * size, place(n)) for n in numbers])


def member_of(ear: Ear, at: int | None = 0, room: Room | None = None) -> Member:
    operation = Operation(
        "1", "", None, None, make_context("ann", "r"), ear.write, lambda _: None, send_now=ear.write_now
    )
    return Member(operation, room or Room(results=4, bytes=1_000), None if at is None else place(at))


async def test_while_the_client_keeps_up_its_task_is_not_needed():
    ear = Ear()
    member = member_of(ear)
    assert [member.offer(batch(1, 2), place(0)), member.offer(batch(3), place(2))] == [2, 1]
    assert ear.items == [1, 2, 3]


async def test_what_stands_before_the_place_where_it_joined_is_not_told_again():
    ear, early = Ear(), Ear()
    member, sooner = member_of(ear, at=5), member_of(early, at=5)
    assert [member.offer(batch(4, 5), place(3)), member.offer(batch(6), place(5))] == [0, 1]
    assert [sooner.offer(batch(4), place(3)), sooner.offer(batch(5, 6), place(4))] == [0, 1]
    assert (ear.items, early.items) == ([6], [6])


async def test_once_the_others_are_as_far_heartbeats_at_that_very_place_are_told():
    ear = Ear()
    member = member_of(ear, at=5)
    assert [member.offer(batch(5), place(5)) for _ in range(3)] == [0, 1, 1]
    assert ear.items == [5, 5]


@pytest.mark.parametrize("room", [Room(results=3), Room(bytes=3 * 16)])
async def test_with_a_full_outbox_it_falls_behind_at_the_last_that_is_in_it(room):
    ear = Ear(deaf=True)
    member = member_of(ear, room=room)
    staying = asyncio.create_task(member.stay())
    await turns()
    member.offer(batch(1), place(0))
    await turns()  # its task has taken the first, and waits for the client with it
    assert member.offer(batch(2, 3), place(1)) == 2
    assert member.is_in
    member.offer(batch(4, 5), place(3))
    assert not member.is_in
    ear.deaf = False
    assert await staying == Fell(place(4))
    assert ear.items == [1, 2, 3, 4]


async def test_one_result_alone_may_be_of_any_size():
    ear = Ear(deaf=True)
    member = member_of(ear)
    member.offer(batch(1, size=5_000), place(0))
    assert member.is_in
    member.offer(batch(2), place(1))
    assert not member.is_in
    ear.deaf = False
    assert await member.stay() == Fell(place(1))


async def test_order_holds_when_the_client_hears_again_before_all_is_sent():
    ear = Ear(deaf=True)
    member = member_of(ear)
    staying = asyncio.create_task(member.stay())
    await turns()
    member.offer(batch(1, 2), place(0))
    await turns()
    ear.deaf = False
    member.offer(batch(3), place(2))  # it could be written at once, and would overtake
    await turns()
    member.offer(batch(4), place(3))
    member.part(Over())
    assert await staying == Over()
    assert ear.items == [1, 2, 3, 4]


async def test_of_states_only_the_last_waits():
    ear = Ear(deaf=True)
    member = member_of(ear, at=None)
    for number in range(100):
        member.offer(Batch([Encoded(b'{"data":{"n":%d}}' % number, None)]), None)
    assert member.is_in
    ear.deaf = False
    member.part(Over())
    assert await member.stay() == Over()
    assert ear.items == [99]
