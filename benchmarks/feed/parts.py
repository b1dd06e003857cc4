"""The parts of a run, each on a service of its own."""

import asyncio
import secrets
import time
from datetime import UTC, datetime

import httpx

from app.database import fetchrow
from app.events.kinds import EventKind
from app.projects.keys import create_key
from app.projects.values import KeyDraft, KeyKind, KeyWithSecret
from benchmarks.cpu import seconds_of
from benchmarks.deeds import REDEEM, shopper
from benchmarks.feed.clients import CrowdOrder
from benchmarks.feed.crowd import gathered
from benchmarks.feed.found import Audience, Documents, Redeem
from benchmarks.feed.measure import STEADY_DELIVERIES, measure_bare, measure_ours
from benchmarks.feed.teller import DOCUMENT, Teller
from benchmarks.ground import Ground, settle_down
from benchmarks.load import Order
from benchmarks.send import send
from benchmarks.server import Service, serving
from benchmarks.shop import Shop

SOCKETS_OF_A_KEY = 200  # as the settings are shipped
REDEEM_CLIENTS = 8
_ROUNDS = 2
_COUNT = "SELECT count(*) AS count FROM events WHERE project_id = $1 AND kind = $2"


async def keys_for(shop: Shop, subscribers: int) -> list[str]:
    """The secrets of as many keys as so many subscribers need; who shares does not ask for the key."""
    found = [shop.secret]
    for number in range(-(-subscribers // SOCKETS_OF_A_KEY)):
        made = await create_key(shop.project, KeyDraft(KeyKind.SERVER, f"feed {number}"), datetime.now(UTC))
        assert isinstance(made, KeyWithSecret), made
        found.append(made.secret)
    return found


async def sell_one(ground: Ground, shop: Shop) -> str:
    """One redemption, and the frame by which a subscriber hears of it."""
    with serving(ground) as service:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{service.port}",
            headers={"Authorization": f"Bearer {shop.secret}"},
            trust_env=False,
        ) as client:
            variables = REDEEM.variables(shop.codes[0].code(1), secrets.token_hex(8), shopper(1))
            await client.post("/graphql", json={"query": REDEEM.document, "variables": variables})
            since = DOCUMENT.replace("redemptions {", 'redemptions(from: "2020-01-01T00:00:00Z") {', 1)
            async with client.stream(
                "POST", "/graphql", json={"query": since}, headers={"Accept": "text/event-stream"}
            ) as answer:
                async for line in answer.aiter_lines():
                    if '"event":{' in line:
                        payload = line.removeprefix("data: ")
                        return f'{{"id":"1","type":"next","payload":{payload}}}'
    raise RuntimeError("The service does not tell of its redemption")


async def audience(
    ground: Ground, shop: Shop, teller: Teller, transport: str, count: int, seconds: float, text: str
) -> Audience:
    """Ours, and the bare broadcast beside it."""
    await settle_down(ground)
    secrets_ = await keys_for(shop, count)
    with serving(ground) as service:
        order = CrowdOrder(service.port, count, transport, secrets_, [DOCUMENT])
        ours = await measure_ours(service.process, order, seconds, teller)
    bare = await measure_bare(count, seconds, text) if transport == "socket" else None
    return Audience(transport, ours, bare)


async def many_documents(
    ground: Ground, shop: Shop, teller: Teller, documents: int, subscribers: int, seconds: float
) -> Documents:
    """As many documents as may be different in one character, an event after the other."""
    each = max(1, subscribers // documents)
    asked = [DOCUMENT.replace("subscription", f"subscription Feed{n}", 1) for n in range(documents)]
    secrets_ = await keys_for(shop, each * documents)
    with serving(ground) as service:
        order = CrowdOrder(service.port, each * documents, "socket", secrets_, asked)
        async with gathered(order) as crowd:
            events = max(2, round(STEADY_DELIVERIES / order.count * seconds))
            await teller.tell_steadily(2, 10)
            await crowd.heard(2)
            beats = await crowd.beats()
            before, executed = seconds_of(service.process), await _executions(service)
            await teller.tell_steadily(events, STEADY_DELIVERIES / order.count)
            await crowd.heard(2 + events)
            after, done = seconds_of(service.process), await _executions(service)
            beats = (await crowd.beats() - beats) // each  # those are executed too, one for each document
    cpu = None if before is None or after is None else (after - before) / (events * order.count)
    return Documents(documents, order.count, (done - executed - beats) / events, cpu)


async def redeeming(ground: Ground, shop: Shop, subscribers: int, seconds: float) -> Redeem:
    """In turn without and with subscribers who follow every redemption, on the same process."""
    alone: list[float] = []
    followed: list[float] = []
    deliveries = behind = 0.0
    secrets_ = await keys_for(shop, subscribers)
    with serving(ground) as service:
        crowded = CrowdOrder(service.port, subscribers, "socket", secrets_, [DOCUMENT])
        for _ in range(_ROUNDS):
            alone.append(await _redeem(ground, service, shop, seconds))
            async with gathered(crowded) as crowd:
                sold = await _sold(shop)
                followed.append(await _redeem(ground, service, shop, seconds))
                ended = time.monotonic()
                deliveries += await crowd.deliveries() / seconds / _ROUNDS
                await crowd.heard(await _sold(shop) - sold)
                behind = max(behind, time.monotonic() - ended)
    return Redeem(
        REDEEM_CLIENTS, subscribers, sum(alone) / _ROUNDS, sum(followed) / _ROUNDS, deliveries, behind
    )


async def _redeem(ground: Ground, service: Service, shop: Shop, seconds: float) -> float:
    """Redemptions a second."""
    await settle_down(ground)
    order = Order(
        port=service.port,
        secret=shop.secret,
        body=REDEEM.body(),
        granted=REDEEM.granted,
        codes=shop.codes[0],
        clients=REDEEM_CLIENTS,
        seconds=seconds,
        warm_up=min(1.0, seconds / 4),
        run=secrets.token_hex(8),
        watched={},
    )
    loaded = await asyncio.to_thread(send, order)
    return loaded.requests / loaded.seconds


async def _sold(shop: Shop) -> int:
    row = await fetchrow(_COUNT, shop.project, EventKind.REDEMPTION_GRANTED.value)
    assert row is not None
    return int(row["count"])


async def _executions(service: Service) -> float:
    """What was executed for all who share it, by the service's own figures."""
    async with httpx.AsyncClient(trust_env=False) as client:
        page = (await client.get(f"http://127.0.0.1:{service.port}/metrics")).text
    [line] = [line for line in page.splitlines() if line.startswith("tearoff_shared_executions_total ")]
    return float(line.split()[1])
