"""At five hundred events a second dashboards join two processes, over both wires, from places of every age."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import asyncpg

from app.events.cursor import BEGINNING, Cursor
from app.events.wake import CHANNEL
from tests.events.pouring import Pouring
from tests.server import Server
from tests.stories.caller import a_cart
from tests.stories.late_commits import KIND
from tests.stories.shop import Shop
from tests.stories.stubborn import Seen, Stubborn, table_of

EVENTS, PER_SECOND = 1_000, 500
JOINING = 12
TILLS = 3
_AT = """
SELECT at FROM events WHERE project_id = $1 AND (epoch, tx, position) = ($2::smallint, ($3::bigint::text)::xid8, $4)
"""


async def sell(shop: Shop, till: int, is_over: Callable[[], bool]) -> None:
    """Redeem order after order, all orders of a till at the same server."""
    for order in count():
        if is_over():
            return
        await shop.callers[till % 2].redeem("RUSH", cart=a_cart("40.00"), key=f"{till}-{order}")


async def everything(shop: Shop, street_database: dict[str, Any], dice: random.Random) -> list[Stubborn]:
    """Those who joined while it poured in."""

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(**street_database)

    def tell(connection: asyncpg.Connection) -> Any:
        return connection.execute("SELECT pg_notify($1, 'the test')", CHANNEL)

    pouring = Pouring(shop.project, EVENTS, PER_SECOND, [KIND], connect, tell, dice)
    servers = [caller.server for caller in shop.callers]
    first = one_that_joins(shop, servers, "events", "socket", BEGINNING, dice)
    joined = [first]
    async with asyncio.TaskGroup() as group:
        poured = group.create_task(pouring.run())
        for till in range(TILLS):
            group.create_task(sell(shop, till, poured.done))
        for number in range(1, JOINING + 1):
            await first.has_seen(number * EVENTS // (JOINING + 2))
            feed = "redemptions" if number % 4 == 0 else "events"
            place = None if number % 3 == 0 else dice.choice(first.seen).cursor
            joined.append(one_that_joins(shop, servers, feed, ("stream", "socket")[number % 2], place, dice))
    return joined


def one_that_joins(
    shop: Shop, servers: list[Server], feed: str, wire: str, place: Cursor | None, dice: random.Random
) -> Stubborn:
    """From a place; without, from an instant a little while ago."""
    since = datetime.now(UTC) - timedelta(seconds=dice.random())
    server = dice.choice(servers)
    follower = Stubborn(
        feed,
        wire,
        shop.caller.secret,
        place,
        lambda: server,
        dice,
        since=since.isoformat().replace("+00:00", "Z"),
    )
    follower.begins = since if place is None else place
    follower.start()
    return follower


async def is_exact(shop: Shop, follower: Stubborn) -> None:
    """It has all behind its place; from an instant, all that happened since, and what stands beside it unbroken."""
    begins = follower.begins
    if isinstance(begins, Cursor):
        await follower.has(await table_of(shop.books, shop.project, follower.feed, begins))
        return
    table = await table_of(shop.books, shop.project, follower.feed, BEGINNING)
    first = await place_of_first_since(shop, table, begins)
    await follower.has_seen(len(table) - first)
    assert follower.seen == table[-len(follower.seen) :]


async def place_of_first_since(shop: Shop, table: list[Seen], since: datetime) -> int:
    """Where in the table the first event stands that happened at the instant or later."""
    for place, seen in enumerate(table):
        if await shop.books.fetchval(_AT, shop.project, *seen.cursor) >= since:
            return place
    return len(table)


async def test_who_joins_at_five_hundred_events_a_second_is_told_exactly_what_is_behind_its_place(
    shop: Shop, street_database: dict[str, Any]
) -> None:
    await shop.code(await shop.campaign("Rush hour"), "RUSH")
    joined = await everything(shop, street_database, random.Random(3))  # noqa: S311
    assert len({follower.begins for follower in joined}) > JOINING // 2
    for follower in joined:
        await is_exact(shop, follower)
        await follower.leave()
