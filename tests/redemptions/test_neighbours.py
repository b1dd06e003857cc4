"""What is locked or over in one project is nothing that another one waits for."""

from functools import partial
from uuid import UUID

import asyncpg
import pytest

from app.database import connect
from app.redemptions import sweep
from app.redemptions.adjust import adjust
from app.redemptions.till import Till
from app.wallets.adjust import Adjustment
from app.wallets.values import Adjusted
from tests.redemptions.holds import THEN, a_gift_card, a_hold, states
from tests.redemptions.shop import a_campaign, a_voucher


async def test_an_adjustment_tidies_no_holds_of_other_projects(
    project: UUID, another_project: UUID, till: Till
) -> None:
    theirs, ours = sorted((project, another_project))
    await a_voucher(theirs, await a_campaign(theirs), "ONE")
    stuck = await a_hold(till, theirs, "ONE")
    gift = await a_gift_card(ours, "GIFT", 1000)
    over = await a_hold(till, ours, "GIFT")
    stranger = await connect()
    try:
        async with stranger.transaction():
            await stranger.execute("SELECT FROM redemptions WHERE id = $1 FOR UPDATE", stuck.id)
            removed = await adjust(ours, gift, Adjustment(-500, "EUR"), THEN)
    finally:
        await stranger.close()
    assert isinstance(removed, Adjusted)
    assert removed.available == 500
    assert await states(ours, [over]) == ["EXPIRED"]
    assert await states(theirs, [stuck]) == ["HELD"]


async def test_a_lock_in_one_project_keeps_no_other_from_being_swept(
    project: UUID, another_project: UUID, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "connect", partial(connect, lock_timeout="50"))
    theirs, ours = sorted((project, another_project))
    holds = {}
    for each in (theirs, ours):
        await a_voucher(each, await a_campaign(each), "ONE")
        holds[each] = await a_hold(till, each, "ONE")
    stranger = await connect()
    try:
        async with stranger.transaction():
            await stranger.execute("SELECT FROM redemptions WHERE id = $1 FOR UPDATE", holds[theirs].id)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await sweep.sweep_holds(THEN)
    finally:
        await stranger.close()
    assert await states(ours, [holds[ours]]) == ["EXPIRED"]
    assert await states(theirs, [holds[theirs]]) == ["HELD"]
