"""Whichever process redeems, everybody who follows sees it, once: separate processes, or workers of one service."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

from app.events.cursor import Cursor
from tests.server import serving
from tests.stories.caller import Caller, a_cart
from tests.stories.conftest import opened_books
from tests.stories.follower import Follower, following, in_order
from tests.stories.shop import Shop, founded, together

CART = a_cart("40.00")


async def tell(shop: Shop, callers: Sequence[Caller], orders: int) -> None:
    """Redeem at all callers in turn, half of it a code that is not there."""
    await together(
        *(
            callers[order % len(callers)].redeem(
                ("SHARED", "NOT-HERE")[order // 2 % 2], cart=CART, key=f"order {order}"
            )
            for order in range(orders)
        )
    )


async def everybody_saw_everything(
    shop: Shop, granted: Sequence[Follower], rejected: Sequence[Follower], each: int
) -> None:
    for follower in (*granted, *rejected):
        await follower.has_seen(each)
    for kinds, followers in (("redemptions", granted), ("rejected", rejected)):
        expected = await shop.events(kinds)
        assert len(expected) == each
        for follower in followers:
            assert follower.seen == expected
            assert in_order(follower.cursors)


async def test_followers_at_two_processes_see_what_either_redeems(shop: Shop) -> None:
    await shop.code(await shop.campaign("Shared"), "SHARED")
    async with AsyncExitStack() as stack:
        granted = [
            await stack.enter_async_context(following(caller.server, caller.secret))
            for caller in shop.callers * 2
        ]
        rejected = [
            await stack.enter_async_context(following(caller.server, caller.secret, "rejectedRedemptions"))
            for caller in shop.callers * 2
        ]
        await tell(shop, shop.callers, 120)
        await everybody_saw_everything(shop, granted, rejected, 60)


async def test_in_quiet_times_heartbeats_carry_the_cursor_over_what_others_did(shop: Shop) -> None:
    await shop.code(await shop.campaign("Shared"), "SHARED")
    here, there = shop.callers
    async with following(here.server, here.secret, filter={"channel": "a shop by the sea"}) as quiet:
        start = quiet.cursor
        assert start is not None
        await tell(shop, [there], 4)
        last = await shop.books.fetchrow(
            "SELECT epoch, tx::text::bigint AS tx, position FROM events WHERE project_id = $1"
            " ORDER BY epoch DESC, tx DESC, position DESC LIMIT 1",
            shop.project,
        )
        await quiet.until(lambda: Cursor.decode(quiet.cursors[-1]) >= Cursor(*last))
        assert Cursor.decode(quiet.cursors[-1]) > Cursor.decode(start)
        assert quiet.seen == []
        assert in_order(quiet.cursors)


async def test_followers_of_a_service_with_two_workers_see_what_either_redeems(
    fresh_database: dict[str, Any],
) -> None:
    async with (
        serving(fresh_database, TEAROFF_WORKERS="2") as server,
        opened_books(fresh_database) as books,
        founded(books, [server]) as shop,
        AsyncExitStack() as stack,
    ):
        await shop.code(await shop.campaign("Shared"), "SHARED")
        # The kernel deals connections to the workers: of eight, one worker seldom gets all.
        callers = [await stack.enter_async_context(Caller(server, shop.caller.secret)) for _ in range(8)]
        granted = [await stack.enter_async_context(following(server, shop.caller.secret)) for _ in range(8)]
        rejected = [
            await stack.enter_async_context(following(server, shop.caller.secret, "rejectedRedemptions"))
            for _ in range(2)
        ]
        await tell(shop, callers, 120)
        await everybody_saw_everything(shop, granted, rejected, 60)
        assert await _tills_that_redeemed(shop) == 2


async def _tills_that_redeemed(shop: Shop) -> int:
    """How many connections of tills have ended a transaction last; one that has nothing to do has begun none."""
    tills: int = await shop.books.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'tearoff till' AND query ILIKE 'COMMIT%'"
    )
    return tills
