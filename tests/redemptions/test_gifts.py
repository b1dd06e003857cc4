"""Gifts: credit, points and codes of somebody else's are given when a redemption is consumed, and never twice."""

from typing import Any
from uuid import UUID

import pytest

from app.database import execute, fetch, fetchval
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.rewards.external_code import ExternalCode
from app.engine.rewards.gift_credit import GiftCredit
from app.engine.rewards.points_earned import PointsEarned
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.unit import Reward
from app.pools.fill import add_codes
from app.pools.read import codes_given, stock_of
from app.pools.values import Stock
from app.redemptions.audit import audit
from app.redemptions.release import release
from app.redemptions.requests import CustomerRef, ValidateRequest
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.validate import validate
from tests.conftest import NOW
from tests.pools.test_fill import a_pool
from tests.redemptions.holds import CARD, GIFT, SMALLER, SOON, a_hold, confirmed
from tests.redemptions.shop import (
    CART,
    a_caller,
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    granted,
    redemption,
    refusal,
    rush,
    tills,
)


async def _held(project: UUID, voucher: UUID) -> int:
    """What the buckets of a voucher hold."""
    amount: int = await fetchval(
        "SELECT coalesce(sum(amount_left), 0)::bigint FROM balance_buckets WHERE project_id = $1 AND voucher_id = $2",
        project,
        voucher,
    )
    return amount


class Shop:
    """Ada with a gift voucher and a loyalty card, and a campaign whose code gives her something."""

    project: UUID
    ada: UUID
    gift: UUID
    card: UUID


@pytest.fixture
def shop(project: UUID) -> Shop:
    made = Shop()
    made.project = project
    return made


async def opened(shop: Shop, reward: Any) -> Shop:
    """The shop; `reward` makes the reward from the campaigns of gift vouchers and of loyalty cards."""
    project = shop.project
    gifts = await a_campaign(project, "Gifts", promise=GIFT)
    cards = await a_campaign(project, "Cards", promise=CARD)
    shop.ada = await a_customer(project)
    shop.gift = await a_voucher(project, gifts, "GIFT-1", holder_id=shop.ada)
    shop.card = await a_voucher(project, cards, "CARD-1", holder_id=shop.ada)
    made: Reward = reward(gifts, cards)
    await a_voucher(project, await a_campaign(project, promise=Offer(1, None, made)), "GIVE")
    return shop


def by_ada(shop: Shop, *codes: str, **more: Any) -> Any:
    return asking(shop.project, *(codes or ("GIVE",)), customer=CustomerRef(id=shop.ada), **more)


def credit(gifts: UUID, _cards: UUID) -> Reward:
    return GiftCredit(gifts, Money(700, "EUR"))


def points(_gifts: UUID, cards: UUID) -> Reward:
    return PointsEarned(cards, 1, Money(100, "EUR"))


async def test_credit_is_on_the_gift_voucher_when_the_code_is_redeemed(shop: Shop, till: Till) -> None:
    await opened(shop, credit)
    done = redemption(await till.redeem(by_ada(shop)))
    assert (done.discount, [gift.amount for gift in done.gifts]) == (0, [700])
    assert await _held(shop.project, shop.gift) == 700
    rows = await fetch("SELECT deed, amount, redemption_id FROM postings WHERE project_id = $1", shop.project)
    assert [tuple(row) for row in rows] == [("ISSUE", 700, done.id)]
    # And it pays at once.
    paid = redemption(await till.redeem(by_ada(shop, "GIFT-1")))
    assert (paid.discount, await _held(shop.project, shop.gift)) == (700, 0)


async def test_points_add_up_on_the_card(shop: Shop, till: Till) -> None:
    await opened(shop, points)
    for _ in range(3):
        redemption(await till.redeem(by_ada(shop)))
    assert await _held(shop.project, shop.card) == 300
    buckets = "SELECT count(*) FROM balance_buckets WHERE project_id = $1"
    assert await fetchval(buckets, shop.project) == 1


async def test_validating_tells_what_would_be_given_and_gives_nothing(shop: Shop) -> None:
    await opened(shop, points)
    request = ValidateRequest(a_caller(shop.project), ("GIVE",), CART, CustomerRef(id=shop.ada))
    evaluation = await validate(request, NOW)
    assert [gift.amount for gift in evaluation.verdicts[0].gifts] == [100]  # type: ignore[union-attr]  # it is sound
    assert await _held(shop.project, shop.card) == 0


async def test_a_hold_gives_nothing_until_it_is_confirmed(shop: Shop, till: Till) -> None:
    await opened(shop, credit)
    hold = await a_hold(till, shop.project, "GIVE", customer=CustomerRef(id=shop.ada))
    assert await _held(shop.project, shop.gift) == 0
    await confirmed(shop.project, hold.id)
    assert await _held(shop.project, shop.gift) == 700


async def test_a_hold_that_is_confirmed_with_another_cart_gives_what_that_earns(
    shop: Shop, till: Till
) -> None:
    await opened(shop, points)
    hold = await a_hold(till, shop.project, "GIVE", customer=CustomerRef(id=shop.ada))
    await confirmed(shop.project, hold.id, cart=SMALLER)
    assert await _held(shop.project, shop.card) == 30


async def test_a_customer_without_a_card_is_refused_and_nothing_moves(shop: Shop, till: Till) -> None:
    await opened(shop, points)
    bob = await a_customer(shop.project, "bob")
    attempt = refusal(await till.redeem(asking(shop.project, "GIVE", customer=CustomerRef(id=bob))))
    assert [reason.code for reason in attempt.reasons] == ["NO_CARD"]
    assert await _held(shop.project, shop.card) == 0


async def test_goods_that_come_back_take_their_share_of_the_points_along(shop: Shop, till: Till) -> None:
    await opened(shop, points)
    done = redemption(await till.redeem(by_ada(shop)))
    await roll_back(shop.project, done.id, now=NOW, lines=[Units(0, 1)])
    assert await _held(shop.project, shop.card) == 70
    await roll_back(shop.project, done.id, now=NOW)
    assert await _held(shop.project, shop.card) == 0


async def test_who_does_not_qualify_any_more_keeps_nothing_where_that_is_the_policy(
    shop: Shop, till: Till
) -> None:
    await opened(shop, credit)
    promise = Offer(1, MinimumSpend(Money(10_000, "EUR")), GiftCredit(await _gifts(shop), Money(700, "EUR")))
    campaign = await a_campaign(shop.project, "Hundred", promise=promise)
    await a_voucher(shop.project, campaign, "HUNDRED", max_redemptions=1)
    done = redemption(await till.redeem(by_ada(shop, "HUNDRED")))
    one = [Units(0, 1)]
    await roll_back(shop.project, done.id, now=NOW, lines=one, policy=RollbackPolicy.CLAW_BACK_IF_UNQUALIFIED)
    assert await _held(shop.project, shop.gift) == 0
    # The use has ended with it, and nothing is taken twice.
    redemption(await till.redeem(by_ada(shop, "HUNDRED")))
    await roll_back(shop.project, done.id, now=NOW)
    assert await _held(shop.project, shop.gift) == 700
    assert (await audit(shop.project)).drift == 0


async def _gifts(shop: Shop) -> UUID:
    campaign: UUID = await fetchval("SELECT campaign_id FROM vouchers WHERE id = $1", shop.gift)
    return campaign


async def test_what_was_spent_meanwhile_is_not_taken_back(shop: Shop, till: Till) -> None:
    await opened(shop, credit)
    done = redemption(await till.redeem(by_ada(shop)))
    redemption(await till.redeem(by_ada(shop, "GIFT-1", takes=(Money(500, "EUR"),))))
    await roll_back(shop.project, done.id, now=NOW)
    assert await _held(shop.project, shop.gift) == 0
    removed = "SELECT sum(amount)::bigint FROM postings WHERE project_id = $1 AND deed = 'REMOVE'"
    assert await fetchval(removed, shop.project) == 200


async def a_pool_of(shop: Shop, *codes: str) -> UUID:
    """A pool with these codes, which the code GIVE hands out."""
    pool = await a_pool(shop.project)
    await add_codes(shop.project, pool, codes, NOW)
    await opened(shop, lambda *_: ExternalCode(pool))
    return pool


async def test_a_code_of_somebody_elses_is_handed_out_once(shop: Shop, till: Till) -> None:
    pool = await a_pool_of(shop, "FILM-1")
    done = redemption(await till.redeem(by_ada(shop)))
    assert await codes_given(shop.project, [done.id]) == {done.id: {pool: ("FILM-1",)}}
    attempt = refusal(await till.redeem(by_ada(shop)))
    assert [reason.code for reason in attempt.reasons] == ["POOL_EMPTY"]


async def test_a_hold_sets_a_code_aside_and_gives_it_back_when_it_ends(shop: Shop, till: Till) -> None:
    pool = await a_pool_of(shop, "FILM-1")
    hold = await a_hold(till, shop.project, "GIVE")
    assert await stock_of(shop.project, [pool]) == {pool: Stock(free=0, given=1)}
    await release(shop.project, hold.id, now=SOON)
    assert await stock_of(shop.project, [pool]) == {pool: Stock(free=1, given=0)}


async def test_a_code_that_was_told_stays_given_when_the_redemption_is_undone(shop: Shop, till: Till) -> None:
    pool = await a_pool_of(shop, "FILM-1")
    done = redemption(await till.redeem(by_ada(shop)))
    await roll_back(shop.project, done.id, now=NOW)
    assert await stock_of(shop.project, [pool]) == {pool: Stock(free=0, given=1)}


async def test_sixty_at_two_tills_get_the_twenty_codes_there_are(shop: Shop) -> None:
    pool = await a_pool_of(shop, *(f"FILM-{number}" for number in range(20)))
    async with tills(2) as both:
        answers = await rush(both, [by_ada(shop) for _ in range(60)])
    winners = [one.id for one in granted(answers)]
    given = await codes_given(shop.project, winners)
    assert len(winners) == 20
    assert {code for own in given.values() for code in own[pool]} == {
        f"FILM-{number}" for number in range(20)
    }


async def test_sixty_earn_their_points_at_two_tills_to_the_point(shop: Shop) -> None:
    await opened(shop, points)
    async with tills(2) as both:
        answers = await rush(both, [by_ada(shop) for _ in range(60)])
    assert len(granted(answers)) == 60
    assert await _held(shop.project, shop.card) == 6_000
    assert (await audit(shop.project)).drift == 0


async def test_nothing_is_put_on_a_card_that_is_over(shop: Shop, till: Till) -> None:
    await opened(shop, points)
    over = "UPDATE vouchers SET expires_at = $3 WHERE project_id = $1 AND id = $2"
    await execute(over, shop.project, shop.card, NOW)
    attempt = refusal(await till.redeem(by_ada(shop)))
    assert [reason.code for reason in attempt.reasons] == ["NO_CARD"]
    cards = await fetchval(
        "SELECT campaign_id FROM vouchers WHERE project_id = $1 AND id = $2", shop.project, shop.card
    )
    newer = await a_voucher(shop.project, cards, "CARD-2", holder_id=shop.ada)
    redemption(await till.redeem(by_ada(shop)))
    assert (await _held(shop.project, shop.card), await _held(shop.project, newer)) == (0, 100)
