"""A dashboard exports its books at one process, watches at another, and fetches the file in two attempts."""

import asyncio
from decimal import Decimal

import httpx
import orjson
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.exports.shop import rows_of
from tests.server import Server
from tests.stories.caller import a_cart, is_granted
from tests.stories.shop import Shop

WATCH = "subscription ($id: ID!) { jobProgress(id: $id) { state rows cursor downloadUrl } }"


async def watched(server: Server, secret: str, job: str) -> list[dict[str, object]]:
    """All that the subscription tells of the job, until it completes."""
    address = f"ws://127.0.0.1:{server.port}/graphql"
    async with (
        asyncio.timeout(30),
        connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket,
    ):
        await socket.send(
            orjson.dumps(
                {"type": "connection_init", "payload": {"authorization": f"Bearer {secret}"}}
            ).decode()
        )
        assert orjson.loads(await socket.recv()) == {"type": "connection_ack"}
        payload = {"query": WATCH, "variables": {"id": job}}
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
        states = []
        async for text in socket:
            message = orjson.loads(text)
            if message["type"] == "complete":
                break
            if message["type"] == "next":
                states.append(message["payload"]["data"]["jobProgress"])
    return states


async def export(shop: Shop, **given: object) -> tuple[dict[str, object], bytes]:
    """Start at the first process, watch and fetch at the second: the last state, and the file."""
    there, secret = shop.callers[-1].server, shop.caller.secret
    made = await shop.caller.do("startExport", "StartExportInput", "job { id }", what="REDEMPTIONS", **given)
    states = await watched(there, secret, made["job"]["id"])
    assert states[-1]["state"] == "DONE"
    headers = {"Authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(base_url=there.url, headers=headers, trust_env=False, verify=False) as http:  # noqa: S501
        where = str(states[-1]["downloadUrl"])
        first = await http.get(where, headers={"Range": "bytes=0-99"})
        rest = await http.get(where, headers={"Range": "bytes=100-", "If-Range": first.headers["etag"]})
        whole = await http.get(where)
        stranger = await http.get(where, headers={"Authorization": "Bearer tear_sk_nobody"})
    assert [answer.status_code for answer in (first, rest, whole, stranger)] == [206, 206, 200, 401]
    assert first.content + rest.content == whole.content
    return states[-1], whole.content


async def test_each_redemption_is_in_one_export_and_the_sums_are_the_ledger_s(shop: Shop) -> None:
    await shop.code(await shop.campaign("Books"), "BOOKS")
    for number in range(5):
        assert is_granted(await shop.caller.redeem("BOOKS", cart=a_cart("19.99"), key=f"first {number}"))
    told, file = await export(shop)
    rows = rows_of(file)
    seen = {row["id"] for row in rows}
    for number in range(5):
        assert is_granted(await shop.caller.redeem("BOOKS", cart=a_cart("19.99"), key=f"second {number}"))
    while len(seen) < 10:  # another story's open transaction may hold back what is settled
        told, file = await export(shop, after=told["cursor"])
        later = rows_of(file)
        assert not seen & {row["id"] for row in later}
        rows += later
        seen |= {row["id"] for row in later}
    ledger = await shop.books.fetchrow(
        "SELECT count(*), sum(discount) AS discount FROM redemptions WHERE project_id = $1", shop.project
    )
    assert (len(rows), len(seen)) == (ledger["count"], 10)
    assert sum(Decimal(row["discount"]) for row in rows) == Decimal(ledger["discount"]) / 100
