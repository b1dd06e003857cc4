"""What the tests of holds share: holds, a clock that moves, budgets, balances, and what became of all of them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.database import connect, execute, fetch
from app.engine.budget import Budget
from app.engine.cart import Cart, Line
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.period import Period
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.points_payment import PointsPayment
from app.problem import Problems
from app.redemptions.confirm import confirm
from app.redemptions.expire import expire_holds
from app.redemptions.requests import Answer
from app.redemptions.till import Till
from app.redemptions.values import Redemption
from tests.conftest import NOW
from tests.redemptions.shop import a_caller, a_campaign, a_voucher, asking, redemption
from tests.wallets.balances import added

QUARTER = timedelta(minutes=15)
THEN = NOW + QUARTER  # when a hold is over
SOON = NOW + timedelta(minutes=5)
SMALLER = Cart("EUR", (Line(1, 3000, sku="SHIRT"),), shipping=500)
BIGGER = Cart("EUR", (Line(5, 3000, sku="SHIRT"), Line(1, 4000, sku="SHOE")))
GIFT = Offer(1, None, GiftBalance())
CARD = Offer(1, None, PointsPayment(100, Money(100, "EUR")))
ROOMY = Limits(per_voucher=9, per_customer=9, per_campaign=9)


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def a_till_by(clock: Clock) -> AsyncIterator[Till]:
    """An open till with that clock."""
    till = Till(clock=clock)
    await till.start()
    try:
        yield till
    finally:
        await till.close()


async def a_hold(till: Till, project: UUID, *codes: str, **more: Any) -> Redemption:
    """A hold of these codes on CART, for a quarter of an hour unless `hold_for` says otherwise."""
    more.setdefault("hold_for", QUARTER)
    return redemption(await till.redeem(asking(project, *codes, **more)))


async def confirmed(project: UUID, hold: UUID, now: datetime = SOON, **more: Any) -> Answer | Problems:
    """What a server hears that confirms a hold, or the `caller` that is given."""
    return await confirm(more.pop("caller", a_caller(project)), hold, now=now, **more)


async def a_gift_card(project: UUID, code: str, amount: int, expires_at: datetime | None = None) -> UUID:
    """A code that pays with so much money."""
    voucher = await a_voucher(project, await a_campaign(project, f"Gift {code}", promise=GIFT), code)
    await added(project, voucher, amount, expires_at)
    return voucher


async def a_points_card(project: UUID, code: str, points: int) -> UUID:
    """A code that pays with so many points, 100 for one euro."""
    voucher = await a_voucher(project, await a_campaign(project, f"Card {code}", promise=CARD), code)
    await added(project, voucher, points, unit="points")
    return voucher


async def budgeted(project: UUID, campaign: UUID, *budgets: Budget) -> None:
    """Give the campaign these budgets."""
    await execute(
        "UPDATE campaigns SET budgets = $3 WHERE project_id = $1 AND id = $2",
        *(project, campaign, [budget.to_json() for budget in budgets]),
    )


def daily(measure: Measure, most: int, per: Scope = Scope.CAMPAIGN, period: Period = Period.DAY) -> Budget:
    """A budget of a day, in euros where it is money."""
    return Budget(measure, per, period, most, "EUR" if measure.is_money else None)


async def expire(project: UUID, now: datetime, most: int = 500) -> int:
    """Expire what is over, on a connection of its own."""
    connection = await connect()
    try:
        return await expire_holds(connection, [project], now, most)
    finally:
        await connection.close()


async def used(project: UUID) -> list[tuple[str, str, int]]:
    """Scope, measure and count of each counter, sorted; the locks of pasts left out."""
    rows = await fetch(
        "SELECT scope, measure, used FROM counters WHERE project_id = $1 AND scope <> 'past' ORDER BY 1, 2, 3",
        project,
    )
    return [tuple(row) for row in rows]


async def told(project: UUID, *kinds: str) -> list[tuple[str, Redemption]]:
    """Kind and redemption of the project's events of these kinds, in order."""
    rows = await fetch(
        "SELECT kind, payload FROM events WHERE project_id = $1 AND kind = ANY ($2::text[]) ORDER BY position",
        *(project, list(kinds)),
    )
    return [(row["kind"], Redemption.from_json(row["payload"])) for row in rows]


async def events(project: UUID) -> list[str]:
    """The kinds of the project's events about redemptions and holds, in order."""
    rows = await fetch(
        "SELECT kind FROM events WHERE project_id = $1 AND (kind LIKE 'REDEMPTION%' OR kind LIKE 'HOLD%')"
        " ORDER BY position",
        project,
    )
    return [row["kind"] for row in rows]


async def states(project: UUID, redemptions: Sequence[Redemption]) -> list[str]:
    """The states of redemptions as the ledger has them."""
    rows = await fetch("SELECT id, state FROM redemptions WHERE project_id = $1", project)
    found = {row["id"]: row["state"] for row in rows}
    return [found[one.id] for one in redemptions]
