"""A counter that is not there is counted by several at once: whoever is undone leaves no wrong count."""

import asyncio
from uuid import UUID

from app.database import Connection, connect, execute, fetch
from app.database.standing_edits import begin_redeeming
from app.engine.counter import CounterKey
from app.redemptions.counters import lock
from app.redemptions.till import Till
from tests.redemptions.shop import a_campaign, a_voucher, asking, redemption

_WAITS = "SELECT count(*) FROM pg_locks WHERE pid = $1 AND NOT granted"


async def test_whoever_waits_for_a_counter_that_is_being_born_counts_it_exactly(
    project: UUID, till: Till
) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "ONE")
    for _ in range(3):
        await till.redeem(asking(project, "ONE"))
    await execute("UPDATE vouchers SET max_redemptions = 5 WHERE id = $1", voucher)
    counter = (project, CounterKey("voucher", voucher))
    first, second = await connect(), await connect()
    try:
        for connection in (first, second):
            await connection.execute(begin_redeeming([project]))
        assert await lock(first, [counter]) == {counter: 3}
        waiting = asyncio.ensure_future(lock(second, [counter]))
        await _waits(second)
        await first.execute("ROLLBACK")
        assert await waiting == {counter: 3}
        third = asyncio.ensure_future(till.redeem(asking(project, "ONE")))
        await second.execute("ROLLBACK")
        redemption(await third)
        await first.execute(begin_redeeming([project]))
        assert await lock(first, [counter]) == {counter: 4}
    finally:
        await first.close()
        await second.close()


async def _waits(connection: Connection) -> None:
    """Come back when the connection waits for somebody."""
    pid = connection.get_server_pid()
    async with asyncio.timeout(5):
        while not (await fetch(_WAITS, pid))[0][0]:
            pass
