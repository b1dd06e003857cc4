"""A process with a till and its clients: `python -m benchmarks.till.drive` reads an order, JSON, from standard input.

It says "ready", waits for a line, asks its till for redemptions as long as it was told, and writes what it found. The
clients are tasks of the same process, each asks anew when it has its answer: no HTTP, no GraphQL.
"""

import asyncio
import gc
import itertools
import json
import random
import resource
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any  # credentials, as asyncpg takes them

import uvloop

from app.database import close_database, open_database
from app.engine.cart import Cart
from app.projects.admit import Caller, NotAdmitted, admit
from app.projects.tokens import TokenSigner
from app.redemptions.requests import Answer, CustomerRef, RedeemRequest
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from benchmarks.cpu import seconds_of_all
from benchmarks.deeds import CART, SHOPPERS, Codes, shopper
from benchmarks.till.samples import Samples

_MINOR = 100


@dataclass(frozen=True, slots=True)
class Drive:
    """An order. `watched` are processes by name, whose CPU time is told; `sampled` asks where this one's goes."""

    credentials: dict[str, Any]
    secret: str
    codes: Codes
    clients: int
    seconds: float
    warm_up: float
    run: str
    watched: dict[str, int]
    sampled: bool = False


@dataclass(slots=True)
class Driven:
    """What came of it, the warm-up left out. Latencies are microseconds; CPU is in seconds."""

    seconds: float = 0.0
    latencies: list[int] = field(default_factory=list)
    batches: int = 0
    settled: int = 0
    redone: int = 0
    cpu: dict[str, float | None] = field(default_factory=dict)
    layers: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)


class Requests:
    """Redeem requests for one kind of codes, each with a key of its own; code and shopper are drawn by chance."""

    def __init__(self, caller: Caller, codes: Codes, run: str) -> None:
        self._caller, self._codes, self._run = caller, codes, run
        self._numbers, self._cart = itertools.count(), cart()

    def next(self) -> RedeemRequest:
        """The next request."""
        return RedeemRequest(
            self._caller,
            (self._codes.code(random.randint(1, self._codes.count)),),
            self._cart,
            CustomerRef(source_id=shopper(random.randint(1, SHOPPERS))),
            channel="web",
            idempotency_key=f"{self._run}-{next(self._numbers):08d}",
        )


def cart() -> Cart:
    """The cart of all benchmarks, as the engine takes it."""
    lines = [
        {
            "sku": line["sku"],
            "name": line["name"],
            "quantity": line["quantity"],
            "unit_price": int(Decimal(line["unitPrice"]) * _MINOR),
            "categories": line["categories"],
        }
        for line in CART["lines"]
    ]
    shipping = int(Decimal(CART["shipping"]) * _MINOR)
    return Cart.from_json({"currency": CART["currency"], "shipping": shipping, "lines": lines})


async def known(secret: str) -> Caller:
    """Who has this key."""
    signer = TokenSigner("the secret of a benchmark, known to all")
    caller = await admit(f"Bearer {secret}", None, None, datetime.now(UTC), signer)
    if isinstance(caller, NotAdmitted):
        raise RuntimeError(f"The shop's key is not admitted: {caller}")
    return caller


async def redeem(till: Till, request: RedeemRequest) -> None:
    """One redemption. Raises RuntimeError when it is not granted."""
    answer = await till.redeem(request)
    if not isinstance(answer, Answer) or not isinstance(answer.outcome, Redemption):
        raise RuntimeError(f"The till does not redeem: {answer}")


async def drive(order: Drive) -> Driven:
    """Carry out an order."""
    await open_database(order.credentials)
    till = Till()
    await till.start()
    try:
        requests = Requests(await known(order.secret), order.codes, order.run)
        await redeem(till, requests.next())
        gc.collect()
        gc.freeze()  # as the service does when it has started
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        return await _driven(order, till, requests)
    finally:
        await till.close()
        await close_database()


async def _driven(order: Drive, till: Till, requests: Requests) -> Driven:
    driven, stopping = Driven(), False

    async def client() -> None:
        while not stopping:
            request = requests.next()
            began = time.perf_counter()
            await redeem(till, request)
            driven.latencies.append(round((time.perf_counter() - began) * 1e6))

    clients = asyncio.gather(*(client() for _ in range(order.clients)))
    await asyncio.wait([clients], timeout=order.warm_up)
    driven.latencies.clear()
    cpu, before = _cpu(order), (till.batches, till.settled, till.redone)
    samples, began = Samples(), time.perf_counter()
    if order.sampled:
        samples.start()
    await asyncio.wait([clients], timeout=order.seconds)
    samples.stop()
    driven.seconds = time.perf_counter() - began
    found = len(driven.latencies)
    driven.batches, driven.settled, driven.redone = (
        now - then for now, then in zip((till.batches, till.settled, till.redone), before, strict=True)
    )
    driven.cpu = {
        name: None if now is None or (then := cpu[name]) is None else now - then
        for name, now in _cpu(order).items()
    }
    stopping = True
    await clients
    del driven.latencies[found:]
    driven.layers, driven.places = dict(samples.layers), dict(samples.places)
    return driven


def _cpu(order: Drive) -> dict[str, float | None]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {**seconds_of_all(order.watched), "till": used.ru_utime + used.ru_stime}


def main() -> None:
    """Read the order from the first line, write what came of it as the last one."""
    given = json.loads(sys.stdin.readline())
    order = Drive(**{**given, "codes": Codes(**given["codes"])})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(drive(order)))))


if __name__ == "__main__":
    main()
