"""The sample shop's campaigns and codes, with dates that keep it alive whenever it is made."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.campaigns.values import CampaignDraft, CampaignKind
from app.engine.budget import Budget
from app.engine.counter import Measure, Scope
from app.engine.facts import POINTS
from app.engine.money import Money
from app.engine.offer import Limits, Offer
from app.engine.period import Period
from app.engine.rewards.amount_off import AmountOff
from app.engine.rewards.free_shipping import FreeShipping
from app.engine.rewards.gift_balance import GiftBalance
from app.engine.rewards.percent_off import PercentOff
from app.engine.rewards.points_payment import PointsPayment
from app.engine.rules.all_of import AllOf
from app.engine.rules.contains_products import ContainsProducts
from app.engine.rules.first_purchase import FirstPurchase
from app.engine.rules.minimum_spend import MinimumSpend
from app.engine.rules.time_window import TimeWindow
from app.engine.stacking import Lane, NoEffect, Stacking
from app.sample.goods import CURRENCY
from app.vouchers.values import FirstBalance, MintOrder, VoucherKind

MAIN = "Summer 2026"
SUMMER, WELCOME, SHOES, EARLY_BIRD, SPRING, AUTUMN, GIFTS, CARDS, DELIVERY = (
    "Ten per cent off summer",
    "Welcome gift",
    "Weekend shoes",
    "Early bird",
    "Spring clearance",
    "Autumn preview",
    "Gift vouchers",
    "Loyalty cards",
    "Free delivery",
)
SUMMER_CODE, SHOES_CODE, EARLY_BIRD_CODE, SPRING_CODE = "SUMMER10", "SHOES20", "EARLYBIRD", "SPRING25"
GIFT_CODE, CARD_CODE = "GIFT-50", "CARD-1200"
WELCOME_CODES = 1_000
EARLY_BIRD_USES = 5
# What makes goods cheaper comes first; the delivery is free besides. Nobody's code is used up for nothing.
STACKING = Stacking(
    lanes=(Lane("default"), Lane("delivery")), always=("delivery",), most_codes=5, no_effect=NoEffect.SKIP
)


def _day(days: float) -> timedelta:
    return timedelta(days=days)


def _euros(minor: int) -> Money:
    return Money(minor, CURRENCY)


NEWSLETTER, MAGAZINE = "Morning newsletter", "Trail magazine"
COMMISSIONS = {NEWSLETTER: Decimal(5), MAGAZINE: Decimal("7.5")}  # percent of the order value


@dataclass(frozen=True, slots=True)
class Promotion:
    """A campaign with its codes and its life: launched and ended at these moments, if at all.

    `partner` is the name of whom it runs for.
    """

    draft: CampaignDraft
    launched_at: datetime | None = None
    ended_at: datetime | None = None
    codes: MintOrder | None = None
    under_main: bool = True
    partner: str | None = None


def main_campaign(now: datetime) -> Promotion:
    """The container of the season: one limit over all its sub-campaigns."""
    draft = CampaignDraft(
        name=MAIN,
        is_main=True,
        description="Everything that makes summer cheaper. The limit counts the redemptions of all promotions.",
        category="seasonal",
        starts_at=now - _day(30),
        ends_at=now + _day(60),
        max_redemptions=50_000,
        metadata={"owner": "marketing"},
    )
    return Promotion(draft, launched_at=now - _day(30), under_main=False)


def promotions(now: datetime) -> tuple[Promotion, ...]:
    """What the shop offers, has offered and is preparing."""
    return (
        _spring(now),
        _early_bird(now),
        _summer(now),
        _welcome(now),
        _shoes(now),
        _autumn(now),
        _gifts(now),
        _cards(now),
        _delivery(now),
    )


def _generic(code: str, max_redemptions: int | None = None) -> MintOrder:
    return MintOrder(codes=(code,), kind=VoucherKind.GENERIC, max_redemptions=max_redemptions)


def _summer(now: datetime) -> Promotion:
    draft = CampaignDraft(
        name=SUMMER,
        description="For everybody: a tenth off from EUR 50, at most EUR 30.",
        category="discount",
        offer=Offer(1, MinimumSpend(_euros(5000)), PercentOff(Decimal(10), _euros(3000))),
        is_listed=True,
    )
    return Promotion(draft, launched_at=now - _day(29), codes=_generic(SUMMER_CODE))


def _welcome(now: datetime) -> Promotion:
    rule = AllOf((FirstPurchase(), MinimumSpend(_euros(4000))))
    draft = CampaignDraft(
        name=WELCOME,
        description="EUR 15 off the first purchase from EUR 40, one code for each new customer.",
        category="acquisition",
        offer=Offer(1, rule, AmountOff(_euros(1500)), Limits(per_voucher=1, per_customer=1)),
    )
    codes = MintOrder(count=WELCOME_CODES, pattern="WELCOME-#####", kind=VoucherKind.UNIQUE)
    return Promotion(draft, launched_at=now - _day(29), codes=codes, partner=NEWSLETTER)


def _shoes(now: datetime) -> Promotion:
    rule = AllOf((ContainsProducts(categories=("shoes",)), TimeWindow((5, 6, 7), "00:00", "24:00")))
    draft = CampaignDraft(
        name=SHOES,
        description="A fifth off carts with shoes, from Friday to Sunday, Warsaw time; EUR 200 of it a day.",
        category="discount",
        offer=Offer(1, rule, PercentOff(Decimal(20), _euros(5000)), Limits(per_customer=4)),
        budgets=(Budget(Measure.DISCOUNT, Scope.CAMPAIGN, Period.DAY, 200_00, CURRENCY),),
        is_listed=True,
    )
    return Promotion(draft, launched_at=now - _day(28), codes=_generic(SHOES_CODE), partner=MAGAZINE)


def _early_bird(now: datetime) -> Promotion:
    draft = CampaignDraft(
        name=EARLY_BIRD,
        description=f"For the first {EARLY_BIRD_USES} orders of the season: EUR 20 off. Used up.",
        category="discount",
        offer=Offer(1, None, AmountOff(_euros(2000)), Limits(per_customer=1)),
    )
    return Promotion(
        draft, launched_at=now - _day(30), codes=_generic(EARLY_BIRD_CODE, max_redemptions=EARLY_BIRD_USES)
    )


def _spring(now: datetime) -> Promotion:
    draft = CampaignDraft(
        name=SPRING,
        description="A quarter off what spring left over. It has ended.",
        category="clearance",
        starts_at=now - _day(90),
        ends_at=now - _day(20),
        offer=Offer(1, None, PercentOff(Decimal(25), _euros(4000))),
    )
    return Promotion(
        draft,
        launched_at=now - _day(90),
        ended_at=now - _day(20),
        codes=_generic(SPRING_CODE),
        under_main=False,
    )


def _autumn(now: datetime) -> Promotion:
    draft = CampaignDraft(
        name=AUTUMN,
        description="Being prepared: EUR 10 off from EUR 60 for newsletter readers.",
        category="discount",
        starts_at=now + _day(60),
        ends_at=now + _day(150),
        offer=Offer(1, MinimumSpend(_euros(6000)), AmountOff(_euros(1000)), Limits(per_customer=2)),
    )
    return Promotion(draft, under_main=False)


def _gifts(now: datetime) -> Promotion:
    draft = CampaignDraft(
        name=GIFTS,
        description="A gift voucher pays with what is left on it, as often as it takes.",
        category="gift",
        offer=Offer(1, None, GiftBalance()),
    )
    codes = MintOrder(codes=(GIFT_CODE,), kind=VoucherKind.UNIQUE, balance=FirstBalance(CURRENCY, 50_00))
    return Promotion(draft, launched_at=now - _day(26), codes=codes, under_main=False)


def _cards(now: datetime) -> Promotion:
    draft = CampaignDraft(
        name=CARDS,
        description="100 points pay EUR 1. Points last for a year.",
        category="loyalty",
        offer=Offer(1, None, PointsPayment(100, _euros(100))),
    )
    points = FirstBalance(POINTS, 1_200, now + _day(340))
    codes = MintOrder(codes=(CARD_CODE,), kind=VoucherKind.UNIQUE, balance=points)
    return Promotion(draft, launched_at=now - _day(26), codes=codes, under_main=False)


def _delivery(now: datetime) -> Promotion:
    """It begins today, so the past is what codes made of it."""
    draft = CampaignDraft(
        name=DELIVERY,
        kind=CampaignKind.CART_PROMOTION,
        description="Nobody needs a code: from EUR 150 the delivery is free.",
        category="delivery",
        starts_at=now,
        offer=Offer(1, MinimumSpend(_euros(15000)), FreeShipping(), lane="delivery"),
    )
    return Promotion(draft, launched_at=now, under_main=False)
