"""A shop where everything may happen at once: promotions, lanes, budgets, balances, gifts, pools; and clients."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.campaigns.values import CampaignKind
from app.engine.cart import Cart, Line
from app.engine.counter import Measure
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.external_code import ExternalCode
from app.engine.rewards.free_items import Effect, FreeItem, FreeItems
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_credit import GiftCredit
from app.engine.rewards.percent_off import PercentOff
from app.engine.rewards.points_earned import PointsEarned
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.stacking import Base, Lane, LaneMode, OnRefusal, Stacking
from app.pools.fill import add_codes
from app.problem import Problems
from app.redemptions.confirm import confirm
from app.redemptions.release import release
from app.redemptions.requests import Answer, CustomerRef, RedeemRequest
from app.redemptions.returns import Units
from app.redemptions.roll_back import roll_back
from app.redemptions.rollback import RollbackPolicy
from app.redemptions.till import Till
from app.redemptions.values import Redemption, RedemptionState
from tests.conftest import NOW
from tests.pools.test_fill import a_pool
from tests.redemptions.holds import CARD, GIFT, QUARTER, SOON, budgeted, daily
from tests.redemptions.shop import a_caller, a_campaign, a_customer, a_voucher

FILMS = tuple(f"FILM-{number}" for number in range(15))
POLICY = Stacking(
    lanes=(Lane("best", LaneMode.COMPETE), Lane("whole", base=Base.ORIGINAL), Lane("default"), Lane("last")),
    exclusive=("vip",),
    always=("thanks",),
    most_codes=5,
    on_refusal=OnRefusal.PARTIAL,
)
ONE_SHIRT = Cart("EUR", (Line(1, 3333, sku="SHIRT"),), shipping=499)
BIG = Cart("EUR", (Line(3, 3333, sku="SHIRT"), Line(2, 1799, sku="MUG"), Line(1, 1, sku="PIN")), shipping=499)
ONLY_SHIPPING = Cart("EUR", (), shipping=499)
IN_YEN = Cart("JPY", (Line(2, 4999, sku="MUG"),), shipping=700)
CARTS = (ONE_SHIRT, BIG, ONLY_SHIPPING, IN_YEN)


@dataclass
class BusyShop:
    """`codes` may be typed by anybody; `limits` are how often each of them, or promotion, may be used at most."""

    project: UUID
    codes: tuple[str, ...]
    limits: dict[str, int]
    people: dict[UUID, tuple[str, str]]
    pool: UUID

    def asking(self, who: UUID, *codes: str, **more: Any) -> RedeemRequest:
        """What that customer asks by this shop's policy."""
        caller = replace(a_caller(self.project), stacking=POLICY)
        return RedeemRequest(caller, codes, more.pop("cart", BIG), CustomerRef(id=who), **more)


async def open_busy_shop(project: UUID, customers: int = 6) -> BusyShop:
    """Open it; each customer holds a gift voucher and a loyalty card, on which nothing has been yet."""
    gifts = await a_campaign(project, "Gifts", promise=GIFT)
    cards = await a_campaign(project, "Cards", promise=CARD)
    pool = await a_pool(project)
    assert not isinstance(await add_codes(project, pool, FILMS, NOW), Problems)
    people = {}
    for number in range(customers):
        who = await a_customer(project, f"customer {number}")
        await a_voucher(project, gifts, f"GIFT-{number}", holder_id=who)
        await a_voucher(project, cards, f"CARD-{number}", holder_id=who)
        people[who] = (f"GIFT-{number}", f"CARD-{number}")
    limits = {"TEN": 25, "HALF": 12, "FIVE": 20, "VIP": 8, "Freight": 30, "Mugs": 18}
    mug = FreeItem(Money(17_00, "EUR"), sku="MUG", effect=Effect.ADD_NEW)
    missing = FreeItem(Money(21_00, "EUR"), sku="MUG", quantity=3, effect=Effect.ADD_MISSING)
    promises: list[tuple[str, str | None, str, Any]] = [
        ("TEN", None, "best", PercentOff(Decimal(10))),
        ("HALF", None, "best", PercentOff(Decimal(50), Money(20_00, "EUR"))),
        ("FIVE", None, "whole", AmountOff(Money(5_00, "EUR"))),
        ("VIP", "vip", "default", PercentOff(Decimal(30))),
        ("FILM", "thanks", "default", ExternalCode(pool)),
        ("CREDIT", "thanks", "last", GiftCredit(gifts, Money(7_00, "EUR"))),
        ("MUGS", None, "default", FreeItems((missing,))),
    ]
    for name, category, lane, reward in promises:
        limit = Limits(per_campaign=limits.get(name))
        campaign = await a_campaign(
            project, name, promise=Offer(1, None, reward, limit, lane), category=category
        )
        await a_voucher(project, campaign, name)
        if name in ("FIVE", "MUGS"):
            most = (Measure.DISCOUNT, 1500_00), (Measure.ORDER_VALUE, 5000_00)
            await budgeted(project, campaign, *(daily(*one) for one in most))
    twenty = MinimumSpend(Money(20_00, "EUR"))
    for name, promise in (
        ("Freight", Offer(1, None, FreeShipping(), Limits(per_campaign=limits["Freight"]))),
        ("Mugs", Offer(1, twenty, FreeItems((mug,)), Limits(per_customer=3))),
        ("Points", Offer(1, None, PointsEarned(cards, 1, Money(1_00, "EUR")), lane="last")),
    ):
        await a_campaign(project, name, kind=CampaignKind.CART_PROMOTION, promise=promise, category="thanks")
    return BusyShop(project, tuple(name for name, *_ in promises), limits, people, pool)


def a_request(shop: BusyShop, luck: random.Random, seed: int) -> RedeemRequest:
    """Some codes on some cart for somebody, redeemed or held."""
    who = luck.choice(list(shop.people))
    codes = luck.sample([*shop.codes, *shop.people[who], "NOBODYS"], luck.randint(0, 6))
    return shop.asking(
        who,
        *codes,
        cart=luck.choice(CARTS),
        hold_for=QUARTER if luck.random() < 0.4 else None,
        idempotency_key=f"order {seed}",
    )


async def a_client(shop: BusyShop, tills: Sequence[Till], seed: int) -> None:
    """Somebody who redeems or holds some codes, asks twice, and then does one or two things with what there is."""
    luck = random.Random(seed)  # noqa: S311 - a die
    asked = a_request(shop, luck, seed)
    first, second = [await luck.choice(tills).redeem(asked) for _ in range(2)]
    if isinstance(first, Problems):
        assert not asked.codes, first
        return
    assert isinstance(second, Answer)
    assert second.replayed
    assert second.outcome == first.outcome
    if isinstance(first.outcome, Redemption):
        for step in range(luck.randint(1, 2)):
            await _go_on(shop, first.outcome, luck, f"{seed} {step}")


async def _go_on(shop: BusyShop, made: Redemption, luck: random.Random, key: str) -> None:
    project, caller = shop.project, replace(a_caller(shop.project), stacking=POLICY)
    said: object = None
    match luck.randrange(5):
        case 0 if made.state is RedemptionState.HELD:
            said = await confirm(caller, made.id, now=SOON)
        case 1 | 2 if made.state is RedemptionState.HELD:
            cart = luck.choice([cart for cart in CARTS if cart != made.cart.own])
            said = await confirm(caller, made.id, now=SOON, cart=cart, idempotency_key=key)
        case 3 if made.state is RedemptionState.HELD:
            said = await release(project, made.id, now=SOON)
        case 4:
            said = await roll_back(project, made.id, now=SOON)
        case _:
            lines = [Units(luck.randrange(len(made.cart.lines)), 1)] if made.cart.lines else None
            said = await roll_back(
                project, made.id, now=SOON, lines=lines, policy=luck.choice(list(RollbackPolicy))
            )
    if isinstance(said, Problems):
        assert {problem.code for problem in said.all} <= ENDINGS, said


ENDINGS = {
    "CURRENCY_CHANGED",
    "HOLD_RELEASED",
    "ALREADY_CONFIRMED",
    "NOT_A_HOLD",
    "NOT_REDEEMED",
    "ALREADY_ROLLED_BACK",
    "NOTHING_APPLIES",
    "NOTHING_TO_RETURN",
    "TOO_MANY_RETURNED",
}
