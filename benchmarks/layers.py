"""Where the server's time goes: the same requests in this process, one layer of the house after the other left out.

CPU time of this process is measured, so waiting for PostgreSQL costs nothing here; what a layer costs is the
difference between the measurements with it and without it.
"""

import asyncio
import gc
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import orjson

from app.database import BY_INDEX, Connection, close_database, connect, fetch, open_database
from app.engine.cart import Cart
from app.engine.evaluate import evaluate
from app.engine.facts import Facts
from app.events.feed import Feed
from app.events.projector import Projector
from app.events.wake import Doorbell
from app.ids import new_id
from app.jobs.watch import JobWatch
from app.problem import Problems
from app.projects.admit import Caller, NotAdmitted, admit
from app.projects.tokens import TokenSigner
from app.redemptions.counters import gather
from app.redemptions.find_offers import find_offers
from app.redemptions.redeem import settle
from app.redemptions.requests import Answer, CustomerRef, RedeemRequest, ValidateRequest
from app.redemptions.ticket import Ticket, write_ticket
from app.redemptions.till import Till
from app.redemptions.validate import validate
from app.redemptions.validation_counts import ValidationCounts
from app.redemptions.values import Redemption
from app.reports.pulse_board import PulseBoard
from benchmarks.deeds import REDEEM, SHOPPERS, VALIDATE, Codes, Deed, DeedName, shopper
from benchmarks.ground import Ground
from benchmarks.shop import Shop
from graphql_schema.request import Process, RequestContext
from graphql_schema.schema import make_graph, schema

_ENGINE_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Layers:
    """Microseconds of CPU per request, each layer with all that is below it (the engine and driver have nothing)."""

    graphql: float
    deed: float
    engine: float
    driver: float
    admission: float


class TimedConnection:
    """A connection that adds up the CPU time that its statements cost this process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.seconds = 0.0

    async def fetch(self, statement: str, *values: object) -> list[Any]:  # Any: rows
        """As asyncpg's."""
        began = time.process_time()
        rows: list[Any] = await self._connection.fetch(statement, *values)
        self.seconds += time.process_time() - began
        return rows

    async def execute(self, statement: str, *values: object) -> str:
        """As asyncpg's."""
        began = time.process_time()
        tag: str = await self._connection.execute(statement, *values)
        self.seconds += time.process_time() - began
        return tag


class Bench:
    """The parts of a server process, opened here, and the requests to ask them for."""

    def __init__(self, shop: Shop, codes: Codes, cart: Cart, till: Till, signer: TokenSigner) -> None:
        self._shop, self._codes, self._cart, self._till, self._signer = shop, codes, cart, till, signer
        projector = Projector(doorbell := Doorbell(), ())
        self._process = Process(
            till,
            Feed(doorbell),
            signer,
            projector,
            PulseBoard(projector),
            ValidationCounts(),
            JobWatch(doorbell),
        )
        self._numbers = itertools.count()
        self._run = new_id().hex
        self._caller: Caller | None = None

    async def admit(self) -> Caller:
        """The caller of the shop's key, asked for as the service does for every request."""
        caller = await admit(f"Bearer {self._shop.secret}", None, None, _now(), self._signer)
        assert not isinstance(caller, NotAdmitted), caller
        self._caller = caller
        return caller

    async def measure(self, deed: Deed, clients: int, seconds: float) -> Layers:
        """All layers of one deed."""
        await self.admit()
        redeems = deed.name is DeedName.REDEEM
        return Layers(
            graphql=await _cpu_each(lambda: self._execute(deed), clients, seconds),
            deed=await _cpu_each(self._redeem if redeems else self._validate, clients, seconds),
            engine=await self._engine(),
            driver=await self._driver_of_batches(max(1, clients // 2), seconds)
            if redeems
            else await _cpu_each(self._read, clients, seconds),
            admission=await _cpu_each(self.admit, clients, seconds / 2),
        )

    async def _execute(self, deed: Deed) -> None:
        code, key, who = self._drawn()
        context = RequestContext(
            caller=self._known, now=_now, request_id=key, make_loaders=make_graph, process=self._process
        )
        result = await schema.execute(deed.document, deed.variables(code, key, who), context)
        assert not result.errors, result.errors
        assert deed.granted in orjson.dumps(result.data).decode(), result.data

    async def _redeem(self) -> None:
        answer = await self._till.redeem(self._redeem_request())
        assert isinstance(answer, Answer), answer
        assert isinstance(answer.outcome, Redemption), answer.outcome

    async def _validate(self) -> None:
        code, _, who = self._drawn()
        request = ValidateRequest(self._known, (code,), self._cart, CustomerRef(source_id=who))
        answer = await validate(request, _now())
        assert not isinstance(answer, Problems), answer
        assert answer.granted, answer

    async def _engine(self) -> float:
        """The engine alone, on what the database says of one code."""
        project, code = self._shop.project, self._codes.code(1)
        found = await find_offers(fetch, codes=[(project, code)])
        presented = [found.presented(project, code, code)]
        now = _now()
        began = time.process_time()
        for _ in range(_ENGINE_ROUNDS):
            evaluate(presented, self._cart, Facts(), now)
        return (time.process_time() - began) / _ENGINE_ROUNDS * 1e6

    async def _driver_of_batches(self, size: int, seconds: float) -> float:
        """What asyncpg costs for a redemption when a batch has so many."""
        connection = await connect(**BY_INDEX)
        timed, settled, end = TimedConnection(connection), 0, time.perf_counter() + seconds
        try:
            while time.perf_counter() < end:
                tickets = [write_ticket(self._redeem_request()) for _ in range(size)]
                began = time.process_time()
                transaction = connection.transaction()
                await transaction.start()
                timed.seconds += time.process_time() - began
                await settle(cast(Connection, timed), cast(list[Ticket], tickets), _now())
                began = time.process_time()
                await transaction.commit()
                timed.seconds += time.process_time() - began
                settled += size
        finally:
            await connection.close()
        return timed.seconds / settled * 1e6

    async def _read(self) -> None:
        """The statements of a validation, and nothing else."""
        code, _, who = self._drawn()
        project, ref = self._shop.project, CustomerRef(source_id=who)
        found = await find_offers(fetch, codes=[(project, code)], customers=[(project, ref)])
        now, customer = _now(), found.customers[project, ref]
        caps = found.presented(project, code, code).caps(customer, self._cart.currency, now)
        await gather(fetch, [(project, cap.key) for cap in caps], [], now)

    def _redeem_request(self) -> RedeemRequest:
        code, key, who = self._drawn()
        customer = CustomerRef(source_id=who)
        return RedeemRequest(self._known, (code,), self._cart, customer, channel="web", idempotency_key=key)

    def _drawn(self) -> tuple[str, str, str]:
        """A code, a new idempotency key and a shopper."""
        code = self._codes.code(random.randint(1, self._codes.count))
        return code, f"{self._run}-{next(self._numbers)}", shopper(random.randint(1, SHOPPERS))

    @property
    def _known(self) -> Caller:
        assert self._caller is not None
        return self._caller


async def measure_layers(
    ground: Ground, shop: Shop, cart: Cart, clients: int, seconds: float
) -> dict[DeedName, Layers]:
    """Both deeds on spread codes, asked for by so many tasks at once."""
    async with AsyncExitStack() as stack:
        await open_database(ground.credentials, pool_min=2, pool_max=12)
        stack.push_async_callback(close_database)
        till = Till()
        await till.start()
        stack.push_async_callback(till.close)
        gc.collect()
        gc.freeze()  # as the service does when it has started
        stack.callback(gc.unfreeze)
        bench = Bench(shop, shop.codes[0], cart, till, TokenSigner("the secret of a benchmark, known to all"))
        return {deed.name: await bench.measure(deed, clients, seconds) for deed in (VALIDATE, REDEEM)}


async def _cpu_each(ask: Callable[[], Awaitable[object]], clients: int, seconds: float) -> float:
    """Microseconds of CPU for one call, when so many callers ask again and again."""
    done = 0

    async def client(end: float) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await ask()
            done += 1

    async def all_clients(length: float) -> None:
        end = time.perf_counter() + length
        await asyncio.gather(*(client(end) for _ in range(clients)))

    await all_clients(seconds / 5)  # caches are filled, statements are prepared
    done, began = 0, time.process_time()
    await all_clients(seconds)
    return (time.process_time() - began) / done * 1e6


def _now() -> datetime:
    return datetime.now(UTC)
