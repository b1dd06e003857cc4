"""Deeds that are cut short at each of their statements: all of it is done or nothing, and asking again completes it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.database import pool_use
from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.money import Money
from app.problem import Problems
from app.redemptions.adjust import adjust
from app.redemptions.audit import audit
from app.redemptions.release import release
from app.redemptions.requests import Answer, Released, RolledBack
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.wallets.adjust import Adjustment
from app.wallets.values import Adjusted
from tests.redemptions.holds import BIGGER, SOON, a_gift_card, a_hold, budgeted, confirmed, daily
from tests.redemptions.shop import a_campaign, a_voucher, assert_counters_equal_ledger, offer
from tests.wallets.balances import assert_buckets_equal_postings

Outcome = Answer | Released | RolledBack | Adjusted | Problems
Cut = Callable[[asyncpg.Connection, "asyncio.Task[Outcome]"], None]
TOO_DEAR = Cart("EUR", (Line(1, 2**52),))
MOST_STATEMENTS = 30


def cancelled(_connection: asyncpg.Connection, task: "asyncio.Task[Outcome]") -> None:
    """The caller goes away while the statement is under way."""
    asyncio.get_running_loop().call_soon(task.cancel)


def hung_up(connection: asyncpg.Connection, _task: "asyncio.Task[Outcome]") -> None:
    """The connection is lost while the statement is under way; nobody knows whether it arrived."""
    asyncio.get_running_loop().call_soon(connection.terminate)


class Scissors:
    """Cuts one task short at the statement of that number, BEGIN and COMMIT among them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, cut: Cut) -> None:
        self.at = self.seen = 0
        self.task: asyncio.Task[Outcome] | None = None
        self._cut = cut
        kind: Any = asyncpg.connection.Connection  # `_execute` is private: below fetch, fetchrow, fetchval
        for name in ("_execute", "execute"):
            monkeypatch.setattr(kind, name, self._watching(getattr(kind, name), name))

    async def run(self, deed: Callable[[], Awaitable[Outcome]]) -> Outcome | BaseException:
        """What comes of the deed."""
        self.seen = 0
        self.task = asyncio.ensure_future(deed())
        [outcome] = await asyncio.gather(self.task, return_exceptions=True)
        self.task = None
        return outcome

    def _watching(self, real: Any, name: str) -> Any:
        async def watched(connection: Any, query: str, *values: Any, **more: Any) -> Any:
            # With values, `execute` hands over to `_execute`.
            if asyncio.current_task() is self.task and not (name == "execute" and values):
                self.seen += 1
                if self.seen == self.at and self.task is not None:
                    self._cut(connection, self.task)
            return await real(connection, query, *values, **more)

        return watched


@pytest.mark.parametrize("cut", [cancelled, hung_up])
@pytest.mark.parametrize("deed", ["confirm", "change", "refuse", "release", "roll back", "adjust"])
async def test_what_is_cut_short_is_done_as_a_whole_or_not_at_all(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch, deed: str, cut: Cut
) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=900))
    await budgeted(project, campaign, daily(Measure.DISCOUNT, 500_000), daily(Measure.ORDER_VALUE, 9_000_000))
    await a_voucher(project, campaign, "ONE")
    gift = await a_gift_card(project, "GIFT", 900_000)
    scissors = Scissors(monkeypatch, cut)
    for at in range(1, MOST_STATEMENTS):
        hold = (await a_hold(till, project, "ONE", "GIFT", takes=(None, Money(400, "EUR")))).id
        if deed == "roll back":
            await confirmed(project, hold)
        scissors.at = at
        do = _deed(deed, project, hold, gift, f"{deed} {at}")
        first = await scissors.run(do)
        assert isinstance(first, BaseException) == (scissors.seen >= at)
        assert pool_use().busy == 0
        again = await do()
        assert not isinstance(again, Problems), again
        await assert_counters_equal_ledger(project)
        await assert_buckets_equal_postings(project)
        if scissors.seen < at:
            break
    assert 5 < at < MOST_STATEMENTS - 1
    assert (await audit(project)).drift == 0


def _deed(deed: str, project: UUID, hold: UUID, gift: UUID, key: str) -> Callable[[], Awaitable[Outcome]]:
    deeds: dict[str, Callable[[], Awaitable[Outcome]]] = {
        "confirm": lambda: confirmed(project, hold, idempotency_key=key),
        "change": lambda: confirmed(project, hold, cart=BIGGER, idempotency_key=key),
        "refuse": lambda: confirmed(project, hold, cart=TOO_DEAR, idempotency_key=key),
        "release": lambda: release(project, hold, now=SOON, idempotency_key=key),
        "roll back": lambda: roll_back(project, hold, now=SOON, idempotency_key=key),
        "adjust": lambda: adjust(project, gift, Adjustment(5, "EUR"), SOON, idempotency_key=key),
    }
    return deeds[deed]
