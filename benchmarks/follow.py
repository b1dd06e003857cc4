"""The feed: how long after its commit a redemption reaches a subscriber, at a gentle rate.

The moment of the commit itself cannot be seen from outside: it lies between a request and its answer. So two times
are told: from the request to the delivery (more than the truth) and from the answer to the delivery (less).
"""

import asyncio
import json
import time
from dataclasses import dataclass

import httpx
import websockets
from websockets.asyncio.client import ClientConnection

from benchmarks.deeds import REDEEM, SHOPPERS, Codes, shopper
from benchmarks.quantiles import Latencies
from benchmarks.server import Service
from benchmarks.shop import Shop

RATE = 50
_PATIENCE_SECONDS = 15
_DOCUMENT = "subscription { redemptions { cursor event { at redemption { id total { amount currency } } } } }"


@dataclass(frozen=True, slots=True)
class Delivery:
    """The bracket around commit-to-delivery, and how many redemptions were delivered."""

    from_request: Latencies
    from_answer: Latencies


async def measure_delivery(service: Service, shop: Shop, codes: Codes, seconds: float, run: str) -> Delivery:
    """One subscriber; RATE redemptions a second, evenly, for so long. Every one of them must arrive."""
    wanted = max(2, round(RATE * seconds))
    asked: dict[str, float] = {}
    answered: dict[str, float] = {}
    delivered: dict[str, float] = {}

    async def redeem(client: httpx.AsyncClient, number: int) -> None:
        variables = REDEEM.variables(codes.code(1), f"{run}-{number}", shopper(number % SHOPPERS + 1))
        began = time.perf_counter()
        answer = await client.post("/graphql", json={"query": REDEEM.document, "variables": variables})
        ended = time.perf_counter()
        redemption = answer.json()["data"]["redeemVouchers"]["result"]["id"]
        asked[redemption], answered[redemption] = began, ended

    async def take_in(socket: ClientConnection) -> None:
        while len(delivered) < wanted:
            message = json.loads(await socket.recv())
            item = message["payload"]["data"]["redemptions"]
            if item["event"] is not None:
                delivered[item["event"]["redemption"]["id"]] = time.perf_counter()

    async with (
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{service.port}",
            headers={"Authorization": f"Bearer {shop.secret}"},
            trust_env=False,
            timeout=_PATIENCE_SECONDS,
        ) as client,
        websockets.connect(
            f"ws://127.0.0.1:{service.port}/graphql",
            subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
        ) as socket,
    ):
        await _subscribe(socket, shop.secret)
        async with asyncio.timeout(wanted / RATE + _PATIENCE_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(take_in(socket))
            began = time.perf_counter()
            for number in range(wanted):
                await asyncio.sleep(began + number / RATE - time.perf_counter())
                group.create_task(redeem(client, number))
    return Delivery(_between(asked, delivered), _between(answered, delivered))


async def _subscribe(socket: ClientConnection, secret: str) -> None:
    """Follow from now on: the first item, a heartbeat, has come."""
    greeting = {"type": "connection_init", "payload": {"Authorization": f"Bearer {secret}"}}
    await socket.send(json.dumps(greeting))
    await socket.recv()
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": _DOCUMENT}}))
    first = json.loads(await socket.recv())
    if first["type"] != "next":
        raise RuntimeError(f"The service does not let us follow: {first}")


def _between(before: dict[str, float], after: dict[str, float]) -> Latencies:
    """A delivery may overtake the answer: then it took no time at all."""
    return Latencies.of([max(0, round((after[each] - began) * 1e6)) for each, began in before.items()])
