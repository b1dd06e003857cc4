"""A batch whose connection is lost at its end: whether the commit arrived or not, each request is settled once."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.customers.values import CustomerInput
from app.engine.counter import Measure
from app.engine.money import Money
from app.redemptions.audit import audit
from app.redemptions.requests import Answer
from app.redemptions.till import Till
from tests.redemptions.holds import QUARTER, a_gift_card, budgeted, daily
from tests.redemptions.shop import (
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    offer,
    redemption,
    refusal,
)
from tests.wallets.balances import left


@pytest.mark.parametrize("has_arrived", [False, True], ids=["undone", "arrived"])
async def test_a_batch_comes_again_after_its_commit_was_lost_three_times(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch, has_arrived: bool
) -> None:
    campaign = await a_campaign(project, promise=offer(100, per_campaign=6))
    await budgeted(project, campaign, daily(Measure.DISCOUNT, 100_000))
    await a_voucher(project, campaign, "ONE")
    gift = await a_gift_card(project, "GIFT", 1_000)
    real: Any = asyncpg.connection.Connection.execute
    lost: list[str] = []

    async def execute(connection: Any, query: str, *values: Any, **more: Any) -> Any:
        if query != "COMMIT" or len(lost) == 3:
            return await real(connection, query, *values, **more)
        lost.append(query)
        if has_arrived:
            await real(connection, query)
        connection.terminate()
        raise ConnectionResetError("The network is gone.")

    monkeypatch.setattr(asyncpg.connection.Connection, "execute", execute)
    answers = await asyncio.gather(
        *(
            till.redeem(
                asking(
                    project,
                    *("ONE", "GIFT"),
                    takes=(None, Money(50, "EUR")),
                    customer=CustomerInput(f"customer {place}"),
                    hold_for=QUARTER if place % 2 else None,
                    idempotency_key=f"order {place}",
                )
            )
            for place in range(8)
        )
    )
    assert len(lost) == till.redone == 3
    assert len({redemption(answer).id for answer in answers[:6]}) == 6
    assert len({refusal(answer).id for answer in answers[6:]}) == 2
    assert [answer.replayed for answer in answers if isinstance(answer, Answer)] == [has_arrived] * 8
    assert await left(project, gift) == [(700, None)]
    assert (await audit(project)).drift == 0
    await assert_counters_equal_ledger(project)
