"""Taking out of pools: each code to one redemption only, in the order they came, and what nobody saw can go back."""

import asyncio
from uuid import UUID

from app.database import transaction
from app.ids import new_id
from app.pools.fill import add_codes
from app.pools.read import by_ids, codes_given, stock_of
from app.pools.take import give, lock_free, put_back
from app.pools.values import Stock
from tests.conftest import NOW, Statements
from tests.pools.test_fill import a_pool


async def _filled(project: UUID, *codes: str) -> UUID:
    pool = await a_pool(project)
    await add_codes(project, pool, codes, NOW)
    return pool


async def _take(project: UUID, pool: UUID, redemption: UUID) -> bool:
    async with transaction() as connection:
        free = (await lock_free(connection, {(project, pool): 1}))[pool]
        await give(connection, [(project, code, redemption) for code in free], NOW)
        return bool(free)


async def test_codes_are_given_in_the_order_in_which_they_came(project: UUID) -> None:
    pool, first, second = await _filled(project, "Z", "A"), new_id(), new_id()
    assert await _take(project, pool, first)
    assert await _take(project, pool, second)
    assert not await _take(project, pool, new_id())
    assert await codes_given(project, [first, second]) == {first: {pool: ("Z",)}, second: {pool: ("A",)}}
    assert await stock_of(project, [pool]) == {pool: Stock(free=0, given=2)}


async def test_no_more_are_found_than_are_wanted(project: UUID) -> None:
    pool, empty = await _filled(project, "A", "B", "C"), await a_pool(project, "Empty")
    async with transaction() as connection:
        free = await lock_free(connection, {(project, pool): 2, (project, empty): 5})
    assert {pool_: len(codes) for pool_, codes in free.items()} == {pool: 2, empty: 0}


async def test_thirty_at_once_for_ten_codes_get_ten_different_ones(project: UUID) -> None:
    pool, everybody = await _filled(project, *map(str, range(10))), [new_id() for _ in range(30)]
    had = await asyncio.gather(*(_take(project, pool, redemption) for redemption in everybody))
    given = await codes_given(project, everybody)
    assert sum(had) == 10
    assert sorted(code for own in given.values() for code in own[pool]) == sorted(map(str, range(10)))


async def test_what_a_hold_set_aside_goes_back_to_the_next_one(project: UUID) -> None:
    pool, hold, later = await _filled(project, "A"), new_id(), new_id()
    assert await _take(project, pool, hold)
    async with transaction() as connection:
        await put_back(connection, [(project, hold)])
    assert await stock_of(project, [pool]) == {pool: Stock(free=1, given=0)}
    assert await _take(project, pool, later)
    assert await codes_given(project, [hold, later]) == {later: {pool: ("A",)}}


async def test_a_code_behind_another_wall_is_out_of_reach(project: UUID, another_project: UUID) -> None:
    theirs = await _filled(another_project, "A")
    assert not await _take(project, theirs, new_id())
    async with transaction() as connection:
        free = (await lock_free(connection, {(another_project, theirs): 1}))[theirs]
        await give(connection, [(project, free[0], new_id())], NOW)
    assert await stock_of(another_project, [theirs]) == {theirs: Stock(free=1, given=0)}
    assert await by_ids(project, [theirs]) == {}


async def test_nothing_wanted_costs_nothing(project: UUID, statements: Statements) -> None:
    async with transaction() as connection:
        with statements.counted() as sent:
            assert await lock_free(connection, {}) == {}
            await give(connection, [], NOW)
            await put_back(connection, [])
    assert sent == []
