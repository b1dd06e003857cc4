"""Regulars: customers who, by chance but always the same, buy in two currencies, hold, pay with gifts, bring back."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from app.database import fetch
from app.engine.cart import Cart, Line
from app.engine.offer import Offer
from app.engine.rewards.percent_off import PercentOff
from app.redemptions.read import by_ids
from app.redemptions.requests import Answer, CustomerRef
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import Rollback, RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from tests.redemptions.holds import Clock, a_gift_card, a_points_card, confirmed
from tests.redemptions.shop import a_campaign, a_customer, a_voucher, asking, offer

STEP = timedelta(minutes=47)
CATEGORIES = ("shirts", "shoes", "Shoes", "hats", "żółte")
CODES = {"EUR": ("TEN", "FIVE", "GIFT", "CARD"), "JPY": ("TEN", "YEN")}


async def a_season(
    project: UUID, till: Till, clock: Clock, attempts: int, seed: int
) -> dict[UUID, list[Redemption]]:
    """All redemptions of each customer as they stand in the end, holds and what was given up included."""
    chance = Random(seed)  # noqa: S311 - the same season every time
    ten = await a_campaign(project, "Ten", promise=Offer(1, None, PercentOff(Decimal(10))))
    await a_voucher(project, ten, "TEN")
    await a_voucher(project, await a_campaign(project, "Five", promise=offer(500)), "FIVE")
    await a_voucher(project, await a_campaign(project, "Yen", promise=offer(300, currency="JPY")), "YEN")
    await a_gift_card(project, "GIFT", 60_000)
    await a_points_card(project, "CARD", 20_000)
    people = [await a_customer(project, f"regular {number}") for number in range(4)]
    for _ in range(attempts):
        clock.now += STEP
        cart = _cart(chance)
        answer = await till.redeem(
            asking(
                project,
                *chance.sample(CODES[cart.currency], chance.choice((1, 1, 2))),
                cart=cart,
                customer=CustomerRef(id=chance.choice(people)),
                hold_for=chance.choice((None, None, None, timedelta(hours=2))),
            )
        )
        assert isinstance(answer, Answer), answer
        clock.now += timedelta(minutes=1)
        if isinstance(answer.outcome, Redemption):
            await _go_on(project, answer.outcome, clock, chance)
    rows = await fetch("SELECT id FROM redemptions WHERE project_id = $1 ORDER BY id", project)
    made = await by_ids(project, [row["id"] for row in rows])
    return {customer: [one for one in made.values() if one.customer_id == customer] for customer in people}


def lines_lost(rollbacks: tuple[Rollback, ...], line: int) -> int:
    """The discount that rollbacks took back from a line."""
    return sum(one.discount for rollback in rollbacks for one in rollback.lines if one.line == line)


def _cart(chance: Random) -> Cart:
    currency = chance.choice(("EUR", "EUR", "JPY"))
    lines = [
        Line(
            chance.randint(1, 4),
            chance.choice((799, 1500, 2333, 4799)),
            categories=tuple(chance.choices(CATEGORIES, k=chance.randint(0, 3))),
        )
        for _ in range(chance.randint(1, 3))
    ]
    return Cart(currency, tuple(lines), shipping=chance.choice((0, 499)))


async def _go_on(project: UUID, made: Redemption, clock: Clock, chance: Random) -> None:
    """Two holds of three are confirmed; of half of all orders something comes back, of some everything."""
    if made.state is RedemptionState.HELD and chance.random() < 0.3:
        return
    if made.state is RedemptionState.HELD:
        await confirmed(project, made.id, clock.now)
    for _ in range(chance.choice((0, 0, 1, 2))):
        line = chance.randrange(len(made.cart.lines))
        lines = [Units(line, chance.randint(1, made.cart.lines[line].quantity))]
        policy = chance.choice(list(RollbackPolicy))
        # More than is left is refused, which changes nothing.
        await roll_back(
            project, made.id, now=clock.now, lines=chance.choice((lines, lines, None)), policy=policy
        )
