"""How often a lone redemption asks PostgreSQL and waits: counted on the wire, between the till and the server."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from app.database import close_database, open_database
from app.embedded_postgres.home import PORT
from app.redemptions.till import Till
from benchmarks.ground import Ground
from benchmarks.shop import Shop
from benchmarks.till.drive import Requests, known, redeem

_SOCKET = f".s.PGSQL.{PORT}"
_FIRST, _COUNTED = 3, 30
_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Idle:
    """Round trips of a redemption on codes of each kind: as most have it. The till's plans are prepared already."""

    trips: dict[str, int]

    @property
    def most(self) -> int:
        """Those of the kind that needs most."""
        return max(self.trips.values())


class Wire:
    """Stands between clients and PostgreSQL's socket, and counts how often the word passed to PostgreSQL."""

    def __init__(self, server: Path) -> None:
        self._server, self.trips = server, 0
        self._under_way: set[asyncio.Task[None]] = set()

    async def connected(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Serve one connection until either side hangs up."""
        task = asyncio.current_task()
        assert task is not None
        self._under_way.add(task)
        answers, server = await asyncio.open_unix_connection(str(self._server))
        asking = False

        async def ask() -> None:
            nonlocal asking
            while piece := await client.read(_PIECE):
                self.trips += not asking
                asking = True
                server.write(piece)
            server.close()

        async def answer() -> None:
            nonlocal asking
            while piece := await answers.read(_PIECE):
                asking = False
                back.write(piece)
            back.close()

        with suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(ask(), answer())
        self._under_way.discard(task)

    async def close(self) -> None:
        """Let go of all connections."""
        for task in [*self._under_way]:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


async def count_round_trips(ground: Ground, shop: Shop) -> Idle:
    """One redemption after the other, on each kind of codes."""
    folder = ground.folder / "wire"
    folder.mkdir()
    wire = Wire(Path(str(ground.credentials["host"])) / _SOCKET)
    server = await asyncio.start_unix_server(wire.connected, str(folder / _SOCKET))
    try:
        await open_database({**ground.credentials, "host": str(folder)})
        till = Till()
        await till.start()
        try:
            caller = await known(shop.secret)
            trips = {
                codes.name: await _most_often(till, Requests(caller, codes, token_hex(8)), wire)
                for codes in shop.codes
            }
        finally:
            await till.close()
            await close_database()
    finally:
        server.close()
        await wire.close()
    return Idle(trips)


async def _most_often(till: Till, requests: Requests, wire: Wire) -> int:
    """What is counted most often: now and then the till plans anew, which is a round trip more."""
    for _ in range(_FIRST):
        await redeem(till, requests.next())
    counted: Counter[int] = Counter()
    for _ in range(_COUNTED):
        before = wire.trips
        await redeem(till, requests.next())
        counted[wire.trips - before] += 1
    return counted.most_common(1)[0][0]
