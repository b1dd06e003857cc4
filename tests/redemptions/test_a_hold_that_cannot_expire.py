"""A hold that cannot be expired, because of a fault of ours, goes on counting and stops nobody."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import pytest

from app.database import Connection
from app.redemptions.end_holds import look_at
from app.redemptions.sweep import sweep_holds
from app.redemptions.till import Till
from tests.conftest import NOW
from tests.redemptions.holds import Clock, a_hold, a_till_by, states
from tests.redemptions.shop import (
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    reasons,
    redemption,
)

SECOND = timedelta(seconds=1)


async def test_its_project_goes_on_redeeming_and_it_is_expired_when_it_can_be(
    project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=2)
    over = await a_hold(till, project, "ONE", hold_for=SECOND)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("app.redemptions.expire.look_at", broken)
    async with a_till_by(Clock(NOW + 5 * SECOND)) as later:
        redemption(await later.redeem(asking(project, "ONE")))
        assert reasons(await later.redeem(asking(project, "ONE"))) == ["VOUCHER_LIMIT_REACHED"]
        assert await states(project, [over]) == ["HELD"]
        monkeypatch.undo()
        redemption(await later.redeem(asking(project, "ONE")))
    assert await states(project, [over]) == ["EXPIRED"]
    await assert_counters_equal_ledger(project)


async def test_a_sweep_passes_it_over_and_goes_on_with_other_projects(
    project: UUID, second_project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = {}
    for each in (project, second_project):
        await a_voucher(each, await a_campaign(each), "ONE")
        held[each] = await a_hold(till, each, "ONE", hold_for=SECOND)
    first, last = sorted(held)

    async def broken(connection: Connection, ids: Collection[tuple[UUID, UUID]]) -> object:
        if (first, held[first].id) in ids:
            raise ZeroDivisionError
        return await look_at(connection, ids)

    monkeypatch.setattr("app.redemptions.expire.look_at", broken)
    await sweep_holds(NOW + 5 * SECOND)
    assert await states(first, [held[first]]) == ["HELD"]
    assert await states(last, [held[last]]) == ["EXPIRED"]
