"""Holds that are over are given back by the till before it judges anybody, and swept when nobody comes."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.database import fetch
from app.redemptions.expire import HoldsExpired
from app.redemptions.sweep import sweep_holds
from app.redemptions.till import Till
from app.redemptions.timings import Cause
from tests.conftest import NOW, Statements
from tests.redemptions.holds import THEN, Clock, a_hold, a_till_by, events, told
from tests.redemptions.shop import (
    Tally,
    a_campaign,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    counters,
    granted,
    redemption,
    rush,
    tally,
)
from tests.redemptions.test_timings import Recorder, watched

_STATES = "SELECT state, count(*) FROM redemptions WHERE project_id = $1 GROUP BY state"


async def states(project: UUID) -> dict[str, int]:
    """How many redemptions of the project are in each state."""
    return dict(await fetch(_STATES, project))  # type: ignore[arg-type]  # rows of two columns are pairs


async def test_a_batch_gives_back_what_holds_reserved_for_too_long_and_is_no_clash(project: UUID) -> None:
    voucher = await a_voucher(project, await a_campaign(project), "RUSH", max_redemptions=3)
    clock, watch = Clock(), Recorder()
    async with a_till_by(clock) as till:
        till._watch = watch
        for _ in range(3):
            await a_hold(till, project, "RUSH")
        clock.now = THEN
        answers = await rush([till], [asking(project, "RUSH") for _ in range(5)])
        assert (len(granted(answers)), till.batches, till.redone) == (3, 4, 0)
    assert (watch.causes, watch.left) == (Counter(), Counter())
    assert await states(project) == {"EXPIRED": 3, "REDEEMED": 3}
    assert await counters(project) == {("voucher", voucher, None): 3}
    # The holds were over before anybody was judged.
    assert Counter((await events(project))[3:6]) == Counter({"HOLD_EXPIRED": 3})
    await assert_counters_equal_ledger(project)


async def test_holds_that_go_on_expiring_do_not_keep_a_batch_for_ever(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "RUSH", max_redemptions=10)
    asked_the_time: list[datetime] = []

    def an_instant_later_each_time() -> datetime:
        asked_the_time.append(THEN + timedelta(seconds=len(asked_the_time)))
        return asked_the_time[-1]

    async with a_till_by(Clock()) as till:
        for second in range(5):
            await a_hold(till, project, "RUSH", hold_for=THEN - NOW + timedelta(seconds=second))
        till._clock = an_instant_later_each_time
        assert redemption(await till.redeem(asking(project, "RUSH"))).created_at == THEN
    assert asked_the_time == [THEN]
    assert await states(project) == {"EXPIRED": 1, "HELD": 4, "REDEEMED": 1}


async def test_more_holds_than_one_transaction_expires_are_expired_by_several(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_voucher(project, await a_campaign(project), "RUSH", max_redemptions=5)
    clock = Clock()
    async with a_till_by(clock) as till:
        for _ in range(5):
            await a_hold(till, project, "RUSH")
        clock.now = THEN
        monkeypatch.setattr("app.redemptions.expire.AT_ONCE", 2)
        redemption(await till.redeem(asking(project, "RUSH")))
    assert await states(project) == {"EXPIRED": 5, "REDEEMED": 1}


async def test_a_batch_that_meets_expired_holds_again_and_again_gives_up_as_after_any_clash(
    project: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def always_over(*_: object, **__: object) -> list[object]:
        raise HoldsExpired([project])

    watch = Recorder()
    monkeypatch.setattr("app.redemptions.till.settle", always_over)
    async with watched(watch) as till:
        with pytest.raises(HoldsExpired):
            await till.redeem(asking(project, "RUSH"))
    assert (watch.causes, watch.left) == (Counter({Cause.CLASH: 7}), Counter({Cause.CLASH: 1}))


async def test_where_nobody_comes_holds_are_swept_and_the_world_hears_of_it(
    project: UUID, another_project: UUID, till: Till
) -> None:
    for one in (project, another_project):
        await a_voucher(one, await a_campaign(one), "RUSH", max_redemptions=9)
        for minutes in (15, 15, 15, 16):
            await a_hold(till, one, "RUSH", hold_for=timedelta(minutes=minutes))
    await sweep_holds(THEN - timedelta(microseconds=1))
    assert await states(project) == {"HELD": 4}
    swept = await sweep_holds(THEN, at_once=2)
    assert swept >= 6  # there may be those of other tests
    for one in (project, another_project):
        assert await states(one) == {"EXPIRED": 3, "HELD": 1}
        assert len(await told(one, "HOLD_EXPIRED")) == 3
        assert await tally(one) == Tally(redemptions=4, rejected=0, uses=1, keys=4, events=4)
        await assert_counters_equal_ledger(one)


async def test_several_sweepers_and_a_till_meet_without_harm(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "RUSH", max_redemptions=20)
    clock = Clock()
    async with a_till_by(clock) as till:
        for _ in range(20):
            await a_hold(till, project, "RUSH")
        clock.now = THEN
        [*_, answers] = await asyncio.gather(
            *(sweep_holds(THEN, at_once=3) for _ in range(3)),
            rush([till], [asking(project, "RUSH") for _ in range(25)]),
        )
    assert isinstance(answers, list)
    assert len(granted(answers)) == 20
    assert await states(project) == {"EXPIRED": 20, "REDEEMED": 20}
    assert len(await told(project, "HOLD_EXPIRED")) == 20
    await assert_counters_equal_ledger(project)


async def test_a_sweep_that_finds_nothing_is_one_look(project: UUID, statements: Statements) -> None:
    assert project
    with statements.counted() as sent:
        assert await sweep_holds(NOW - timedelta(days=9_000)) == 0
    assert len(sent) == 1
