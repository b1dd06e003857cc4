"""A hold that cannot be expired, because of a fault of ours, goes on counting by itself and stops nobody."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import Connection
from app.redemptions.confirm import confirm
from app.redemptions.end_holds import Held, look_at
from app.redemptions.requests import Answer
from app.redemptions.sweep import sweep_holds
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from tests.conftest import NOW
from tests.redemptions.holds import BIGGER, Clock, a_hold, a_till_by, states
from tests.redemptions.shop import (
    a_caller,
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    reasons,
    redemption,
)

SECOND = timedelta(seconds=1)
LATER = NOW + 5 * SECOND


def poison(monkeypatch: pytest.MonkeyPatch, hold: Redemption) -> None:
    """Let nobody expire that hold."""

    async def broken(connection: Connection, ids: Collection[tuple[UUID, UUID]]) -> list[Held]:
        if hold.id in {id_ for _, id_ in ids}:
            raise ZeroDivisionError
        return await look_at(connection, ids)

    monkeypatch.setattr("app.redemptions.expire.look_at", broken)


async def test_its_neighbours_are_expired_and_its_project_goes_on_redeeming(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=3)
    over = [await a_hold(till, project, "ONE", hold_for=SECOND) for _ in range(3)]
    poison(monkeypatch, over[1])
    async with a_till_by(Clock(LATER)) as later:
        for _ in range(2):
            redemption(await later.redeem(asking(project, "ONE")))
        assert reasons(await later.redeem(asking(project, "ONE"))) == ["VOUCHER_LIMIT_REACHED"]
        assert await states(project, over) == ["EXPIRED", "HELD", "EXPIRED"]
        monkeypatch.undo()
        redemption(await later.redeem(asking(project, "ONE")))
    assert await states(project, over) == ["EXPIRED"] * 3
    await assert_counters_equal_ledger(project)


async def test_another_hold_can_be_confirmed_with_another_cart(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=2)
    over, kept = await a_hold(till, project, "ONE", hold_for=SECOND), await a_hold(till, project, "ONE")
    poison(monkeypatch, over)
    answer = await confirm(a_caller(project), kept.id, now=LATER, cart=BIGGER)
    assert isinstance(answer, Answer)
    assert await states(project, [over, kept]) == ["HELD", "REDEEMED"]
    await assert_counters_equal_ledger(project)


async def test_a_sweep_passes_it_over(
    project: UUID, another_project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {}
    for each in (project, another_project):
        await a_voucher(each, await a_campaign(each), "ONE")
        held[each] = await a_hold(till, each, "ONE", hold_for=SECOND)
    first, last = sorted(held)
    poison(monkeypatch, held[first])
    await sweep_holds(LATER)
    assert await states(first, [held[first]]) == ["HELD"]
    assert await states(last, [held[last]]) == ["EXPIRED"]
