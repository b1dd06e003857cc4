"""Two processes whose clocks are apart: what one holds is over for the other at once, and yet both go on."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.redemptions import confirm
from app.redemptions.own_connection import OwnConnection
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.holds import BIGGER, Clock, a_hold, a_till_by, confirmed, states
from tests.redemptions.shop import (
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    reasons,
    redemption,
)

SECOND = timedelta(seconds=1)
AHEAD = NOW + 5 * SECOND


async def test_a_hold_made_behind_while_others_are_expired_counts_for_who_is_ahead(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=2)
    over = await a_hold(till, project, "ONE", hold_for=SECOND)
    real: Any = OwnConnection.expire_holds

    async def expire(own: OwnConnection, projects: Collection[UUID], now: datetime, **more: Any) -> None:
        await real(own, projects, now, **more)
        made.append(await a_hold(till, project, "ONE", hold_for=SECOND))

    made: list[Any] = []
    monkeypatch.setattr(OwnConnection, "expire_holds", expire)
    async with a_till_by(Clock(AHEAD)) as ahead:
        redemption(await ahead.redeem(asking(project, "ONE")))
    assert await states(project, [over, *made]) == ["EXPIRED", "HELD"]
    monkeypatch.undo()
    assert reasons(await till.redeem(asking(project, "ONE"))) == ["VOUCHER_LIMIT_REACHED"]
    await assert_counters_equal_ledger(project)


async def test_it_counts_for_who_confirms_another_cart_ahead(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=2)
    kept = await a_hold(till, project, "ONE")
    over = await a_hold(till, project, "ONE", hold_for=SECOND)
    real: Any = confirm.expire_apart

    async def expire(projects: Collection[UUID], now: datetime) -> None:
        await real(projects, now)
        made.append(await a_hold(till, project, "ONE", hold_for=SECOND))

    made: list[Any] = []
    monkeypatch.setattr(confirm, "expire_apart", expire)
    redemption(await confirmed(project, kept.id, AHEAD, cart=BIGGER))
    assert await states(project, [kept, over, *made]) == ["REDEEMED", "EXPIRED", "HELD"]
    await assert_counters_equal_ledger(project)
