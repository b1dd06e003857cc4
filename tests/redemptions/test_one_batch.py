"""Requests of one batch are as exact for each as if they had come one after the other: what one says and earns, too."""

from uuid import UUID

from app.customers.values import CustomerInput
from app.database import fetch
from app.engine.comparison import Comparison, Operator
from app.engine.money import Money
from app.engine.offer import Offer
from app.engine.own_card import MOST_POINTS
from app.engine.rewards.gift_credit import GiftCredit
from app.engine.rewards.points_earned import PointsEarned
from app.engine.rules.customer_metadata import CustomerMetadata
from app.redemptions.audit import audit
from app.redemptions.read import by_ids
from app.redemptions.requests import CustomerRef, RedeemRequest
from app.redemptions.till import Till
from tests.redemptions.holds import CARD, GIFT, QUARTER, confirmed
from tests.redemptions.shop import (
    a_campaign,
    a_customer,
    a_voucher,
    asking,
    granted,
    offer,
    reasons,
    redemption,
    refusal,
    rejected,
    rush,
    tills,
)

GOLD = CustomerMetadata("tier", Comparison(Operator.IS, ("gold",)))


async def test_each_is_judged_by_what_it_says_of_the_customer_itself(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project, promise=offer(rule=GOLD)), "GOLD")
    tiers = ["gold", "iron", "gold"]
    said = [CustomerInput("ada", metadata={"tier": tier}) for tier in tiers]
    answers = await rush([till], [asking(project, "GOLD", customer=one) for one in said])
    assert till.batches == 1
    redemption(answers[0])
    assert reasons(answers[1]) == ["CUSTOMER_METADATA_DIFFERS"]
    redemption(answers[2])


async def test_who_says_nothing_is_what_was_said_last(project: UUID, till: Till) -> None:
    await a_voucher(project, await a_campaign(project, promise=offer(rule=GOLD)), "GOLD")
    ada = CustomerRef(id=await a_customer(project))
    said = [ada, CustomerInput("ada", metadata={"tier": "gold"}), ada, CustomerInput("ada", name="Ada"), ada]
    answers = await rush([till], [asking(project, "GOLD", customer=one) for one in said])
    assert till.batches == 1
    for answer in answers[1:]:
        redemption(answer)


async def _a_gift_voucher(project: UUID, *amounts: Money) -> RedeemRequest:
    """Ada's gift voucher GIFT-1, on which nothing has been yet, and codes that put so much on it."""
    gifts = await a_campaign(project, "Gifts", promise=GIFT)
    ada = await a_customer(project)
    await a_voucher(project, gifts, "GIFT-1", holder_id=ada)
    for amount in amounts:
        campaign = await a_campaign(project, str(amount), promise=Offer(1, None, GiftCredit(gifts, amount)))
        await a_voucher(project, campaign, f"EARN-{amount.currency}")
    return asking(project, "EARN-EUR", customer=CustomerRef(id=ada))


def _with(request: RedeemRequest, *codes: str, **more: object) -> RedeemRequest:
    fields = {name: getattr(request, name) for name in ("caller", "cart", "customer")}
    return RedeemRequest(codes=codes, **{**fields, **more})


async def test_what_one_earns_the_next_may_pay_with(project: UUID, till: Till) -> None:
    earning = await _a_gift_voucher(project, Money(700, "EUR"))
    paying = _with(earning, "GIFT-1")
    first, second, third = await rush([till], [earning, paying, paying])
    assert till.batches == 1
    assert redemption(first).discount == 0
    assert redemption(second).discount == 700
    assert reasons(third) == ["BALANCE_EMPTY"]
    assert (await audit(project)).drift == 0


async def test_what_a_hold_will_earn_nobody_pays_with_yet(project: UUID, till: Till) -> None:
    earning = await _a_gift_voucher(project, Money(700, "EUR"))
    answers = await rush([till], [_with(earning, "EARN-EUR", hold_for=QUARTER), _with(earning, "GIFT-1")])
    assert till.batches == 1
    redemption(answers[0])
    assert reasons(answers[1]) == ["BALANCE_EMPTY"]


async def test_a_gift_voucher_has_the_unit_that_came_first(project: UUID, till: Till) -> None:
    earning = await _a_gift_voucher(project, Money(700, "EUR"), Money(700, "JPY"))
    answers = await rush([till], [earning, _with(earning, "EARN-JPY"), earning])
    assert (till.batches, till.redone) == (1, 0)
    redemption(answers[0])
    assert [(one.code, one.actual) for one in refusal(answers[1]).reasons] == [("NO_CARD", "EUR")]
    redemption(answers[2])
    rows = await fetch("SELECT unit, amount_left FROM balance_buckets WHERE project_id = $1", project)
    assert [tuple(row) for row in rows] == [("EUR", 1400)]


async def test_two_tills_put_one_unit_on_a_gift_voucher_that_has_held_nothing_yet(project: UUID) -> None:
    gifts = await a_campaign(project, "Gifts", promise=GIFT)
    for currency in ("EUR", "JPY"):
        promise = Offer(1, None, GiftCredit(gifts, Money(700, currency)))
        await a_voucher(project, await a_campaign(project, currency, promise=promise), f"EARN-{currency}")
    requests = []
    for number in range(20):
        who = await a_customer(project, f"c{number}")
        await a_voucher(project, gifts, f"GIFT-{number}", holder_id=who)
        requests += [
            asking(project, f"EARN-{currency}", customer=CustomerRef(id=who)) for currency in ("EUR", "JPY")
        ]
    async with tills(2) as both:
        answers = await rush(both, requests)
    assert len(granted(answers)) == 20
    assert {reason.code for one in rejected(answers) for reason in one.reasons} == {"NO_CARD"}
    rows = await fetch(
        "SELECT count(*) FROM balance_buckets WHERE project_id = $1 GROUP BY voucher_id", project
    )
    assert [row[0] for row in rows] == [1] * 20
    assert (await audit(project)).drift == 0


async def test_a_card_holds_no_more_points_than_can_be_told(project: UUID, till: Till) -> None:
    cards = await a_campaign(project, "Cards", promise=CARD)
    for name in ("A", "B"):
        promise = Offer(1, None, PointsEarned(cards, MOST_POINTS - 10))
        await a_voucher(project, await a_campaign(project, name, promise=promise), f"EARN-{name}")
    ada = await a_customer(project)
    await a_voucher(project, cards, "CARD-1", holder_id=ada)
    both = asking(project, "EARN-A", "EARN-B", customer=CustomerRef(id=ada))
    paying = _with(both, "CARD-1", takes=(100,))
    answers = await rush([till], [both, both, paying, both])
    assert till.batches == 1
    earned = [[gift.amount for gift in redemption(answer).gifts] for answer in answers]
    assert earned == [[MOST_POINTS - 10, 10], [], [], [100]]
    assert (await audit(project)).drift == 0


async def test_a_hold_is_confirmed_though_its_gift_voucher_holds_something_else_by_now(
    project: UUID, till: Till
) -> None:
    earning = await _a_gift_voucher(project, Money(700, "EUR"), Money(700, "JPY"))
    hold = redemption(await till.redeem(_with(earning, "EARN-EUR", hold_for=QUARTER)))
    redemption(await till.redeem(_with(earning, "EARN-JPY")))
    done = redemption(await confirmed(project, hold.id))
    assert (len(hold.gifts), done.gifts) == (1, ())
    assert await by_ids(project, [hold.id]) == {hold.id: done}
    assert (await audit(project)).drift == 0
