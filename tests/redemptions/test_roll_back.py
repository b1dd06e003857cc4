"""Rolling back as a whole: once, exactly what was counted. By lines: test_roll_back_by_lines.py."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.campaigns.draft import update_campaign
from app.campaigns.values import CampaignChanges
from app.database import connect, execute, fetch
from app.engine.rules.first_purchase import FirstPurchase
from app.ids import new_id
from app.problem import Problems
from app.redemptions.read import by_ids
from app.redemptions.requests import CustomerRef, RolledBack
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import ReturnedLine, Rollback, RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from app.vouchers.update import update_voucher
from app.vouchers.values import VoucherChanges
from tests.conftest import NOW
from tests.redemptions.shop import (
    KEY,
    Tally,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    assert_counters_equal_ledger,
    counters,
    offer,
    problems,
    put,
    reasons,
    redemption,
    tally,
)

LATER = NOW + timedelta(days=3)


async def test_a_redemption_is_undone_with_all_that_it_counted(project: UUID, till: Till) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=50)
    promise = offer(per_campaign=9, per_customer=5)
    campaign = await a_campaign(project, main_id=main, promise=promise)
    one = await a_voucher(project, campaign, "ONE", max_redemptions=4)
    two = await a_voucher(project, campaign, "TWO", max_redemptions=4)
    ada = await a_customer(project)
    ask = asking(project, "ONE", "TWO", customer=CustomerRef(id=ada))
    kept, made = [redemption(await till.redeem(ask)) for _ in range(2)]
    answer = await roll_back(project, made.id, now=LATER, reason="returned")
    assert isinstance(answer, RolledBack)
    undone = answer.redemption
    assert answer == RolledBack(undone, undone.rollbacks[0])
    assert replace(undone, vouchers=made.vouchers, rollbacks=()) == replace(
        made,
        state=RedemptionState.ROLLED_BACK,
        returned_subtotal=made.subtotal,
        returned_discount=made.discount,
        rolled_back_at=LATER,
        rollback_reason="returned",
    )
    assert undone.rollbacks == (
        Rollback(
            undone.rollbacks[0].id,
            RollbackPolicy.KEEP_SHARE,
            (ReturnedLine(0, 2, (300, 300)), ReturnedLine(1, 1, (200, 200))),
            subtotal=10_500,  # with the shipping
            discount=1_000,
            reason="returned",
            created_at=LATER,
        ),
    )
    assert undone.rollbacks[0].refund == made.total
    assert [(code.returned_discount, code.given_back) for code in undone.vouchers] == [(500, True)] * 2
    assert await by_ids(project, [kept.id, made.id]) == {kept.id: kept, made.id: undone}
    assert await counters(project) == {
        ("voucher", one, None): 1,
        ("voucher", two, None): 1,
        ("campaign", campaign, None): 2,
        ("campaign", main, None): 2,
        ("customer", campaign, ada): 2,
    }
    [event] = await fetch(
        "SELECT at, payload FROM events WHERE project_id = $1 AND kind = 'REDEMPTION_ROLLED_BACK'", project
    )
    assert (event["at"], Redemption.from_json(event["payload"])) == (LATER, undone)


async def test_the_use_can_be_had_again_also_after_the_campaign_has_ended(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(rule=FirstPurchase()))
    await a_voucher(project, campaign, "ONCE", max_redemptions=1)
    ask = asking(project, "ONCE", customer=CustomerRef(id=await a_customer(project)))
    made = redemption(await till.redeem(ask))
    await put(project, campaign, "ENDED")
    assert isinstance(await roll_back(project, made.id, now=LATER), RolledBack)
    await put(project, campaign, "LIVE")
    redemption(await till.redeem(ask))


async def test_it_is_undone_once(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=4)
    made = redemption(await till.redeem(asking(project, "ONE")))
    answers = await asyncio.gather(*(roll_back(project, made.id, now=NOW) for _ in range(8)))
    refused = [answer for answer in answers if isinstance(answer, Problems)]
    assert len(refused) == 7
    assert {one for answer in refused for one in problems(answer)} == {("redemption", "ALREADY_ROLLED_BACK")}
    assert list((await counters(project)).values()) == [0]
    assert await tally(project) == Tally(redemptions=1, rejected=0, uses=0, keys=1, events=2)


async def test_the_same_key_gets_the_first_answer_again(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=4)
    made, other = [redemption(await till.redeem(asking(project, "ONE"))) for _ in range(2)]
    answers = await asyncio.gather(
        *(roll_back(project, made.id, now=NOW, reason="r", idempotency_key="k") for _ in range(5))
    )
    assert sorted(isinstance(one, RolledBack) and one.replayed for one in answers) == [False] + [True] * 4
    assert {one.redemption.id for one in answers if isinstance(one, RolledBack)} == {made.id}
    for redemption_, reason in ((made.id, "other"), (other.id, "r")):
        again = await roll_back(project, redemption_, now=NOW, reason=reason, idempotency_key="k")
        assert problems(again) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]
    assert list((await counters(project)).values()) == [1]


async def test_one_key_for_two_redemptions_at_once_undoes_one(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    made = [redemption(await till.redeem(asking(project, "ONE"))) for _ in range(6)]
    answers = await asyncio.gather(
        *(roll_back(project, one.id, now=NOW, idempotency_key="k") for one in made)
    )
    assert sum(isinstance(answer, RolledBack) for answer in answers) == 1
    assert (await tally(project)).uses == 5


async def test_what_is_not_there_or_not_theirs_is_not_found(
    project: UUID, another_project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    made = redemption(await till.redeem(asking(project, "ONE", redemption_point="Kiosk")))
    for wall, id_, point in (
        (project, new_id(), None),
        (another_project, made.id, None),
        (project, made.id, "Shop"),
    ):
        answer = await roll_back(wall, id_, now=NOW, redemption_point=point)
        assert problems(answer) == [("redemption", "NOT_FOUND")]
    assert (await by_ids(project, [made.id]))[made.id] == made
    assert isinstance(await roll_back(project, made.id, now=NOW, redemption_point="Kiosk"), RolledBack)


async def test_faulty_texts_are_refused(project: UUID) -> None:
    answer = await roll_back(project, new_id(), now=NOW, reason="\0", idempotency_key="")
    assert problems(answer) == [("reason", "INVALID_TEXT"), ("idempotency_key", "REQUIRED")]


async def test_a_use_from_before_the_limit_is_given_back_too(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project)
    voucher = await a_voucher(project, campaign, "ONE")
    early = redemption(await till.redeem(asking(project, "ONE")))
    await execute("UPDATE vouchers SET max_redemptions = 2 WHERE id = $1", voucher)
    redemption(await till.redeem(asking(project, "ONE")))
    assert await counters(project) == {("voucher", voucher, None): 2}
    assert isinstance(await roll_back(project, early.id, now=NOW), RolledBack)
    await assert_counters_equal_ledger(project)
    redemption(await till.redeem(asking(project, "ONE")))
    assert await counters(project) == {("voucher", voucher, None): 2}


async def test_a_use_can_be_given_back_after_its_limits_have_changed(project: UUID, till: Till) -> None:
    main = await a_campaign(project, "Year", is_main=True, max_redemptions=50)
    campaign = await a_campaign(project, main_id=main, promise=offer(per_campaign=9, per_customer=5))
    voucher = await a_voucher(project, campaign, "ONE", max_redemptions=4)
    ask = asking(project, "ONE", customer=CustomerRef(id=await a_customer(project)))
    made, kept = [redemption(await till.redeem(ask)) for _ in range(2)]
    # Counters go with their limits, and these left and came back.
    await update_voucher(project, voucher, VoucherChanges(max_redemptions=2), NOW)
    for limit in (None, 50):
        await update_campaign(project, main, CampaignChanges(max_redemptions=limit), None, KEY, NOW)
    for promise in (offer(), offer(per_campaign=9, per_customer=5)):
        await update_campaign(project, campaign, CampaignChanges(offer=promise), None, KEY, NOW)
    assert isinstance(await roll_back(project, made.id, now=NOW), RolledBack)
    # What there is a limit for now has been counted anew, and one less.
    assert list((await counters(project)).values()) == [1, 1, 1, 1]
    redemption(await till.redeem(ask))
    assert reasons(await till.redeem(ask)) == ["VOUCHER_LIMIT_REACHED"]
    assert await tally(project) == Tally(redemptions=3, rejected=1, uses=2, keys=4, events=5)
    assert isinstance(await roll_back(project, kept.id, now=NOW), RolledBack)
    await assert_counters_equal_ledger(project)


async def test_a_rollback_that_met_a_deadlock_is_done_all_the_same(project: UUID, till: Till) -> None:
    campaign = await a_campaign(project, promise=offer(per_campaign=9))
    await a_voucher(project, campaign, "ONE", max_redemptions=4)
    made = redemption(await till.redeem(asking(project, "ONE")))
    rows = await fetch("SELECT id FROM counters WHERE project_id = $1 ORDER BY id", project)
    first, last = [row["id"] for row in rows]
    other = await connect()
    try:
        async with other.transaction():
            await other.execute(
                "SET LOCAL deadlock_timeout = '60s'"
            )  # it is the rollback that has to give way
            await other.execute("SELECT FROM counters WHERE id = $1 FOR UPDATE", last)
            undoing = asyncio.create_task(roll_back(project, made.id, now=NOW, idempotency_key="k"))
            done, _ = await asyncio.wait([undoing], timeout=0.2)
            assert not done
            await other.execute("SELECT FROM counters WHERE id = $1 FOR UPDATE", first)
            assert not undoing.done()
    finally:
        await other.close()
    answer = await undoing
    assert isinstance(answer, RolledBack)
    assert (answer.redemption.id, answer.replayed) == (made.id, False)
    assert list((await counters(project)).values()) == [0, 0]


async def test_two_redemption_points_may_use_one_key(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE")
    for point in ("Kiosk", "Shop", None):
        made = redemption(await till.redeem(asking(project, "ONE", redemption_point=point)))
        for replayed in (False, True):
            answer = await roll_back(
                project, made.id, now=NOW, idempotency_key="receipt 1", redemption_point=point
            )
            assert isinstance(answer, RolledBack)
            assert (answer.redemption.id, answer.replayed) == (made.id, replayed)
