"""Rolling back by lines: exactly that part of uses, budgets and balances comes back, and never more than there is."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.campaigns.draft import update_campaign
from app.campaigns.values import CampaignChanges
from app.database import execute, fetch
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.period import Period
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.points_payment import PointsPayment
from app.engine.rules.minimum_spend import MinimumSpend
from app.redemptions.audit import audit
from app.redemptions.confirm import confirm
from app.redemptions.read import by_ids
from app.redemptions.requests import CustomerRef, RolledBack
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import ReturnedLine, RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from app.wallets.adjust import Adjustment, adjust_balance
from app.wallets.values import Adjusted
from tests.conftest import NOW
from tests.redemptions.holds import a_gift_card
from tests.redemptions.shop import (
    KEY,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    offer,
    problems,
    put,
    redemption,
    tally,
)

LATER = NOW + timedelta(days=40)
SHIRT, SHOE = Units(0, 1), Units(1, 1)
CLAW = RollbackPolicy.CLAW_BACK_IF_UNQUALIFIED


def done(answer: object) -> RolledBack:
    """The rollback, which the answer must be."""
    assert isinstance(answer, RolledBack), answer
    return answer


async def used(project: UUID) -> dict[tuple[str, str], int]:
    """How far each counter has counted, by scope and measure."""
    rows = await fetch("SELECT scope, measure, used FROM counters WHERE project_id = $1", project)
    return {(row["scope"], row["measure"]): row["used"] for row in rows if row["scope"] != "past"}


async def test_budgets_get_back_what_came_back_and_the_use_stays(project: UUID, till: Till) -> None:
    campaign = await a_campaign(
        project,
        promise=offer(per_customer=3),
        budgets=(
            Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.MONTH, 100_00, "EUR"),
            Budget(Measure.ORDER_VALUE, Scope.VOUCHER, Period.EVER, 900_00, "EUR"),
        ),
    )
    await a_voucher(project, campaign, "ONE")
    ask = asking(project, "ONE", customer=CustomerRef(id=await a_customer(project)))
    made = redemption(await till.redeem(ask))
    answer = done(await roll_back(project, made.id, now=LATER, lines=[SHIRT], reason="too wide"))
    assert answer.rollback is not None
    assert (answer.rollback.lines, answer.rollback.refund) == ((ReturnedLine(0, 1, (1_50,)),), 28_50)
    after = answer.redemption
    assert (after.state, after.rolled_back_at) == (RedemptionState.REDEEMED, None)
    assert (after.returned_subtotal, after.returned_discount) == (30_00, 1_50)
    assert await by_ids(project, [made.id]) == {made.id: after}
    [event] = await fetch(
        "SELECT payload FROM events WHERE project_id = $1 AND kind = 'REDEMPTION_ROLLED_BACK'", project
    )
    assert Redemption.from_json(event["payload"]) == after
    assert await used(project) == {
        ("customer", "REDEMPTIONS"): 1,
        ("campaign", "DISCOUNT"): 3_50,
        ("voucher", "ORDER_VALUE"): 70_00,
    }
    await assert_counters_equal_ledger(project)
    done(await roll_back(project, made.id, now=LATER))
    assert set((await used(project)).values()) == {0}


async def test_the_parts_give_back_what_was_paid_and_the_last_one_the_shipping(
    project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=1)
    made = redemption(await till.redeem(asking(project, "ONE")))
    first, last = [
        done(await roll_back(project, made.id, now=NOW, lines=lines)) for lines in ([SHIRT], [SHIRT, SHOE])
    ]
    rollbacks = last.redemption.rollbacks
    assert rollbacks == (first.rollback, last.rollback)
    assert [rollback.refund for rollback in rollbacks] == [28_50, 71_50]
    assert made.total == 100_00
    assert last.redemption.state is RedemptionState.ROLLED_BACK
    assert problems(await roll_back(project, made.id, now=NOW, lines=[SHOE])) == [
        ("redemption", "ALREADY_ROLLED_BACK")
    ]
    redemption(await till.redeem(asking(project, "ONE")))


async def test_a_code_that_is_clawed_back_can_be_used_again(project: UUID, till: Till) -> None:
    strict = offer(10_00, rule=MinimumSpend(Money(80_00, "EUR")), per_campaign=9)
    budgets = (Budget(Measure.ORDER_VALUE, Scope.CAMPAIGN, Period.DAY, 900_00, "EUR"),)
    main = await a_campaign(project, "Year", is_main=True, budgets=budgets)
    await a_voucher(
        project, await a_campaign(project, "A", promise=strict, main_id=main), "BIG", max_redemptions=1
    )
    await a_voucher(project, await a_campaign(project, "B", main_id=main), "ANY", max_redemptions=1)
    made = redemption(await till.redeem(asking(project, "BIG", "ANY")))
    assert [code.discount for code in made.vouchers] == [10_00, 5_00]
    # The offer of today asks for nothing; the one that was granted then does.
    await execute("UPDATE campaigns SET state = 'ENDED' WHERE project_id = $1", project)
    answer = done(await roll_back(project, made.id, now=LATER, lines=[SHOE], policy=CLAW))
    big, any_ = answer.redemption.vouchers
    assert (big.returned_discount, big.given_back) == (10_00, True)
    assert (any_.returned_discount, any_.given_back) == (2_00, False)
    assert answer.rollback is not None
    assert answer.rollback.refund == 40_00 - 12_00
    await assert_counters_equal_ledger(project)
    rows = await fetch("SELECT scope, measure, used FROM counters WHERE project_id = $1", project)
    assert sorted((row["scope"], row["measure"], row["used"]) for row in rows) == [
        ("campaign", "ORDER_VALUE", 60_00),  # of the main campaign: the other code still counts it, once
        ("campaign", "REDEMPTIONS", 0),
        ("voucher", "REDEMPTIONS", 0),
        ("voucher", "REDEMPTIONS", 1),
    ]


async def test_the_offer_that_was_granted_judges_and_not_the_one_of_today(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(rule=MinimumSpend(Money(80_00, "EUR"))))
    await a_voucher(project, campaign, "ONE")
    made = redemption(await till.redeem(asking(project, "ONE")))
    await update_campaign(project, campaign, CampaignChanges(offer=offer(1)), None, KEY, NOW)
    for policy in (RollbackPolicy.RECALCULATE, CLAW):
        answer = done(await roll_back(project, made.id, now=LATER, lines=[SHIRT], policy=policy))
        assert answer.redemption.returned_discount == 5_00
        assert answer.redemption.vouchers[0].given_back


async def test_a_gift_balance_gets_back_what_it_paid_for_the_part(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=Offer(1, None, GiftBalance()))
    gift = await a_voucher(project, campaign, "GIFT")
    assert isinstance(await adjust_balance(project, gift, Adjustment(50_00, "EUR"), NOW), Adjusted)
    made = redemption(await till.redeem(asking(project, "GIFT")))
    assert (made.discount, made.vouchers[0].spent) == (50_00, 50_00)
    answer = done(await roll_back(project, made.id, now=LATER, lines=[SHIRT]))
    assert answer.redemption.vouchers[0].returned_spent == 15_00
    assert await balance(project, gift) == 15_00
    await roll_back(project, made.id, now=LATER)
    assert await balance(project, gift) == 50_00
    rows = await fetch("SELECT deed, amount FROM postings WHERE voucher_id = $1 ORDER BY id", gift)
    assert [tuple(row) for row in rows] == [
        ("ISSUE", 50_00),
        ("SPEND", 50_00),
        ("REFUND", 15_00),
        ("REFUND", 35_00),
    ]


async def test_points_come_back_in_proportion_and_the_rest_at_the_end(project: UUID, till: Till) -> None:
    reward = PointsPayment(points=100, worth=Money(7_00, "EUR"))
    budgets = (Budget(Measure.POINTS, Scope.CAMPAIGN, Period.YEAR, 10_000),)
    campaign = await a_campaign(project, promise=Offer(1, None, reward), budgets=budgets)
    card = await a_voucher(project, campaign, "CARD")
    assert isinstance(await adjust_balance(project, card, Adjustment(350, "points"), NOW), Adjusted)
    made = redemption(await till.redeem(asking(project, "CARD")))
    assert (made.discount, made.vouchers[0].spent) == (21_00, 300)
    spent = []
    for lines in ([SHIRT], [SHOE], None):
        answer = done(await roll_back(project, made.id, now=NOW, lines=lines))
        spent.append(answer.redemption.vouchers[0].returned_spent)
        assert await used(project) == {("campaign", "POINTS"): 300 - spent[-1]}
    assert spent == [90, 210, 300]
    assert await balance(project, card) == 350


async def test_the_same_key_gets_the_same_rollback_again(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    made = redemption(await till.redeem(asking(project, "ONE")))
    answers = await asyncio.gather(
        *(roll_back(project, made.id, now=NOW, lines=[SHIRT], idempotency_key="k") for _ in range(4))
    )
    first = next(one for one in map(done, answers) if not one.replayed)
    assert {done(one).rollback for one in answers} == {first.rollback}
    done(await roll_back(project, made.id, now=NOW, lines=[SHIRT], idempotency_key="l"))
    again = done(await roll_back(project, made.id, now=NOW, lines=[SHIRT], idempotency_key="k"))
    assert (again.rollback, again.replayed, again.redemption.returned_subtotal) == (
        first.rollback,
        True,
        60_00,
    )
    for lines, policy in (([SHOE], RollbackPolicy.KEEP_SHARE), ([SHIRT], CLAW), (None, CLAW)):
        other = await roll_back(project, made.id, now=NOW, lines=lines, policy=policy, idempotency_key="k")
        assert problems(other) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]


async def test_a_faulty_return_changes_nothing(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=1)
    made = redemption(await till.redeem(asking(project, "ONE")))
    before = await tally(project)
    answer = await roll_back(project, made.id, now=NOW, lines=[Units(0, 3), Units(7, 1)], idempotency_key="k")
    assert problems(answer) == [("lines.0.quantity", "TOO_MANY_RETURNED"), ("lines.1.line", "NO_SUCH_LINE")]
    assert (await by_ids(project, [made.id]), await tally(project)) == ({made.id: made}, before)
    assert await used(project) == {("voucher", "REDEMPTIONS"): 1}


async def test_a_hold_is_not_rolled_back(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=1)
    hold = redemption(await till.redeem(asking(project, "ONE", hold_for=timedelta(minutes=5))))
    assert problems(await roll_back(project, hold.id, now=NOW)) == [("redemption", "NOT_REDEEMED")]
    assert await used(project) == {("voucher", "REDEMPTIONS"): 1}


async def test_what_a_confirmed_hold_paid_with_comes_back_like_any_other(project: UUID, till: Till) -> None:
    gift = await a_gift_card(project, "GIFT", 20_00)
    hold = redemption(await till.redeem(asking(project, "GIFT", hold_for=timedelta(minutes=5))))
    redemption(await confirm(a_caller(project), hold.id, now=NOW))
    answer = done(await roll_back(project, hold.id, now=LATER, lines=[SHOE]))
    assert (answer.redemption.returned_discount, await balance(project, gift)) == (8_00, 8_00)
    done(await roll_back(project, hold.id, now=LATER))
    assert await balance(project, gift) == 20_00
    assert (await audit(project)).drift == 0


async def test_a_period_gets_back_what_it_counted_though_it_is_over(project: UUID) -> None:
    late = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)  # in Warsaw August has begun
    budget = Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.MONTH, 10_00, "EUR")
    campaign = await a_campaign(project, budgets=(budget,), time_zone="Europe/Warsaw")
    await a_voucher(project, campaign, "ONE")
    till = Till(clock=lambda: late)
    await till.start()
    try:
        made = redemption(await till.redeem(asking(project, "ONE")))
        await put(project, campaign, "ENDED")
        done(await roll_back(project, made.id, now=late + timedelta(days=99), lines=[SHIRT]))
    finally:
        await till.close()
    [row] = await fetch("SELECT used, window_start FROM counters WHERE project_id = $1", project)
    assert tuple(row) == (3_50, datetime(2026, 7, 31, 22, 0, tzinfo=UTC))


async def balance(project: UUID, voucher: UUID) -> int:
    """What is left on the voucher."""
    [row] = await fetch(
        "SELECT sum(amount_left) AS amount FROM balance_buckets WHERE project_id = $1 AND voucher_id = $2",
        project,
        voucher,
    )
    return int(row["amount"])
