"""A market: a week in which customers, by chance but always the same, use several codes, hold, confirm and return."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from app.database import fetch
from app.engine.cart import Cart, Line
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.period import Period
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.problem import Problems
from app.redemptions.release import release
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.holds import Clock, a_gift_card, a_points_card, budgeted, confirmed, daily
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking

STEP = timedelta(minutes=50)
CODES = ("TEN", "TEN", "FIVE", "FIVE", "FIVE", "FIRST", "SINGLE", "GIFT", "CARD", "NOBODY")
PRICES = (1500, 2333, 4799, 7001)


@dataclass
class Market:
    """The campaigns by name, and when the week began and ended."""

    starts: datetime
    ends: datetime = NOW
    campaigns: dict[str, UUID] = field(default_factory=dict)


async def a_week(project: UUID, till: Till, clock: Clock, attempts: int, seed: int = 7) -> Market:
    """A main campaign with two others under it, two that stand alone, balances, and what happens with all that."""
    market = Market(clock.now)
    market.campaigns = await _campaigns(project)
    people = [CustomerRef(id=await a_customer(project, f"customer {number}")) for number in range(9)]
    chance = Random(seed)  # noqa: S311 - the same week every time
    redeemed: list[Redemption] = []
    for _ in range(attempts):
        clock.now += STEP
        answer = await till.redeem(
            asking(
                project,
                *dict.fromkeys(chance.choices(CODES, k=chance.choice((1, 1, 2, 3)))),
                cart=_cart(chance),
                customer=chance.choice((*people, None)),
                hold_for=chance.choice((None, None, None, timedelta(hours=2))),
            )
        )
        assert isinstance(answer, Answer), answer
        if isinstance(answer.outcome, Redemption):
            redeemed.append(answer.outcome)
        clock.now += timedelta(minutes=1)
        if redeemed and chance.random() < 0.45:
            await _end(project, redeemed.pop(chance.randrange(len(redeemed))), clock.now, chance)
    clock.now += STEP
    market.ends = clock.now
    return market


async def net_discount(project: UUID, campaign: UUID, now: datetime) -> int:
    """What the ledger says the campaign costs: what was taken off, less what came back, of what was not given up."""
    [row] = await fetch(
        "SELECT coalesce(sum(v.discount - v.returned_discount), 0)::bigint AS discount"
        " FROM redemptions r JOIN redeemed_vouchers v ON v.project_id = r.project_id AND v.redemption_id = r.id"
        " WHERE r.project_id = $1 AND $2 IN (v.campaign_id, v.main_campaign_id)"
        " AND (r.state = 'REDEEMED' OR (r.state = 'HELD' AND r.expires_at > $3))",
        project,
        campaign,
        now,
    )
    return int(row["discount"])


async def granted_attempts(project: UUID, campaign: UUID) -> int:
    """How many redemptions and holds the campaign's codes were granted, whatever became of them."""
    [row] = await fetch(
        "SELECT count(DISTINCT v.redemption_id) AS attempts FROM redeemed_vouchers v"
        " WHERE v.project_id = $1 AND $2 IN (v.campaign_id, v.main_campaign_id)",
        project,
        campaign,
    )
    return int(row["attempts"])


async def refused_attempts(project: UUID, campaign: UUID) -> int:
    """How many attempts with the campaign's codes were refused."""
    [row] = await fetch(
        "SELECT count(DISTINCT v.rejected_redemption_id) AS attempts FROM rejected_vouchers v"
        " WHERE v.project_id = $1 AND $2 IN (v.campaign_id, v.main_campaign_id)",
        project,
        campaign,
    )
    return int(row["attempts"])


async def _campaigns(project: UUID) -> dict[str, UUID]:
    main = await a_campaign(project, "Main", is_main=True, max_redemptions=60)
    await budgeted(
        project, main, daily(Measure.DISCOUNT, 42_000, period=Period.EVER), daily(Measure.ORDER_VALUE, 60_000)
    )
    ten = Offer(1, None, PercentOff(Decimal(10)), Limits(per_campaign=45))
    five = Offer(1, MinimumSpend(Money(4000, "EUR")), AmountOff(Money(500, "EUR")), Limits(per_customer=5))
    first = Offer(1, FirstPurchase(), AmountOff(Money(1234, "EUR")))
    made = {
        "Main": main,
        "Ten": await a_campaign(project, "Ten", promise=ten, main_id=main),
        "Five": await a_campaign(project, "Five", promise=five, main_id=main),
        "First": await a_campaign(project, "First", promise=first),
        "Single": await a_campaign(project, "Single", max_redemptions=20),
    }
    await budgeted(project, made["Ten"], daily(Measure.DISCOUNT, 2500))
    await budgeted(
        project, made["Five"], daily(Measure.REDEMPTIONS, 3), daily(Measure.DISCOUNT, 800, Scope.CUSTOMER)
    )
    await a_voucher(project, made["Ten"], "TEN", max_redemptions=40)
    await a_voucher(project, made["Five"], "FIVE")
    await a_voucher(project, made["First"], "FIRST")
    await a_voucher(project, made["Single"], "SINGLE", max_redemptions=3)
    await a_gift_card(project, "GIFT", 30_000)
    await a_points_card(project, "CARD", 9000)
    return made


def _cart(chance: Random) -> Cart:
    lines = [Line(chance.randint(1, 3), price) for price in chance.sample(PRICES, chance.randint(1, 3))]
    return Cart("EUR", tuple(lines), shipping=chance.choice((0, 499)))


async def _end(project: UUID, made: Redemption, now: datetime, chance: Random) -> None:
    """A hold is confirmed or released, unless its time is over; of a redemption some or all of it comes back."""
    if made.state is RedemptionState.HELD:
        if made.expires_at is not None and made.expires_at <= now:
            return
        if chance.random() < 0.5:
            assert not isinstance(await release(project, made.id, now=now), Problems)
        else:
            assert not isinstance(await confirmed(project, made.id, now), Problems)
        return
    lines = None
    if chance.random() < 0.5:
        line = chance.randrange(len(made.cart.lines))
        lines = [Units(line, chance.randint(1, made.cart.lines[line].quantity))]
    policy = chance.choice(list(RollbackPolicy))
    assert not isinstance(await roll_back(project, made.id, now=now, lines=lines, policy=policy), Problems)
