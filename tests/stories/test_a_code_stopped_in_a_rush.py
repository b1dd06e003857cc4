"""One click stops a code in the middle of a rush: once the answer is there, nothing is granted any more."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from tests.stories.caller import a_cart, is_granted, reasons
from tests.stories.shop import Shop, together

SHOPPERS = 30
PATIENCE_SECONDS = 20
CART = a_cart("40.00")


@dataclass
class Rush:
    """Shoppers who redeem again and again, at either process; what they were answered, each with its turn."""

    shop: Shop
    started: int = 0
    granted: list[int] = field(default_factory=list)
    refused: list[tuple[int, list[str]]] = field(default_factory=list)
    leaving: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def shopper(self, number: int) -> None:
        caller = self.shop.callers[number % 2]
        for order in count():
            if self.leaving:
                return
            turn = self.started = self.started + 1
            payload = await caller.redeem("RUSH", cart=CART, key=f"{number}-{order}")
            if is_granted(payload):
                self.granted.append(turn)
            else:
                self.refused.append((turn, reasons(payload)))
            self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let them go on until something has come true."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def more_granted(self, number: int) -> None:
        wanted = len(self.granted) + number
        await self.until(lambda: len(self.granted) >= wanted)

    async def more_refused(self, number: int) -> None:
        wanted = len(self.refused) + number
        await self.until(lambda: len(self.refused) >= wanted)


@asynccontextmanager
async def rushing(shop: Shop) -> AsyncIterator[Rush]:
    """Thirty shoppers, until the block ends and all of them have their last answer."""
    rush = Rush(shop)
    async with asyncio.TaskGroup() as shoppers:
        for number in range(SHOPPERS):
            shoppers.create_task(rush.shopper(number))
        yield rush
        rush.leaving = True


async def stopped_and_let_go_again(
    shop: Shop, reason: str, stop: Callable[[], Awaitable[None]], resume: Callable[[], Awaitable[None]]
) -> None:
    """Stop in the middle, twice: what is granted later than the answer would show in the books."""
    async with rushing(shop) as rush:
        for _ in range(2):
            await rush.more_granted(SHOPPERS)
            await stop()
            at_the_answer, turn = (await shop.counts()).granted, rush.started
            await rush.more_refused(2 * SHOPPERS)
            assert (await shop.counts()).granted == at_the_answer
            later = [why for refused, why in rush.refused if refused > turn]
            assert len(later) >= SHOPPERS
            assert all(why == [reason] for why in later)
            assert not [granted for granted in rush.granted if granted > turn]
            await resume()
            turn = rush.started
        await rush.more_granted(SHOPPERS)
    assert not [why for refused, why in rush.refused if refused > turn]
    counts = await shop.counts()
    assert (counts.granted, counts.rejected) == (len(rush.granted), len(rush.refused))
    assert len(await shop.events("redemptions")) == counts.granted
    assert await shop.counters() == {"voucher": counts.granted}


async def opened(shop: Shop) -> str:
    """A campaign with one code whose uses are counted, so that the tills wait for each other."""
    campaign = await shop.campaign("Rush hour")
    await shop.code(campaign, "RUSH", maxRedemptions=1_000_000)
    return campaign


async def test_a_disabled_code_is_granted_to_nobody_once_the_answer_is_there(shop: Shop) -> None:
    await opened(shop)
    await stopped_and_let_go_again(
        shop,
        "VOUCHER_DISABLED",
        lambda: shop.switch("disableVoucher", "RUSH"),
        lambda: shop.switch("enableVoucher", "RUSH"),
    )


async def test_a_paused_campaign_grants_nothing_once_the_answer_is_there(shop: Shop) -> None:
    campaign = await opened(shop)

    async def pause() -> None:
        await shop.caller.do(
            "pauseCampaign", "PauseCampaignInput", "campaign { state }", campaign={"id": campaign}
        )

    await stopped_and_let_go_again(shop, "CAMPAIGN_PAUSED", pause, lambda: shop.launch(campaign))


async def test_the_answer_waits_for_the_redemption_that_is_under_way(shop: Shop) -> None:
    """The other process has looked at the code, and waits for a counter, when the code is disabled."""
    await opened(shop)
    await shop.callers[1].redeem("RUSH", cart=CART, key="the first, which makes the counter")
    async with shop.books.acquire() as slow:
        async with slow.transaction():
            await slow.execute("SELECT FROM counters WHERE project_id = $1 FOR UPDATE", shop.project)
            under_way = asyncio.create_task(
                shop.callers[1].redeem("RUSH", cart=CART, key="the one under way")
            )
            await _wait(shop, 1)
            stopping = asyncio.create_task(shop.switch("disableVoucher", "RUSH"))
            await _wait(shop, 2)
            assert not under_way.done()
            assert not stopping.done()
        granted, _ = await together(under_way, stopping)
    assert is_granted(granted)
    afterwards = await shop.callers[1].redeem("RUSH", cart=CART, key="the next")
    assert reasons(afterwards) == ["VOUCHER_DISABLED"]
    assert (await shop.counts()).granted == 2


async def _wait(shop: Shop, number: int) -> None:
    """Until so many connections wait for a lock."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while number != await shop.books.fetchval(  # noqa: ASYNC110 - what is awaited is in the database
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            await asyncio.sleep(0.01)
