"""The pulse of a campaign: what the ledger has, minute by minute; its limits and budgets are those of the counters."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app.database import fetch
from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.period import Period
from app.engine.rewards.amount_off import AmountOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.till import Till
from app.reports.pulse import points, take_pulse
from app.reports.pulse_values import Amounts, Beat, Pulse, PulseOf, PulseWindow
from tests.conftest import NOW, Statements
from tests.redemptions.holds import BIGGER, Clock, a_hold, a_till_by, budgeted, daily
from tests.redemptions.shop import a_campaign, a_voucher, asking, redemption, refusal
from tests.reports.kept_up import keep_up

MINUTE = timedelta(minutes=1)
WARSAW = "Europe/Warsaw"


@dataclass
class Stall:
    """A main campaign with a limit, a sub-campaign of it with budgets; 5.00 off orders of 20.00 and more."""

    project: UUID
    main: UUID
    sub: UUID
    till: Till
    clock: Clock

    async def sells(self, **more: Any) -> UUID:
        return redemption(await self.till.redeem(asking(self.project, "FIVE", **more))).id

    async def refuses(self, *codes: str, **more: Any) -> None:
        refusal(await self.till.redeem(asking(self.project, *codes, **more)))

    async def pulse(self, window: PulseWindow = PulseWindow.FIVE_MINUTES, *, main: bool = False) -> Pulse:
        campaign = self.main if main else self.sub
        return await take_pulse(PulseOf(self.project, campaign, main, window, WARSAW), self.clock.now)


@pytest_asyncio.fixture
async def stall(project: UUID) -> AsyncIterator[Stall]:
    main = await a_campaign(project, "Main", is_main=True, max_redemptions=100)
    five = Offer(1, MinimumSpend(Money(2000, "EUR")), AmountOff(Money(500, "EUR")), Limits(per_campaign=8))
    sub = await a_campaign(project, "Sub", promise=five, main_id=main)
    await budgeted(project, sub, daily(Measure.DISCOUNT, 5000), daily(Measure.POINTS, 10, period=Period.WEEK))
    await a_voucher(project, sub, "FIVE")
    clock = Clock()
    async with a_till_by(clock) as till:
        yield Stall(project, main, sub, till, clock)


async def test_it_counts_what_the_ledger_has_in_the_minute_in_which_it_happened(stall: Stall) -> None:
    first = await stall.sells()
    stall.clock.now += 2 * MINUTE
    second = await stall.sells(cart=BIGGER)
    await stall.refuses("FIVE", "NOTHING")
    stall.clock.now += MINUTE
    await roll_back(stall.project, first, now=stall.clock.now)
    await roll_back(stall.project, second, now=stall.clock.now, lines=[Units(0, 1)])
    await keep_up(stall.project)
    pulse = await stall.pulse()
    assert [start - stall.clock.now for start in pulse.starts] == [
        -5 * MINUTE + one * MINUTE for one in range(6)
    ]
    sold = Beat(1, amounts={"EUR": Amounts(10_000, 500)})
    came_back = {"EUR": Amounts(0, 0, 13_000, 500 + 79)}
    assert pulse.beats == (
        *(Beat(), Beat(), sold, Beat()),
        Beat(1, 0, 0, amounts={"EUR": Amounts(19_000, 500)}),
        Beat(rollbacks=1, amounts=came_back),
    )
    assert pulse.whole == sum(pulse.beats, Beat())
    assert pulse.length == 5 * MINUTE


async def test_refusals_are_told_by_reason_the_most_frequent_first(stall: Stall) -> None:
    tiny = Cart("EUR", (Line(1, 1500),))
    for _ in range(8):
        await stall.sells()
    await stall.refuses("FIVE", cart=tiny)
    await stall.refuses("FIVE")
    await stall.refuses("FIVE", "NOTHING", cart=tiny)
    await stall.refuses("NOTHING")
    await keep_up(stall.project)
    pulse = await stall.pulse()
    assert (pulse.whole.redemptions, pulse.whole.rejected) == (8, 3), "a code of the campaign had a reason"
    by_ledger = await fetch(
        "SELECT reason ->> 'code', count(*) FROM rejected_vouchers v, json_array_elements(v.reasons) AS reason"
        " WHERE v.project_id = $1 AND v.campaign_id = $2 GROUP BY 1 ORDER BY 2 DESC, 1",
        *(stall.project, stall.sub),
    )
    assert pulse.reasons == tuple(map(tuple, by_ledger))
    assert pulse.reasons[0] == ("CAMPAIGN_LIMIT_REACHED", 3)
    assert dict(pulse.reasons)["MINIMUM_SPEND_NOT_REACHED"] == 2


async def test_the_window_slides_and_forgets(stall: Stall) -> None:
    await stall.sells()
    await keep_up(stall.project)
    for window, kept in ((PulseWindow.FIVE_MINUTES, 5), (PulseWindow.HOUR, 60), (PulseWindow.DAY, 24 * 60)):
        stall.clock.now = NOW + kept * MINUTE
        assert (await stall.pulse(window)).whole.redemptions == 1, window
        stall.clock.now += MINUTE if window is not PulseWindow.DAY else timedelta(hours=1)
        assert (await stall.pulse(window)).whole.redemptions == 0, window


async def test_a_main_campaign_has_what_its_sub_campaigns_have(stall: Stall) -> None:
    await stall.sells()
    await keep_up(stall.project)
    sub, main = await stall.pulse(), await stall.pulse(main=True)
    assert (sub.beats, sub.of.campaign) == (main.beats, stall.sub)
    assert [one.campaign for one in main.ceilings] == [stall.main]


async def test_limits_and_budgets_of_the_campaign_and_its_main_campaign_burn_down(stall: Stall) -> None:
    await stall.sells()
    stall.clock.now += 4 * MINUTE
    await stall.sells()
    await a_hold(stall.till, stall.project, "FIVE")
    await keep_up(stall.project)
    stall.clock.now += MINUTE
    told = [
        (one.campaign, one.measure.value, one.most, one.used, one.left, one.moved, one.currency)
        for one in (await stall.pulse()).ceilings
    ]
    assert told == [
        (stall.sub, "REDEMPTIONS", 8, 3, 5, 2, None),
        (stall.sub, "DISCOUNT", 5000, 1500, 3500, 1000, "EUR"),
        (stall.sub, "POINTS", 10, 0, 10, None, None),
        (stall.main, "REDEMPTIONS", 100, 3, 97, 2, None),
    ]
    [day, week] = [one.renews_at for one in (await stall.pulse()).ceilings if one.renews_at]
    assert day == datetime(2026, 6, 1, 22, tzinfo=UTC)
    assert week == datetime(2026, 6, 7, 22, tzinfo=UTC)


async def test_another_project_s_figures_are_not_in_it(stall: Stall, another_project: UUID) -> None:
    await stall.sells()
    await keep_up(stall.project)
    foreign = PulseOf(another_project, stall.sub, False, PulseWindow.HOUR, WARSAW)
    found = await take_pulse(foreign, NOW)
    assert (found.whole, found.reasons, found.ceilings) == (Beat(), (), ())


async def test_it_costs_five_statements(stall: Stall, statements: Statements) -> None:
    await stall.sells()
    await keep_up(stall.project)
    with statements.counted() as sent:
        await stall.pulse(PulseWindow.DAY)
    assert len(sent) == 5


@pytest.mark.parametrize(
    ("zone", "now", "first", "last"),
    [
        ("Europe/Warsaw", "2026-06-01T12:34:56", "2026-05-31T12:00", "2026-06-01T12:00"),
        ("Asia/Kolkata", "2026-06-01T12:34:56", "2026-05-31T12:30", "2026-06-01T12:30"),
        ("Europe/Warsaw", "2026-10-25T12:00:00", "2026-10-24T12:00", "2026-10-25T12:00"),
    ],
)
def test_the_hours_of_a_day_are_those_of_the_zone_s_clocks(
    zone: str, now: str, first: str, last: str
) -> None:
    of = PulseOf(UUID(int=1), UUID(int=2), False, PulseWindow.DAY, zone)
    found = points(of, datetime.fromisoformat(now).replace(tzinfo=UTC))
    assert len(found) == 25
    assert [one.isoformat()[:16] for one in (found[0], found[-1])] == [first, last]
