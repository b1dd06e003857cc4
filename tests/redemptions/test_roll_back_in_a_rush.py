"""Rolling back in a rush: whatever comes back while others redeem, everything adds up when it is quiet again."""

import asyncio
import random
from collections import Counter
from decimal import Decimal
from uuid import UUID

from app.database import fetch
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.period import Period
from app.engine.rewards.percent_off import PercentOff
from app.engine.rules.minimum_spend import MinimumSpend
from app.redemptions.audit import audit
from app.redemptions.read import by_ids
from app.redemptions.requests import CustomerRef, RolledBack
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.redemptions.holds import a_gift_card, a_points_card
from tests.redemptions.shop import (
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    granted,
    problems,
    rush,
    tills,
)

SHIRT = Units(0, 1)
POLICIES = list(RollbackPolicy)


async def discounts(project: UUID) -> int:
    """How far the counter of the campaign's discounts has counted."""
    [row] = await fetch("SELECT used FROM counters WHERE project_id = $1 AND measure = 'DISCOUNT'", project)
    return int(row["used"])


async def test_never_more_comes_back_than_there_is_while_others_redeem(project: UUID) -> None:
    budget = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.EVER, 60_00, "EUR")
    campaign = await a_campaign(project, budgets=(budget,))
    await a_voucher(project, campaign, "ONE", max_redemptions=40)
    async with tills(2, size=4) as opened:
        made = granted(await rush(opened, [asking(project, "ONE") for _ in range(10)]))
        returns = [roll_back(project, one.id, now=NOW, lines=[SHIRT]) for one in made[:5] for _ in range(3)]
        redeeming = rush(opened, [asking(project, "ONE") for _ in range(20)])
        answers, more = await asyncio.gather(asyncio.gather(*returns), redeeming)
    # Each cart has two shirts: the third return of each is refused.
    assert sum(isinstance(answer, RolledBack) for answer in answers) == 10
    refused = [problems(answer) for answer in answers if not isinstance(answer, RolledBack)]
    assert refused == [[("lines.0.quantity", "TOO_MANY_RETURNED")]] * 5
    # 10 x 5.00, less 10 x 1.50: room for two at once, three more when the returns were faster.
    assert 2 <= len(granted(more)) <= 5
    assert await discounts(project) == 50_00 - 15_00 + 5_00 * len(granted(more))
    await assert_counters_equal_ledger(project)


async def test_two_rush_for_the_last_unit_and_one_gets_it(project: UUID) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    async with tills() as opened:
        [made] = granted(await rush(opened, [asking(project, "ONE")]))
    answers = await asyncio.gather(
        *(roll_back(project, made.id, now=NOW, lines=[Units(1, 1)], policy=policy) for policy in POLICIES * 2)
    )
    assert Counter(isinstance(answer, RolledBack) for answer in answers) == {True: 1, False: 5}
    assert (await by_ids(project, [made.id]))[made.id].returned_subtotal == 40_00


async def test_stacks_come_back_in_any_parts_and_nothing_is_lost(project: UUID) -> None:
    budgets = (
        Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.MONTH, 500_00, "EUR"),
        Budget(Measure.ORDER_VALUE, Scope.CUSTOMER, Period.WEEK, 9_000_00, "EUR"),
    )
    main = await a_campaign(project, "Year", is_main=True, budgets=budgets, max_redemptions=500)
    rule = MinimumSpend(Money(60_00, "EUR"))
    promise = Offer(1, rule, PercentOff(Decimal("7.5")), Limits(per_customer=90, per_campaign=90))
    await a_voucher(project, await a_campaign(project, "A", promise=promise, main_id=main), "PART")
    await a_voucher(project, await a_campaign(project, "B", main_id=main), "FIVE", max_redemptions=60)
    gift = await a_gift_card(project, "GIFT", 900_00)
    card = await a_points_card(project, "CARD", 90_000)
    ada = CustomerRef(id=await a_customer(project))
    dice = random.Random(4811)  # noqa: S311 - dice, not secrets
    codes = ["PART", "FIVE", "GIFT", "CARD"]
    asked = [asking(project, *dice.sample(codes, dice.randint(1, 4)), customer=ada) for _ in range(24)]
    async with tills(2, size=4) as opened:
        made = granted(await rush(opened, asked[:12]))
        later, _ = await asyncio.gather(rush(opened, asked[12:]), parts(project, made, dice))
    made += granted(later)
    assert len(made) > 12
    await parts(project, made, dice)
    await assert_counters_equal_ledger(project)
    assert (await audit(project)).drift == 0
    for one in made:
        await roll_back(project, one.id, now=NOW)
    ended = await by_ids(project, [one.id for one in made])
    assert {one.state for one in ended.values()} == {RedemptionState.ROLLED_BACK}
    for one in ended.values():
        assert sum(rollback.refund for rollback in one.rollbacks) == one.total
        assert min(rollback.refund for rollback in one.rollbacks) >= 0
    rows = await fetch("SELECT used FROM counters WHERE project_id = $1 AND scope <> 'past'", project)
    assert {row["used"] for row in rows} == {0}
    left = await fetch("SELECT voucher_id, amount_left FROM balance_buckets WHERE project_id = $1", project)
    assert {row["voucher_id"]: row["amount_left"] for row in left} == {gift: 900_00, card: 90_000}
    assert (await audit(project)).drift == 0


async def parts(project: UUID, made: list[Redemption], dice: random.Random) -> None:
    """Single units of these redemptions come back all at once, under any policy; what is not there is refused."""
    returns = [
        roll_back(
            project, one.id, now=NOW, lines=[Units(dice.randint(0, 1), 1)], policy=dice.choice(POLICIES)
        )
        for one in made
        for _ in range(2)
    ]
    for answer in await asyncio.gather(*returns):
        if not isinstance(answer, RolledBack):
            [(_, code)] = problems(answer)
            assert code in {"TOO_MANY_RETURNED", "ALREADY_ROLLED_BACK"}
