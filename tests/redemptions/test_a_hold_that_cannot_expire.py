"""A hold that cannot be expired, because of a fault of ours, goes on counting and stops nobody."""

from datetime import timedelta
from uuid import UUID

import pytest

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
