"""Moving balances: many vouchers in one statement, exact under concurrency, and every bucket equal to its postings."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import fetch, transaction
from app.ids import new_id
from app.wallets.move import Return, confirm, lock_buckets, move, return_spent, taken
from app.wallets.postings import Account, Deed, Movement, Taking, available
from tests.conftest import NOW, Statements
from tests.vouchers.shop import a_campaign, a_voucher, events_of
from tests.wallets.balances import a_gift, assert_buckets_equal_postings, entries, left, returned, taken_by

SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=9)


async def test_what_is_spent_comes_from_what_expires_soonest(project: UUID) -> None:
    voucher = await a_gift(project, (500, None), (300, LATER), (200, SOON))
    await taken_by(project, voucher, 450)
    assert await left(project, voucher) == [(0, SOON), (50, LATER), (500, None)]
    assert await entries(project, voucher) == [
        ("ISSUE", 500),
        ("ISSUE", 300),
        ("ISSUE", 200),
        ("SPEND", 200),
        ("SPEND", 250),
    ]
    await assert_buckets_equal_postings(project)


async def test_many_vouchers_move_in_two_statements(project: UUID, statements: Statements) -> None:
    vouchers = [await a_gift(project, (100, None), (50, SOON)) for _ in range(5)]
    plain = (await a_voucher(project, await a_campaign(project), "PLAIN")).id
    with statements.counted() as sent:
        async with transaction() as connection:
            locked = await lock_buckets(connection, [(project, voucher) for voucher in (*vouchers, plain)])
            spends = [Movement(project, voucher, "EUR", 120, Deed.SPEND, new_id()) for voucher in vouchers]
            postings = await move(connection, locked, spends, NOW)
    assert len(sent) == 2
    assert set(locked) == set(vouchers)
    assert [available(locked[voucher], NOW) for voucher in vouchers] == [150] * 5
    assert [(one.amount, one.movement.voucher) for one in postings] == [
        (amount, voucher) for voucher in vouchers for amount in (50, 70)
    ]
    assert [await left(project, voucher) for voucher in vouchers] == [[(0, SOON), (30, None)]] * 5
    await assert_buckets_equal_postings(project)


async def test_nothing_asked_is_no_statement(project: UUID, statements: Statements) -> None:
    with statements.counted() as sent:
        async with transaction() as connection:
            assert await lock_buckets(connection, []) == {}
            assert await move(connection, {}, [], NOW) == []
            assert await taken(connection, [], Account.HELD) == {}
    assert sent == []


async def test_more_than_there_is_moves_nothing(project: UUID) -> None:
    voucher = await a_gift(project, (100, None))
    with pytest.raises(ValueError, match="less"):
        await taken_by(project, voucher, 101)
    assert await left(project, voucher) == [(100, None)]
    assert await entries(project, voucher) == [("ISSUE", 100)]


async def test_another_projects_balance_is_not_there(project: UUID) -> None:
    voucher = await a_gift(project, (100, None))
    async with transaction() as connection:
        assert await lock_buckets(connection, [(new_id(), voucher)]) == {}


async def test_what_has_expired_is_emptied_by_whoever_moves_the_balance_and_told(project: UUID) -> None:
    voucher = await a_gift(project, (100, None), (40, SOON))
    await taken_by(project, voucher, 10, now=SOON)
    assert await left(project, voucher) == [(0, SOON), (90, None)]
    assert (await entries(project, voucher))[2:] == [("SPEND", 10), ("EXPIRE", 40)]
    told = [payload for kind, payload in await events_of(project) if kind == "BALANCE_EXPIRED"]
    [voucher_row] = await fetch("SELECT campaign_id, code FROM vouchers WHERE id = $1", voucher)
    named = {"campaign": voucher_row["campaign_id"].hex, "code": voucher_row["code"], "holder": None}
    assert told == [{"voucher": voucher.hex, **named, "unit": "EUR", "amount": 40}]
    await assert_buckets_equal_postings(project)


async def test_a_refund_in_parts_goes_back_to_where_it_came_from_the_last_first(project: UUID) -> None:
    voucher = await a_gift(project, (500, None), (300, LATER), (200, SOON))
    redemption = await taken_by(project, voucher, 600)
    for amount, then in (
        (150, [(0, SOON), (50, LATER), (500, None)]),
        (300, [(50, SOON), (300, LATER), (500, None)]),
        (None, [(200, SOON), (300, LATER), (500, None)]),
    ):
        back = Return(project, redemption, voucher, amount, reason="Returned", key=new_id())
        given = await returned([back])
        assert given == {(redemption, voucher): amount or 150}
        assert await left(project, voucher) == then
    assert await returned([Return(project, redemption)]) == {}
    with pytest.raises(ValueError, match="goes back"):
        await returned([Return(project, redemption, voucher, 1)])
    await assert_buckets_equal_postings(project)


async def test_more_than_was_spent_does_not_go_back(project: UUID) -> None:
    voucher = await a_gift(project, (500, None))
    redemption = await taken_by(project, voucher, 200)
    with pytest.raises(ValueError, match="less"):
        await returned([Return(project, redemption, voucher, 150), Return(project, redemption, voucher, 51)])
    assert await left(project, voucher) == [(300, None)]


async def test_a_refund_that_comes_after_the_expiry_expires(project: UUID) -> None:
    voucher = await a_gift(project, (100, SOON))
    redemption = await taken_by(project, voucher, 60)
    await returned([Return(project, redemption)], LATER)
    assert await left(project, voucher) == [(0, SOON)]
    assert (await entries(project, voucher))[1:] == [("SPEND", 60), ("REFUND", 60), ("EXPIRE", 100)]
    await assert_buckets_equal_postings(project)


async def test_a_hold_is_confirmed_without_touching_the_balance(project: UUID) -> None:
    voucher = await a_gift(project, (100, None), (40, SOON))
    redemption = await taken_by(project, voucher, 50, Deed.HOLD)
    before = await left(project, voucher)
    async with transaction() as connection:
        [held] = (await taken(connection, [(project, redemption)], Account.HELD)).values()
        assert (held.voucher, held.unit, held.amount) == (voucher, "EUR", 50)
        await confirm(connection, [(project, redemption)], NOW)
        assert await taken(connection, [(project, redemption)], Account.HELD) == {}
        [spent] = (await taken(connection, [(project, redemption)], Account.SPENT)).values()
    assert spent == held
    assert await left(project, voucher) == before == [(0, SOON), (90, None)]
    await returned([Return(project, redemption)])
    assert await left(project, voucher) == [(40, SOON), (100, None)]
    await assert_buckets_equal_postings(project)


async def test_holds_of_several_codes_are_released_together(project: UUID, statements: Statements) -> None:
    gift, card = await a_gift(project, (100, None)), await a_gift(project, (70, None), unit="points")
    redemption = new_id()
    async with transaction() as connection:
        locked = await lock_buckets(connection, [(project, gift), (project, card)])
        holds = [
            Movement(project, gift, "EUR", 30, Deed.HOLD, redemption),
            Movement(project, card, "points", 20, Deed.HOLD, redemption),
        ]
        await move(connection, locked, holds, NOW)
    other = await taken_by(project, gift, 5, Deed.HOLD)
    with statements.counted() as sent:
        async with transaction() as connection:
            back = await return_spent(connection, [Return(project, redemption)], Account.HELD, NOW)
    assert back == {(redemption, gift): 30, (redemption, card): 20}
    assert len(sent) == 3
    assert await left(project, gift) == [(95, None)]
    assert await left(project, card) == [(70, None)]
    assert (await entries(project, card))[1:] == [("HOLD", 20), ("RELEASE", 20)]
    async with transaction() as connection:
        [held] = (await taken(connection, [(project, other)], Account.HELD)).values()
    assert [taking.amount for taking in held.takings] == [5]


async def test_a_hold_is_released_and_spent_anew_in_one_go(project: UUID) -> None:
    voucher = await a_gift(project, (100, None))
    hold = await taken_by(project, voucher, 80, Deed.HOLD)
    async with transaction() as connection:
        [held] = (await taken(connection, [(project, hold)], Account.HELD)).values()
        locked = await lock_buckets(connection, [(project, voucher)])
        release = Movement(project, voucher, "EUR", 80, Deed.RELEASE, hold, buckets=held.takings)
        await move(
            connection, locked, [release, Movement(project, voucher, "EUR", 95, Deed.SPEND, hold)], NOW
        )
    assert await left(project, voucher) == [(5, None)]
    async with transaction() as connection:
        [spent] = (await taken(connection, [(project, hold)], Account.SPENT)).values()
    assert spent.amount == 95
    await assert_buckets_equal_postings(project)


async def test_concurrent_spends_never_take_more_than_there_is_and_never_less(project: UUID) -> None:
    voucher = await a_gift(project, (60, SOON), (140, None))

    async def spend_if_there_is(amount: int) -> int:
        async with transaction() as connection:
            locked = await lock_buckets(connection, [(project, voucher)])
            if available(locked[voucher], NOW) < amount:
                return 0
            await move(
                connection, locked, [Movement(project, voucher, "EUR", amount, Deed.SPEND, new_id())], NOW
            )
        return amount

    taken_out = await asyncio.gather(*[spend_if_there_is(7) for _ in range(40)])
    assert sum(taken_out) == 28 * 7
    assert await left(project, voucher) == [(0, SOON), (4, None)]
    await assert_buckets_equal_postings(project)


async def test_stacks_of_balances_in_any_order_never_wait_in_a_circle(project: UUID) -> None:
    vouchers = [await a_gift(project, (100, SOON), (100, None)) for _ in range(6)]

    async def spend_of(first: int) -> None:
        stack = [vouchers[(first + step) % 6] for step in range(3)]
        async with transaction() as connection:
            locked = await lock_buckets(connection, [(project, voucher) for voucher in stack])
            await move(
                connection,
                locked,
                [Movement(project, one, "EUR", 5, Deed.SPEND, new_id()) for one in stack],
                NOW,
            )

    await asyncio.gather(*[spend_of(number % 6) for number in range(60)])
    assert [await left(project, voucher) for voucher in vouchers] == [[(0, SOON), (50, None)]] * 6
    await assert_buckets_equal_postings(project)


async def test_what_was_taken_is_told_in_the_order_of_taking(project: UUID) -> None:
    voucher = await a_gift(project, (10, None), (20, LATER), (30, SOON))
    redemption = await taken_by(project, voucher, 55)
    async with transaction() as connection:
        locked = (await lock_buckets(connection, [(project, voucher)]))[voucher]
        [found] = (await taken(connection, [(project, redemption)], Account.SPENT)).values()
    by_expiry = {bucket.expires_at: bucket.id for bucket in locked}
    assert found.takings == (
        Taking(by_expiry[SOON], 30),
        Taking(by_expiry[LATER], 20),
        Taking(by_expiry[None], 5),
    )
