"""Releasing: a hold is given up once, and everything it reserved is free at once."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app.ids import new_id
from app.redemptions.read import by_ids
from app.redemptions.release import release
from app.redemptions.requests import CustomerRef, Released
from app.redemptions.till import Till
from app.redemptions.values import RedemptionState
from tests.conftest import NOW, Statements
from tests.redemptions.holds import THEN, a_gift_card, a_hold, events, states, told, used
from tests.redemptions.shop import (
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    problems,
    redemption,
)
from tests.wallets.balances import entries, left

SOON = NOW + timedelta(minutes=5)


async def test_what_was_held_is_free_at_once(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONCE", max_redemptions=1)
    gift = await a_gift_card(project, "GIFT", 2000)
    held = await a_hold(till, project, "ONCE", "GIFT")
    answer = await release(project, held.id, now=SOON, reason="changed their mind")
    released = replace(
        held,
        state=RedemptionState.RELEASED,
        rollback_reason="changed their mind",
        vouchers=tuple([replace(code, given_back=True) for code in held.vouchers]),
    )
    assert answer == Released(released)
    assert await by_ids(project, [held.id]) == {held.id: released}
    assert await told(project, "HOLD_RELEASED") == [("HOLD_RELEASED", replace(released, facts=None))]
    assert await used(project) == [("voucher", "REDEMPTIONS", 0)]
    assert await left(project, gift) == [(2000, None)]
    assert await entries(project, gift) == [("ISSUE", 2000), ("HOLD", 2000), ("RELEASE", 2000)]
    redemption(await till.redeem(asking(project, "ONCE", "GIFT")))


async def test_it_is_released_once(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=4)
    held = await a_hold(till, project, "ONE")
    assert isinstance(await release(project, held.id, now=SOON), Released)
    assert problems(await release(project, held.id, now=SOON)) == [("redemption", "HOLD_RELEASED")]
    assert await used(project) == [("voucher", "REDEMPTIONS", 0)]
    assert await events(project) == ["REDEMPTION_HELD", "HOLD_RELEASED"]


async def test_the_same_key_gets_the_first_answer_and_another_input_is_refused(
    project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=4)
    held, other = [await a_hold(till, project, "ONE") for _ in range(2)]
    first = await release(project, held.id, now=SOON, idempotency_key="order 7", reason="gone")
    assert isinstance(first, Released)
    again = await release(project, held.id, now=THEN, idempotency_key="order 7", reason="gone")
    assert again == replace(first, replayed=True)
    for id_, reason in ((other.id, "gone"), (held.id, "lost")):
        answer = await release(project, id_, now=SOON, idempotency_key="order 7", reason=reason)
        assert problems(answer) == [("idempotency_key", "IDEMPOTENCY_KEY_REUSED")]
    assert await states(project, [held, other]) == ["RELEASED", "HELD"]


async def test_a_hold_that_is_over_is_expired_on_the_spot(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=4)
    held = await a_hold(till, project, "ONE")
    for _ in range(2):
        assert problems(await release(project, held.id, now=THEN)) == [("redemption", "HOLD_EXPIRED")]
    assert await states(project, [held]) == ["EXPIRED"]
    assert await used(project) == [("voucher", "REDEMPTIONS", 0)]
    assert await events(project) == ["REDEMPTION_HELD", "HOLD_EXPIRED"]


async def test_only_a_hold_can_be_released_by_whom_it_concerns(
    project: UUID, another_project: UUID, till: Till
) -> None:
    await a_voucher(project, await a_campaign(project), "ONE", max_redemptions=9)
    ada, bob = await a_customer(project, "ada"), await a_customer(project, "bob")
    held = await a_hold(till, project, "ONE", customer=CustomerRef(id=ada), redemption_point="till 1")
    bought = redemption(await till.redeem(asking(project, "ONE")))
    nothing = [("redemption", "NOT_FOUND")]
    assert problems(await release(another_project, held.id, now=SOON)) == nothing
    assert problems(await release(project, new_id(), now=SOON)) == nothing
    assert problems(await release(project, held.id, now=SOON, customer=bob)) == nothing
    assert problems(await release(project, held.id, now=SOON, redemption_point="till 2")) == nothing
    assert problems(await release(project, bought.id, now=SOON)) == [("redemption", "NOT_A_HOLD")]
    assert await states(project, [held, bought]) == ["HELD", "REDEEMED"]
    answer = await release(project, held.id, now=SOON, customer=ada, redemption_point="till 1")
    assert isinstance(answer, Released)


async def test_faulty_words_are_refused(project: UUID) -> None:
    answer = await release(project, new_id(), now=SOON, reason="x" * 501, idempotency_key="")
    assert problems(answer) == [("reason", "TOO_LONG"), ("idempotency_key", "REQUIRED")]


async def test_a_stack_of_codes_takes_as_many_statements_as_one(
    project: UUID, till: Till, statements: Statements
) -> None:
    campaign = await a_campaign(project)
    codes = [f"CODE{number}" for number in range(10)]
    for code in codes:
        await a_voucher(project, campaign, code, max_redemptions=9)
    counts = []
    for some in (codes[:1], codes):
        held = await a_hold(till, project, *some)
        with statements.counted() as sent:
            await release(project, held.id, now=SOON, idempotency_key=new_id().hex)
        counts.append(len(sent))
    assert counts == [8, 8]  # share, row, key, look, find, counters, write, balances
