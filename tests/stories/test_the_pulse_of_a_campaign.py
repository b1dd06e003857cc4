"""Two dashboards at two processes watch a campaign while those who count are cut off: both see what the ledger has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import orjson

from tests.stories.caller import Caller, a_cart, is_granted
from tests.stories.shop import Shop, together

PATIENCE_SECONDS = 60
PULSE = """subscription ($of: CampaignRef!) { campaignPulse(campaign: $of, window: DAY) {
  cursor redemptions rollbacks rejectedRedemptions validations
  amounts { discount { amount } orderValue { amount } returnedDiscount { amount } }
  reasons { code attempts } burnDowns { campaign { name } left { count money { amount } } }
} }"""
UNDO = """mutation ($id: ID!) {
  rollBackRedemption(input: { redemption: $id, idempotencyKey: "undo", reason: "returned" }) { userErrors { code } }
}"""
VALIDATE = """mutation ($code: String!) {
  validateVouchers(input: { codes: [{ code: $code }], cart: { currency: "EUR", lines: [{ unitPrice: "30.00" }] } }) {
    evaluation { granted }
  }
}"""
LEDGER = """
SELECT count(*)::int, count(*) FILTER (WHERE state = 'ROLLED_BACK')::int, sum(subtotal)::int, sum(discount)::int,
       sum(returned_discount)::int
FROM redemptions WHERE project_id = $1
"""


class Dashboard:
    """Follows a pulse as an event stream; `seen` is the last one."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}
        self.items = 0
        self._news = asyncio.Condition()

    async def follow(self, answer: httpx.Response) -> None:
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                told = orjson.loads(line.removeprefix("data: "))
                assert "errors" not in told, told
                async with self._news:
                    self.seen, self.items = told["data"]["campaignPulse"], self.items + 1
                    self._news.notify_all()

    async def sees(self, **wanted: Any) -> None:
        """Wait until the last pulse has these figures."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._news:
            await self._news.wait_for(lambda: self.seen and {**self.seen, **wanted} == self.seen)


@asynccontextmanager
async def watching(caller: Caller, campaign: str) -> AsyncIterator[Dashboard]:
    """A dashboard that has seen its first pulse."""
    dashboard = Dashboard()
    headers = {**caller.headers, "Accept": "text/event-stream"}
    body = {"query": PULSE, "variables": {"of": {"id": campaign}}}
    async with (
        httpx.AsyncClient(base_url=caller.server.url, timeout=PATIENCE_SECONDS, trust_env=False) as http,
        http.stream("POST", "/graphql", json=body, headers=headers) as answer,
    ):
        assert answer.status_code == 200
        following = asyncio.create_task(dashboard.follow(answer))
        try:
            await dashboard.sees(redemptions=0)
            yield dashboard
        finally:
            following.cancel()
            await asyncio.wait({following})


async def cut_the_keepers(books: asyncpg.Pool) -> None:
    """End the connections that keep up the figures; after the time before they may have to come back first."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await books.fetchval(  # noqa: ASYNC110 - nobody tells when they are back
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'tearoff projection'"
        ):
            await asyncio.sleep(0.02)


async def test_both_see_what_the_ledger_has_whatever_becomes_of_those_who_count(
    shop: Shop, books: asyncpg.Pool
) -> None:
    main = await shop.campaign("Main", isMain=True, maxRedemptions=50)
    sale = await shop.campaign("Sale", mainCampaign={"id": main})
    await shop.code(sale, "SALE", maxRedemptions=12)
    here, there = shop.callers
    async with watching(here, sale) as one, watching(there, main) as two:
        await together(*(here.ask(VALIDATE, code="SALE") for _ in range(4)))
        made: dict[str, Any] = {}
        for number in range(12):
            made = await shop.callers[number % 2].redeem("SALE", cart=a_cart("30.00"), key=f"order {number}")
            assert is_granted(made)
            if number in (3, 8):
                await cut_the_keepers(books)
        await together(
            *(there.redeem("SALE", cart=a_cart("30.00"), key=f"too late {number}") for number in range(3))
        )
        await there.ask(UNDO, id=made["result"]["id"])
        assert tuple(await books.fetchrow(LEDGER, shop.project) or ()) == (12, 1, 36_000, 3600, 300)
        money = {
            "discount": {"amount": "36.00"},
            "orderValue": {"amount": "360.00"},
            "returnedDiscount": {"amount": "3.00"},
        }
        wanted = {
            "redemptions": 12,
            "rollbacks": 1,
            "rejectedRedemptions": 3,
            "validations": 4,
            "amounts": [money],
        }
        await together(one.sees(**wanted), two.sees(**wanted))
        assert (
            one.seen["reasons"] == two.seen["reasons"] == [{"code": "VOUCHER_LIMIT_REACHED", "attempts": 3}]
        )
        left = {"campaign": {"name": "Main"}, "left": {"count": 39, "money": None}}
        assert one.seen["burnDowns"] == two.seen["burnDowns"] == [left]
    assert here.server.faults() == there.server.faults() == []
