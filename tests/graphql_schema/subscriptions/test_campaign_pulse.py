"""campaignPulse: what a dashboard sees of a campaign, exactly, at once and at every change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from app import ids
from app.database import execute
from app.engine.counter import Measure
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.events.cursor import BEGINNING, Cursor
from app.redemptions.roll_back import roll_back
from app.reports.pulse_board import PulseBoard
from tests.conftest import NOW, Statements
from tests.graphql_schema.asking import PROCESS, a_caller, followed
from tests.graphql_schema.shop import a_cart, redeem
from tests.graphql_schema.subscriptions.following import PATIENCE_SECONDS, refusal_of
from tests.redemptions.holds import Clock, budgeted, daily
from tests.redemptions.shop import a_campaign, a_voucher
from tests.reports.kept_up import keep_up

pytestmark = pytest.mark.usefixtures("till")

PULSE = """subscription ($of: CampaignRef!, $window: PulseWindow! = FIVE_MINUTES) {
  campaignPulse(campaign: $of, window: $window) {
    cursor at since redemptions redemptionsPerMinute rollbacks rejectedRedemptions successRate validations conversion
    campaign { name }
    amounts {
      discount { amount currency } orderValue { amount } returnedDiscount { amount } returnedOrderValue { amount }
    }
    reasons { code attempts }
    points { startsAt redemptions rejectedRedemptions amounts { discount { amount } } }
    burnDowns {
      campaign { name } measure period most { count money { amount } } used { count money { amount } }
      left { count money { amount } } usedInWindow { count money { amount } } perMinute estimatedEnd
    }
  }
}"""
LITTLE = "subscription ($of: CampaignRef!) { campaignPulse(campaign: $of) { redemptions } }"


class Ledger:
    """Stands for the projector: a project's figures are kept up when the test says so, and the board hears of it."""

    def __init__(self, project: UUID) -> None:
        self._project = project
        self._kept: Cursor | None = None
        self._moved = asyncio.Event()

    async def keeps_up(self) -> None:
        self._kept = await keep_up(self._project, self._kept)
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def past(self, name: str, cursor: Cursor) -> Cursor:
        # The figures of one project stand at no place of the log, so a board that has just looked may look again.
        with suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await self._moved.wait()
        return self._kept or BEGINNING


@pytest_asyncio.fixture
async def ledger(project: UUID, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ledger]:
    """A board of its own, a minute after what is redeemed at NOW; Main has a limit, its Sub 5.00 off from 20.00 on."""
    made = Ledger(project)
    board = PulseBoard(made, clock=Clock(NOW + timedelta(minutes=1)), pause_seconds=0)
    monkeypatch.setattr(PROCESS, "pulses", board, raising=False)
    main = await a_campaign(project, "Main", is_main=True, max_redemptions=100)
    five = Offer(1, MinimumSpend(Money(2000, "EUR")), AmountOff(Money(500, "EUR")), Limits(per_campaign=8))
    sub = await a_campaign(project, "Sub", promise=five, main_id=main)
    await budgeted(project, sub, daily(Measure.DISCOUNT, 5000))
    await a_voucher(project, sub, "FIVE")
    yield made
    assert len(board) == 0, "nobody watches any more"


async def pulse_of(results: AsyncIterator[Any]) -> Any:
    async with asyncio.timeout(PATIENCE_SECONDS):
        result = await anext(results)
    assert not result.errors, result.errors
    return result.data["campaignPulse"]


async def sees(results: AsyncIterator[Any], redemptions: int) -> None:
    """Wait for so many. Counters are told as they are, so a pulse may tell of their use before that of figures."""
    while (await pulse_of(results))["redemptions"] != redemptions:
        pass


async def test_it_tells_exactly_what_happened(project: UUID, ledger: Ledger) -> None:
    caller = await a_caller(project)
    first = await redeem(caller, "FIVE", key="1", cart=a_cart("20.00"))
    for key in ("2", "3"):
        await redeem(caller, "FIVE", key=key, cart=a_cart("50.00"))
    await redeem(caller, "FIVE", key="4", cart=a_cart("19.99"))
    await roll_back(project, ids.read(first["result"]["id"])[1], now=NOW)
    await ledger.keeps_up()
    async with followed(caller, PULSE, of={"name": "Sub"}) as results:
        pulse = await pulse_of(results)
    assert Cursor.decode(pulse.pop("cursor")) >= BEGINNING
    points = pulse.pop("points")
    assert [point["startsAt"] for point in points] == [f"2026-06-01T11:5{at}:00Z" for at in (6, 7, 8, 9)] + [
        "2026-06-01T12:00:00Z",
        "2026-06-01T12:01:00Z",
    ]
    assert points[4] == {
        "startsAt": "2026-06-01T12:00:00Z",
        "redemptions": 3,
        "rejectedRedemptions": 1,
        "amounts": [{"discount": {"amount": "15.00"}}],
    }
    assert [point["redemptions"] for point in points] == [0, 0, 0, 0, 3, 0]
    burn_downs = pulse.pop("burnDowns")
    assert pulse == {
        "at": "2026-06-01T12:01:00Z",
        "since": "2026-06-01T11:56:00Z",
        "redemptions": 3,
        "redemptionsPerMinute": "0.6000",
        "rollbacks": 1,
        "rejectedRedemptions": 1,
        "successRate": "0.7500",
        "validations": 0,
        "conversion": None,
        "campaign": {"name": "Sub"},
        "amounts": [
            {
                "discount": {"amount": "15.00", "currency": "EUR"},
                "orderValue": {"amount": "120.00"},
                "returnedDiscount": {"amount": "5.00"},
                "returnedOrderValue": {"amount": "20.00"},
            }
        ],
        "reasons": [{"code": "MINIMUM_SPEND_NOT_REACHED", "attempts": 1}],
    }
    # Two of eight in five minutes: the six that are left last for fifteen.
    assert burn_downs[0] == {
        "campaign": {"name": "Sub"},
        "measure": "REDEMPTIONS",
        "period": "EVER",
        "most": {"count": 8, "money": None},
        "used": {"count": 2, "money": None},
        "left": {"count": 6, "money": None},
        "usedInWindow": {"count": 2, "money": None},
        "perMinute": "0.4000",
        "estimatedEnd": "2026-06-01T12:16:00Z",
    }
    assert burn_downs[1] == {
        "campaign": {"name": "Sub"},
        "measure": "DISCOUNT",
        "period": "DAY",
        "most": {"count": None, "money": {"amount": "50.00"}},
        "used": {"count": None, "money": {"amount": "10.00"}},
        "left": {"count": None, "money": {"amount": "40.00"}},
        "usedInWindow": {"count": None, "money": {"amount": "10.00"}},
        "perMinute": "2.0000",
        "estimatedEnd": "2026-06-01T12:21:00Z",
    }
    assert [(one["campaign"]["name"], one["left"]["count"]) for one in burn_downs[2:]] == [("Main", 98)]


async def test_it_is_pushed_at_every_change_and_its_main_campaign_has_it_too(
    project: UUID, ledger: Ledger
) -> None:
    caller = await a_caller(project)
    async with (
        followed(caller, PULSE, of={"name": "Sub"}) as sub,
        followed(caller, PULSE, of={"name": "Main"}, window="DAY") as main,
    ):
        assert [(await pulse_of(one))["redemptions"] for one in (sub, main)] == [0, 0]
        for redemptions in (1, 2):
            await redeem(caller, "FIVE", key=str(redemptions), cart=a_cart("20.00"))
            await ledger.keeps_up()
            await sees(sub, redemptions)
            await sees(main, redemptions)


async def test_a_hundred_who_watch_cost_one_computation_per_change(
    project: UUID, ledger: Ledger, statements: Statements
) -> None:
    caller = await a_caller(project)
    viewers = [followed(caller, LITTLE, of={"name": "Sub"}) for _ in range(100)]
    opened = [await viewer.__aenter__() for viewer in viewers]
    assert [(await pulse_of(one))["redemptions"] for one in opened] == [0] * 100
    await redeem(caller, "FIVE", key="1", cart=a_cart("20.00"))
    with statements.counted() as sent:
        await ledger.keeps_up()
        for one in opened:
            await sees(one, 1)
    assert 1 <= len([text for text in sent if "FROM report_figures" in text]) <= 4, "not a hundred"
    for viewer in viewers:
        await viewer.__aexit__(None, None, None)


async def test_what_validated_and_then_redeemed_is_its_conversion(project: UUID, ledger: Ledger) -> None:
    caller = await a_caller(project)
    await redeem(caller, "FIVE", key="1", cart=a_cart("20.00"))
    await ledger.keeps_up()
    changed = await execute(
        "UPDATE report_figures SET validations_granted = 3, validations_rejected = 2 WHERE project_id = $1",
        project,
    )
    assert changed != "UPDATE 0"
    async with followed(caller, PULSE, of={"name": "Sub"}) as results:
        pulse = await pulse_of(results)
    assert (pulse["validations"], Decimal(pulse["conversion"])) == (5, Decimal("0.3333"))


async def test_a_campaign_that_is_not_there_is_refused(
    project: UUID, another_project: UUID, ledger: Ledger
) -> None:
    there = await a_campaign(another_project, "Elsewhere")
    caller = await a_caller(project)
    for given in ({"name": "Elsewhere"}, {"id": ids.show(ids.CAMPAIGN, there)}):
        assert await refusal_of(caller, LITTLE, of=given) == (
            "BAD_USER_INPUT",
            "There is no such campaign, so there is nothing to follow.",
        )
