"""The commands of docs/dashboard.md that follow without a WebSocket: what they print is what the guide says."""

import asyncio
import re

import orjson

from tests.docs.guide import Block, blocks_of
from tests.docs.sample_shop import ROOT, SampleShop
from tests.docs.test_guides import request_of_curl

REDEEM = (ROOT / "docs/operations/05_redeem.graphql").read_text()
NEXT = re.compile(r"event: next\nid: ([\w-]{26})\ndata: (.*)\n\n")


async def test_a_pulse_is_followed_in_a_terminal(sample_shop: SampleShop) -> None:
    [block] = [block for block in blocks_of(ROOT / "docs/dashboard.md") if block.title == "pulse"]
    path, headers, body = request_of_curl(block, sample_shop.secret("server"))
    async with (
        asyncio.timeout(20),
        sample_shop.http.stream("POST", path, content=body, headers=headers) as answer,
    ):
        lines = answer.aiter_lines()
        assert [await anext(lines) for _ in range(2)] == [":", "event: next"]
        pulse = orjson.loads((await anext(lines)).removeprefix("data: "))["data"]["campaignPulse"]
    assert set(pulse) == {"redemptions", "successRate"}


async def first_messages(shop: SampleShop, block: Block, cursor: str, count: int) -> list[tuple[str, object]]:
    """The first messages that the command prints: id and data."""
    path, headers, body = request_of_curl(block, shop.secret("server"))
    headers = {name: value.replace("$CURSOR", cursor) for name, value in headers.items()}
    printed, found = "", []
    async with asyncio.timeout(20), shop.http.stream("POST", path, content=body, headers=headers) as answer:
        assert answer.status_code == 200
        async for text in answer.aiter_text():
            printed += text
            if len(found := NEXT.findall(printed)) >= count:
                break
    assert printed.startswith(":\n")
    return [(identifier, orjson.loads(data)["data"]["redemptions"]) for identifier, data in found[:count]]


async def test_the_commands_follow_and_resume(sample_shop: SampleShop) -> None:
    following, resuming = [
        block for block in blocks_of(ROOT / "docs/dashboard.md") if block.title == "stream"
    ]
    [(cursor, heartbeat)] = await first_messages(sample_shop, following, "", 1)
    assert heartbeat == {"event": None}
    variables = {
        "codes": [{"code": "SUMMER10"}],
        "cart": {"currency": "EUR", "lines": [{"unitPrice": "60.00"}]},
        "idempotencyKey": "dashboard stream",
    }
    redeemed = (await sample_shop.ask(REDEEM, variables))["redeemVouchers"]["result"]["id"]
    item: object = heartbeat
    async with asyncio.timeout(20):
        while item == heartbeat:  # a page of the log may end before an event that has not settled yet
            [(cursor, item)] = await first_messages(sample_shop, resuming, cursor, 1)
    assert item == {"event": {"redemption": {"id": redeemed, "discount": {"amount": "6.00"}}}}
