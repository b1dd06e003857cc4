"""Events to be told: copies of one real redemption, appended to the log as a deed of another process would be."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import orjson

from app.database import fetchrow, transaction
from app.events import wake
from app.events.kinds import EventKind
from app.events.log import NewEvent, append
from app.ids import new_id
from benchmarks.shop import Shop

DOCUMENT = """subscription {
  redemptions { cursor event { at redemption {
    id channel subtotal { amount currency } discount { amount currency } total { amount currency }
  } } }
}"""
_LAST = "SELECT payload::text AS payload, at FROM events WHERE project_id = $1 AND kind = $2 LIMIT 1"


class Teller:
    """Writes copies of an event, and rings for the service's process."""

    def __init__(self, event: NewEvent) -> None:
        self._event = event

    async def tell(self, count: int = 1) -> float:
        """So many at once; the moment after the commit, monotonic seconds."""
        events = [self._copy() for _ in range(count)]
        async with transaction() as connection:
            await append(connection, events)
        moment = time.monotonic()
        wake.ring()
        return moment

    async def tell_steadily(self, count: int, rate: float) -> list[float]:
        """One after the other, so many a second; the moments of their commits."""
        began, moments = time.monotonic(), []
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
            moments.append(await self.tell())
        return moments

    def _copy(self) -> NewEvent:
        assert isinstance(self._event.payload, dict)
        return replace(self._event, payload={**self._event.payload, "id": new_id().hex})


@asynccontextmanager
async def teller(shop: Shop) -> AsyncIterator[Teller]:
    """Of the shop's one redemption; the database is open."""
    row = await fetchrow(_LAST, shop.project, EventKind.REDEMPTION_GRANTED.value)
    assert row is not None, "nothing was redeemed yet"
    told = NewEvent(
        UUID(str(shop.project)), EventKind.REDEMPTION_GRANTED, orjson.loads(row["payload"]), row["at"]
    )
    doorbell = wake.Doorbell()
    await doorbell.start()
    try:
        yield Teller(told)
    finally:
        await doorbell.stop()
